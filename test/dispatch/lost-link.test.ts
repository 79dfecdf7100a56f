/**
 * An issue whose pull request its record does not know, as a death inside `pr create` leaves it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CommandContext } from '../../lib/command/define.ts'
import { parseRecord } from '../../lib/ownership/parse.ts'
import { parseWork } from '../../lib/sessions/work.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { targetKey } from '../../lib/target.ts'
import { type OnForge, onForge, REPO } from '../github/on-forge.ts'
import { aContext } from '../support/context.ts'

let at: OnForge
let state: string
let requests = 0

beforeAll(async () => {
  at = await onForge()
  state = await mkdtemp(join(tmpdir(), 'lost-link-'))
  await at.push('export const price = () => 499\n')
  await run(`ownership claim --repo ${REPO} --issue 1 --run-id r-1`)
  const died = await run(`pr create --repo ${REPO} --issue 1 --run-id r-1`, { onBoundary: dieWhenAnswered })
  expect(died.exit).toBe(1)
})

afterAll(async () => {
  await at.end()
  await rm(state, { recursive: true, force: true })
})

function dieWhenAnswered({ name }: { readonly name: string }): void {
  if (name === 'answered') throw new Error('the process dies here')
}

async function run(line: string, change: Partial<CommandContext> = {}) {
  const env = { HOME: state, PATH: process.env.PATH, DEV_LOOPS_STATE_DIR: state, ...at.forge.environment }
  const context = aContext({ cwd: state, env })
  const { exit, answer } = await context.execute(line.split(' '), { ...context, ...change })
  return { exit, answer: { ...answer } as Record<string, unknown> }
}

async function counted(line: string) {
  const real = globalThis.fetch
  requests = 0
  globalThis.fetch = (...request) => {
    requests += 1
    return real(...request)
  }
  try {
    return await run(line)
  } finally {
    globalThis.fetch = real
  }
}

async function linkedPullRequest(): Promise<number | null> {
  const target = { host: at.forge.host, repo: REPO, number: 1 }
  const record = await openFileStore(state, { scope: 'machine' }).read(targetKey(target))
  return record === null ? null : parseWork(parseRecord(record.value, target, 'here').work).pr
}

describe('an issue with a pull request that its record does not know', () => {
  it('is answered for the pull request from one request, and nothing is noted for a stranger', async () => {
    const { answer } = await counted(`next --repo ${REPO} --issue 1 --run-id stranger`)
    expect(answer).toMatchObject({ ok: true, target: { number: 2, kind: 'pull_request' } })
    expect(requests).toBe(1)
    expect(await linkedPullRequest()).toBeNull()
  })

  it('learns it from the next question of its holder, so that the way from the closed issue is known', async () => {
    await run(`next --repo ${REPO} --issue 1 --run-id r-1`)
    expect(await linkedPullRequest()).toBe(2)
  })
})
