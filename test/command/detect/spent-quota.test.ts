/** The detectors while GitHub's quotas are spent, against a forge with one pull request that has one of everything. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aStage, type Stage } from '../../forge/stage.ts'
import type { Loose } from '../../forge/with-forge.ts'
import { aContext } from '../../support/context.ts'

const REPO = 'acme/parcel-price'
const HOUR_MS = 3_600_000

/** Every detector that looks at a target on GitHub, with what it says over REST of one with threads. */
const LOOKS: Readonly<Record<string, Loose>> = {
  'detect-copilot-loop-state --pr 2': { state: 'facts_unproved', snapshot: { unresolvedThreadCount: null } },
  'detect-reviewer-loop-state --pr 2': {},
  'detect-pr-gate-coordination-state --pr 2': { gateBoundary: 'blocked', state: 'facts_unproved' },
  'detect-internal-only-pr --pr 2': {},
  'detect-initial-copilot-pr-state --issue 1': { state: 'facts_unproved' },
  'detect-linked-issue-pr --issue 1': { hasOpenLinkedPr: true, complete: false },
  'detect-tracker-first-loop-state --issue 1': { state: 'unknown' },
  'resolve-dev-loop-startup --pr 2 --run-id r-1': {},
  'resolve-dev-loop-startup --issue 1 --run-id r-1': { bundleKind: 'needs_reconcile' },
  'info --pr 2': { handoff: { state: 'facts_unproved', facts: { unresolvedThreads: null } } },
  'info --issue 1': { linkedPr: null },
  'outer-loop --pr 2 --run-id r-1': { outerAction: 'continue_wait', next: { actor: 'wait' } },
  'gate status --pr 2': {},
}

let stage: Stage
let home: string
let folder: string

beforeAll(async () => {
  stage = await aStage()
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-detect-'))
})
beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'))
  leave(5_000, 5_000)
})
afterAll(async () => {
  await stage.end()
  rmSync(folder, { recursive: true, force: true })
})

describe('a detector', () => {
  it.each(Object.keys(LOOKS))('%s: asks REST once the quota of GraphQL is spent, and says so', async (line) => {
    expect(await run(line)).toMatchObject({ ok: true, exit: 0, source: 'graphql' })
    leave(0, 5_000)
    const told = await run(line)
    expect(told).toMatchObject({ ok: true, exit: 0, source: 'rest', ...LOOKS[line] })
    expect(told.unproved.length).toBeGreaterThan(0)
    expect(Date.parse(told.wholeAt) - Date.now()).toBeGreaterThan(HOUR_MS - 120_000)
  })

  it.each([
    ['detect-copilot-loop-state --pr 2', 'snapshot'],
    ['detect-copilot-loop-state --pr 2', 'iterations'],
    ['detect-reviewer-loop-state --pr 2', 'snapshot'],
    ['info --pr 2', 'pr'],
    ['info --issue 1', 'issue'],
    ['detect-tracker-first-loop-state --issue 1', 'snapshot'],
  ])('%s: says in each fact of its %s what it says over GraphQL, or that it is not known', async (line, part) => {
    const byGraphql = (await run(line))[part]
    leave(0, 5_000)
    const byRest = (await run(line))[part]
    const facts = Object.keys(byGraphql)
    expect(facts.length).toBeGreaterThan(3)
    for (const name of facts)
      expect([name, [byGraphql[name], null]]).toEqual([name, expect.arrayContaining([byRest[name]])])
  })

  it('detect-tracker-pr-state: waits for GraphQL, which alone tells what belongs together', async () => {
    expect(await run('detect-tracker-pr-state --pr 2')).toMatchObject({ ok: true, exit: 0, source: 'graphql' })
    leave(0, 5_000)
    for (const line of ['detect-tracker-pr-state --pr 2', 'detect-tracker-pr-state --issue 1']) {
      const told = await run(line)
      expect(told).toMatchObject({ error: 'still_waiting', exit: 4, source: 'rest', missing: [expect.any(String)] })
    }
  })

  it('detect-issue-refinement-artifact: reads the issue over REST too', async () => {
    const line = 'detect-issue-refinement-artifact --issue 1'
    const { via, ...byGraphql } = await run(line)
    leave(0, 5_000)
    expect([via, await run(line)]).toEqual(['graphql', { ...byGraphql, via: 'rest' }])
    expect(await run('detect-issue-refinement-artifact --issue 999')).toMatchObject({
      error: 'target_not_found',
      exit: 3,
    })
  })

  it.each([
    ...Object.keys(LOOKS),
    'detect-tracker-pr-state --pr 2',
    'detect-issue-refinement-artifact --issue 1',
    'detect-copilot-session-activity --branch dev-loops/issue-1',
  ])('%s: waits with exit 4 when both are spent, and says until when', async (line) => {
    leave(0, 0)
    const told = await run(line)
    expect(told).toMatchObject({
      ok: false,
      error: 'still_waiting',
      exit: 4,
      state: 'quota_spent',
      missing: ['github'],
    })
    expect(told.wait.untilMs - Date.now()).toBeGreaterThan(HOUR_MS - 120_000)
    expect(told.wait.untilMs - Date.now()).toBeLessThan(HOUR_MS + 5_000)
    expect(told.message).toContain(new Date(told.wait.untilMs).toISOString())
  })
})

function leave(graphql: number, core: number): void {
  const { developer } = stage.forge.logins
  stage.forge.leaveQuota(developer, { resource: 'graphql', remaining: graphql, resetInMs: HOUR_MS })
  stage.forge.leaveQuota(developer, { resource: 'core', remaining: core, resetInMs: HOUR_MS })
}

async function run(line: string): Promise<Loose> {
  const env = { HOME: home, PATH: process.env.PATH ?? '', ...stage.forge.environment }
  const { answer, exit } = await aContext({ cwd: home, env }).execute([...line.split(' '), '--repo', REPO])
  return { ...answer, exit }
}
