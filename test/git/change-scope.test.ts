import { execFileSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseNumstat, readChangeScope } from '../../lib/git/change-scope.ts'

let cwd: string

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'dev-loops-scope-'))
  git('init', '--quiet')
  writeFileSync(join(cwd, 'a'), '1\n2\n3\n4\n5\n6\n')
  commit()
  renameSync(join(cwd, 'a'), join(cwd, 'b\tb'))
  writeFileSync(join(cwd, 'c'), 'new\n')
  commit()
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

function git(...args: string[]) {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd })
}

function commit() {
  git('add', '--all')
  git('commit', '--quiet', '--message', 'x')
}

describe('the scope of a change', () => {
  it('counts a renamed file once and only the lines that differ', async () => {
    expect(await readChangeScope({ base: 'HEAD~1', head: 'HEAD' }, { cwd })).toEqual({
      filesChanged: 2,
      linesChanged: 1,
    })
  })

  it('reaches to the working tree when there is only a base', async () => {
    writeFileSync(join(cwd, 'c'), 'newer\n')
    expect(await readChangeScope({ base: 'HEAD', head: null }, { cwd })).toEqual({ filesChanged: 1, linesChanged: 2 })
  })

  it('takes no name for a flag of git, and refuses what is no commit', async () => {
    for (const base of ['--output=stolen', 'HEAD~9', 'nothing']) {
      await expect(readChangeScope({ base, head: null }, { cwd })).rejects.toMatchObject({ code: 'invalid_value' })
    }
  })

  it('never takes a binary file for one without changed lines', () => {
    expect(parseNumstat('3\t1\ta\0-\t-\tb.png\0')).toEqual({ filesChanged: 2, linesChanged: null })
    expect(parseNumstat('')).toEqual({ filesChanged: 0, linesChanged: 0 })
  })

  it('is not misled by names that look like counts', () => {
    expect(parseNumstat('1\t1\t\x009\t9\told\x009\t9\tnew\x002\t0\tc\x00')).toEqual({
      filesChanged: 2,
      linesChanged: 4,
    })
  })
})
