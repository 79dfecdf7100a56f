import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GitError } from '../../lib/errors.ts'
import { runGit } from '../../lib/git/run.ts'
import { aFolder, aWorld, git } from './support.ts'

async function failureOf(work: Promise<unknown>): Promise<GitError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof GitError)) throw new Error('expected a GitError')
  return error
}

describe('runGit', () => {
  it('fails with a code, the exit code and what git said', async () => {
    const failure = await failureOf(runGit(['status'], { cwd: aFolder() }))
    expect(failure).toMatchObject({ code: 'git_failed', details: { exitCode: 128 } })
    expect(failure.message).toContain('not a git repository')
  })

  it('gives an exit code back that the caller calls an answer', async () => {
    const { checkout } = aWorld()
    const result = await runGit(['config', 'no.such'], { cwd: checkout, okCodes: [0, 1] })
    expect(result.exitCode).toBe(1)
  })

  it('ends a git that hangs', async () => {
    const { checkout } = aWorld()
    git(checkout, 'config', 'alias.hang', '!sleep 600')
    const failure = await failureOf(runGit(['hang'], { cwd: checkout, timeoutMs: 300 }))
    expect(failure.details).toMatchObject({ timedOut: true })
  })

  it('stops when the work is cancelled', async () => {
    const { checkout } = aWorld()
    git(checkout, 'config', 'alias.hang', '!sleep 600')
    const failure = await failureOf(runGit(['hang'], { cwd: checkout, signal: AbortSignal.timeout(200) }))
    expect(failure.details).toMatchObject({ cancelled: true })
  })

  it('says so when the folder is gone', async () => {
    const failure = await failureOf(runGit(['status'], { cwd: '/nonexistent/folder' }))
    expect(failure.message).toContain('could not be started')
  })

  it('ignores variables that would lead git to another repository', async () => {
    const [here, there] = [aWorld(), aWorld()]
    const env = { ...process.env, GIT_DIR: join(there.checkout, '.git'), GIT_WORK_TREE: there.checkout }
    const { stdout } = await runGit(['rev-parse', '--show-toplevel'], { cwd: here.checkout, env })
    expect(stdout.trim()).toBe(here.checkout)
  })

  it('keeps tokens from programs that the repository makes git start', async () => {
    const { checkout, folder } = aWorld()
    const seen = join(folder, 'seen')
    const program = join(folder, 'filter')
    writeFileSync(program, `#!/bin/sh\nenv >> '${seen}'\ncat\n`, { mode: 0o755 })
    git(checkout, 'config', 'filter.spy.clean', program)
    writeFileSync(join(checkout, '.gitattributes'), '* filter=spy\n')
    writeFileSync(join(checkout, 'app.txt'), 'changed')
    const access = { origin: 'https://github.com/', token: 'ghp_secret' }
    const env = { ...process.env, GH_TOKEN: 'ghp_secret', DEV_LOOPS_VERDICT_TOKEN: 'ghp_secret' }

    await runGit(['add', '--all'], { cwd: checkout, env, access })

    expect(readFileSync(seen, 'utf8')).toContain('GIT_TERMINAL_PROMPT=0')
    expect(readFileSync(seen, 'utf8')).not.toMatch(/ghp_secret|VERDICT|extraHeader/)
  })

  it('shows neither the token nor a password in an address', async () => {
    const { checkout } = aWorld()
    const access = { origin: 'http://127.0.0.1:1/', token: 'ghp_secret' }
    const address = 'http://somebody:hunter2@127.0.0.1:1/ghp_secret.git'
    const failure = await failureOf(runGit(['ls-remote', '--', address], { cwd: checkout, access }))
    expect(JSON.stringify([failure.message, failure.details])).not.toMatch(/ghp_secret|hunter2/)
  })
})
