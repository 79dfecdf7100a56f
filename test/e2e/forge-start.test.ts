import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../../scripts/forge/start.ts', import.meta.url))
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forge-start-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

function start(...words: string[]) {
  return execa(process.execPath, ['--import', 'tsx', SCRIPT, '--folder', folder, ...words], { reject: false })
}

describe('forge start', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('announces what to use, runs until %s, and then answers', async (signal) => {
    const running = start('--seed', 'demo', '--json')
    const announced = await new Promise<string>((done) => running.stderr.once('data', (chunk) => done(String(chunk))))
    const { environment, issues } = JSON.parse(announced)
    const answer = await fetch(environment.GITHUB_GRAPHQL_URL, {
      method: 'POST',
      headers: { authorization: `bearer ${environment.GH_TOKEN}` },
      body: JSON.stringify({ query: '{ viewer { login } }' }),
    })
    expect(await answer.json()).toEqual({ data: { viewer: { login: 'dev-loop' } } })
    expect(issues).toEqual([{ repo: 'acme/parcel-price', number: 1, title: expect.any(String) }])

    running.kill(signal)
    const ended = await running
    expect([ended.exitCode, JSON.parse(ended.stdout)]).toEqual([0, { ok: true, folder, effects: 0 }])
  })

  it('stops with the program that started it when it was told so, however that ended', async () => {
    const running = start('--until-eof', '--json')
    await new Promise((done) => running.stderr.once('data', done))
    running.stdin.end()
    expect(await running).toMatchObject({ exitCode: 0, isTerminated: false })
  })

  it('keeps a damaged state file and names it', async () => {
    const file = join(folder, 'state.json')
    await writeFile(file, '{"schemaVersion":1,"repos')
    const ended = await start('--json')
    expect([ended.exitCode, JSON.parse(ended.stdout)]).toEqual([
      5,
      expect.objectContaining({ error: 'state_unreadable', path: file }),
    ])
    expect(await readFile(file, 'utf8')).toBe('{"schemaVersion":1,"repos')
  })

  it('names a folder that it cannot use', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    const ended = await execa(process.execPath, ['--import', 'tsx', SCRIPT, '--folder', file], { reject: false })
    expect([ended.exitCode, JSON.parse(ended.stdout)]).toEqual([
      5,
      expect.objectContaining({ error: 'store_unavailable', folder: file }),
    ])
  })

  it('refuses a port that is none, and makes nothing', async () => {
    const place = join(folder, 'inside')
    const ended = await execa(process.execPath, ['--import', 'tsx', SCRIPT, '--folder', place, '--port', '70000'], {
      reject: false,
    })
    expect([ended.exitCode, existsSync(place)]).toEqual([2, false])
  })
})
