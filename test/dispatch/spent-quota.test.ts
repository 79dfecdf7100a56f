/** What `next` and `run` answer while quotas of GitHub are spent, against a forge whose quotas are. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openGitHub } from '../../lib/command/services.ts'
import { runLoop } from '../../lib/dispatch/run/loop.ts'
import { VIEWER } from '../../lib/github/queries/lookups.ts'
import { checkEnded, type OnForge, onForge, REPO } from '../github/on-forge.ts'
import { aContext } from '../support/context.ts'

const HOUR_MS = 3_600_000
let at: OnForge
let home: string
let pr: string

beforeAll(async () => {
  at = await onForge()
  await at.push('export const price = () => 499\n')
  const { number } = await at.openDraft()
  await checkEnded(at, number)
  pr = `--repo ${REPO} --pr ${number}`
})
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'spent-quota-'))
  leave(5_000, 5_000)
  return () => rm(home, { recursive: true, force: true })
})
afterAll(() => at.end())

describe('next', () => {
  it('takes one request while there is quota', async () => {
    expect(await ask()).toMatchObject({ answer: { source: 'graphql' } })
  })

  it('asks REST once the quota of GraphQL is spent, and says so', async () => {
    leave(0, 5_000)
    const { answer } = await ask()
    expect(answer).toMatchObject({ ok: true, source: 'rest', state: 'unclaimed' })
    expect(JSON.stringify(answer)).toMatch(/graphql_quota_spent: until 20/)
  })

  it('does not ask GraphQL again before its window is over', async () => {
    leave(0, 5_000)
    expect(await ask()).toMatchObject({ answer: { source: 'rest' } })
    leave(5_000, 5_000)
    expect(await ask(), 'GitHub would answer, but said when to come back').toMatchObject({ answer: { source: 'rest' } })
  })

  it('waits for a window that ends in a moment, and then asks GraphQL', async () => {
    leave(0, 5_000, 1_500)
    expect(await ask()).toMatchObject({ answer: { source: 'graphql' } })
  })

  it('leaves the reserve to effects', async () => {
    leave(103, 5_000)
    expect(await ask()).toMatchObject({ answer: { source: 'graphql' } })
    expect(await ask()).toMatchObject({ answer: { source: 'graphql' } })
    expect(await ask(), 'of 101 points two are wanted').toMatchObject({ answer: { source: 'rest' } })
    const client = await openGitHub(context())
    await expect(client.graphql(VIEWER, {})).resolves.toBeDefined()
    await expect(client.graphql(VIEWER, {}, { purpose: 'observe' })).rejects.toMatchObject({ code: 'rate_limited' })
  })

  it('waits with exit 4 when both are spent, until the sooner of them is renewed', async () => {
    leave(0, 5_000, HOUR_MS)
    await ask()
    leave(0, 0, 600_000)
    const { answer, exit } = await ask()
    expect(exit).toBe(4)
    expect(answer).toMatchObject({ ok: true, actor: 'wait', state: 'quota_spent', missing: ['github'] })
    const { wait, evidence } = answer as unknown as { wait: { untilMs: number }; evidence: string[] }
    expect(wait.untilMs - Date.now()).toBeGreaterThan(580_000)
    expect(wait.untilMs - Date.now()).toBeLessThan(603_000)
    expect(evidence).toMatchObject(
      [/^graphql_quota_spent: until /, /^rest_quota_spent: until /].map((said) => expect.stringMatching(said)),
    )
  })

  it('tells a secondary limit from a spent quota: REST is left alone too', async () => {
    await at.forge.misbehave({ do: 'rate_limit', route: 'graphql', retryAfterSeconds: 120, status: 403 })
    const { answer, exit } = await ask()
    at.forge.behave()
    expect(exit).toBe(4)
    expect(answer).toMatchObject({
      state: 'quota_spent',
      evidence: [expect.stringMatching(/^github_asks_for_a_pause/)],
    })
  })

  it('keeps the claim of the run that asks for as long as the wait lasts', async () => {
    await run(`ownership claim ${pr} --run-id r-1 --ttl 1m`)
    leave(0, 0, HOUR_MS)
    expect(await ask('--run-id r-1')).toMatchObject({ exit: 4 })
    const { answer } = await run(`ownership status ${pr}`)
    const endsInMs = (answer as unknown as { holder: { endsInMs: number } }).holder.endsInMs
    expect(endsInMs).toBeGreaterThan(HOUR_MS)
  })

  it('without any quota still says who holds the target, and that a run was asked to stop', async () => {
    await run(`ownership claim ${pr} --run-id r-1`)
    leave(0, 0)
    expect(await ask('--run-id r-2')).toMatchObject({ exit: 3, answer: { state: 'owned_by_another' } })
    await run(`ownership signal-exit ${pr} --run-id r-1 --reason lunch`)
    expect(await ask('--run-id r-1')).toMatchObject({ exit: 11, answer: { state: 'asked_to_stop' } })
  })

  it('leaves no trace of the token on the disk', async () => {
    leave(0, 5_000)
    await ask()
    const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')))
    const all = [...files.map((file) => join(file.parentPath, file.name)), ...texts].join('\n')
    expect(files.length).toBeGreaterThan(10)
    expect(all).not.toContain(at.forge.tokens.developer)
  })
})

describe('explain', () => {
  it('explains the wait for the quotas as it does any other: what ends it, when, and why', async () => {
    leave(0, 0, 600_000)
    const { answer, exit } = await run(`explain ${pr}`)
    expect(exit).toBe((await ask()).exit)
    expect(answer).toMatchObject({
      ok: true,
      state: 'quota_spent',
      means: 'GitHub cannot be asked: what its quotas let this token ask is spent',
      why: [
        { machine: 'ownership' },
        { machine: 'quota', rule: 'quota/spent', condition: expect.stringMatching(/spent/) },
      ],
      wait: { endsWhen: 'facts_complete', afterwards: { step: 'ask_again' } },
    })
    expect(answer).not.toHaveProperty('source')
    const { wait } = answer as unknown as { wait: { untilMs: number } }
    expect(wait.untilMs - Date.now()).toBeGreaterThan(580_000)
    expect(wait.untilMs - Date.now()).toBeLessThan(603_000)
  })

  it('writes nothing, not even for the run that holds the target', async () => {
    await run(`ownership claim ${pr} --run-id r-1 --ttl 1m`)
    leave(0, 0, HOUR_MS)
    expect(await run(`explain ${pr} --run-id r-1`)).toMatchObject({ exit: 4 })
    const { answer } = await run(`ownership status ${pr}`)
    expect((answer as unknown as { holder: { endsInMs: number } }).holder.endsInMs).toBeLessThanOrEqual(60_000)
  })

  it('says what REST cannot prove, and until when', async () => {
    leave(0, 5_000)
    const { answer, exit } = await run(`explain ${pr}`)
    expect(exit).toBe(0)
    expect(answer).toMatchObject({
      source: 'rest',
      unproved: expect.arrayContaining(['review_decision']),
      wholeAt: expect.stringMatching(/^20/),
    })
  })
})

describe('sweep', () => {
  it('waits with exit 4 once the quota of GraphQL is spent, and takes nothing for not open', async () => {
    const whole = await run(`sweep --repo ${REPO}`)
    expect(whole).toMatchObject({ exit: 0, answer: { pullRequests: [{ head: expect.any(String) }] } })
    for (const words of ['', ' --changed']) {
      leave(0, 5_000, 600_000)
      const { answer, exit } = await run(`sweep --repo ${REPO}${words}`)
      expect(exit).toBe(4)
      expect(answer).toMatchObject({
        ok: true,
        state: 'quota_spent',
        actor: 'wait',
        step: 'wait_for_quota',
        evidence: [expect.stringMatching(/^graphql_quota_spent: until 20/)],
        pullRequests: null,
        unchanged: null,
        gone: null,
        complete: false,
      })
      const { wait } = answer as unknown as { wait: { untilMs: number } }
      expect(wait.untilMs - Date.now()).toBeGreaterThan(580_000)
      expect(wait.untilMs - Date.now()).toBeLessThan(603_000)
    }
  })

  it('asks nothing of REST, and compares with what was seen before the wait', async () => {
    await run(`sweep --repo ${REPO}`)
    leave(0, 5_000)
    await run(`sweep --repo ${REPO}`)
    const fetched = vi.spyOn(globalThis, 'fetch')
    expect(await run(`sweep --repo ${REPO}`)).toMatchObject({ exit: 4, answer: { requests: 0 } })
    expect(fetched).not.toHaveBeenCalled()
    vi.restoreAllMocks()
    leave(5_000, 5_000)
    await rm(join(home, '.local/state/dev-loops/quota'), { recursive: true })
    expect(await run(`sweep --repo ${REPO} --changed`)).toMatchObject({
      exit: 0,
      answer: { pullRequests: [], unchanged: [expect.any(Number)] },
    })
  })
})

describe('run', () => {
  it('--once answers still_waiting when both are spent', async () => {
    leave(0, 0)
    const ran = await run(`run ${pr} --run-id r-1 --once`)
    expect(ran).toMatchObject({ exit: 4, answer: { error: 'still_waiting', state: 'quota_spent' } })
  })

  it('sleeps until GitHub answers again, and does not count that as a failure', async () => {
    const waiting = {
      state: 'quota_spent',
      actor: 'wait',
      step: 'wait_for_quota',
      because: [],
      wait: { pollMs: 1_234 },
    }
    const done = { state: 'done', actor: 'done', step: null, because: [] }
    const base = { target: { repo: REPO, number: 2 }, ownership: { holder: null, you: null } }
    const asked = [...Array.from({ length: 9 }, () => waiting), done].map((decision) => ({
      decision: { ...base, ...decision },
    }))
    const sleeps: number[] = []
    const end = await runLoop({
      ask: async () => asked.shift() as never,
      execute: () => Promise.reject(new Error('nothing to execute')),
      startAgent: () => Promise.reject(new Error('no agent')),
      onDecision: () => undefined,
      onTurn: () => undefined,
      sleep: async (ms) => void sleeps.push(ms),
      signal: new AbortController().signal,
      once: false,
    })
    expect(end).toMatchObject({ exit: 0, reason: 'done' })
    expect(sleeps).toEqual(Array.from({ length: 9 }, () => 1_234))
  })
})

function leave(graphql: number, core: number, resetInMs = HOUR_MS): void {
  const { developer } = at.forge.logins
  at.forge.leaveQuota(developer, { resource: 'graphql', remaining: graphql, resetInMs })
  at.forge.leaveQuota(developer, { resource: 'core', remaining: core, resetInMs })
}

function context() {
  return aContext({ cwd: home, env: { HOME: home, PATH: process.env.PATH, ...at.forge.environment } })
}

function run(line: string) {
  return context().execute(line.split(' '))
}

function ask(words = '--json') {
  return run(`next ${pr} ${words}`)
}
