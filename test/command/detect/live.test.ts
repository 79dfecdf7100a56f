/** The detectors against a forge: one request, nothing written, the repository that was named. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openPull } from '../../forge/stage.ts'
import { aClone, aForge, type Clone, data, type Loose, type Started } from '../../forge/with-forge.ts'
import { aContext } from '../../support/context.ts'

const REPO = 'acme/parcel-price'
let started: Started
let clone: Clone
let home: string
let pr: number

beforeAll(async () => {
  started = await aForge()
  clone = await aClone(started.forge, REPO)
  home = mkdtempSync(join(tmpdir(), 'dev-loops-detect-'))
  await clone.git('switch', '--quiet', '--create', 'work', 'origin/main')
  await clone.commit({ 'notes.md': 'a note\n' }, 'Note it')
  await clone.git('push', '--quiet', 'origin', 'HEAD')
  const { repository } = await data(started.forge, 'query { repository(owner: "acme", name: "parcel-price") { id } }')
  pr = (await openPull(started, repository.id, 'work')).number
})
afterEach(() => vi.restoreAllMocks())
afterAll(async () => {
  await clone.remove()
  await started.end()
  rmSync(home, { recursive: true, force: true })
})

/** Outside of any checkout, so only `--repo` says which repository is meant. */
async function run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Loose> {
  const base = { HOME: home, PATH: process.env.PATH ?? '', XDG_STATE_HOME: join(home, 'state') }
  const context = aContext({ cwd: home, env: { ...base, ...started.forge.environment, ...env } })
  const { answer, exit } = await context.execute(words)
  return { ...answer, exit }
}

const LOOKS = (): readonly (readonly [string, ...string[]])[] => [
  ['detect-issue-refinement-artifact', '--issue', '1'],
  ['detect-tracker-first-loop-state', '--issue', '1'],
  ['detect-tracker-pr-state', '--issue', '1'],
  ['detect-tracker-pr-state', '--pr', `${pr}`],
  ['detect-internal-only-pr', '--pr', `${pr}`],
  ['resolve-dev-loop-startup', '--issue', '1', '--run-id', 'r-1'],
  ['resolve-dev-loop-startup', '--pr', `${pr}`, '--run-id', 'r-1'],
  ['info', '--issue', '1'],
  ['info', '--pr', `${pr}`],
]

describe('a detector', () => {
  it('asks GitHub once, in the repository that was named', async () => {
    for (const look of LOOKS()) {
      const asked = vi.spyOn(globalThis, 'fetch')
      const answer = await run([...look, '--repo', REPO])
      expect(answer, look.join(' ')).toMatchObject({ ok: true, exit: 0 })
      expect([look[0], asked.mock.calls.length]).toEqual([look[0], 1])
      vi.restoreAllMocks()
    }
  })

  it('loop-state 16.33: writes nothing, neither on GitHub nor here, whichever run is named', async () => {
    const before = await started.forge.effects()
    const env = { DEV_LOOPS_RUN_ID: 'r-1', PI_SUBAGENT_RUN_ID: 'r-1' }
    for (const look of LOOKS()) await run([...look, '--repo', REPO], env)
    expect(await started.forge.effects()).toEqual(before)
    expect(recordsIn(join(home, 'state'))).toEqual([])
  })

  it('loop-state 16.34: answers the same whatever variables of a test stand are set', async () => {
    const env = { GH_SEQUENCE_PATH: 'sequence', GH_STUB_MODE: '1', PI_DEV_LOOP_DETACHED: '1', PI_WORKTREE_BYPASS: '1' }
    for (const look of LOOKS().filter(([name]) => name !== 'info')) {
      expect(await run([...look, '--repo', REPO], env)).toEqual(await run([...look, '--repo', REPO]))
    }
  })

  it('refuses a number that is not there', async () => {
    for (const [name, flag] of LOOKS()) {
      if (name.startsWith('detect-tracker')) continue
      const answer = await run([name, flag ?? '', '999', '--repo', REPO])
      expect([name, answer.error, answer.exit]).toEqual([name, 'target_not_found', 3])
    }
  })

  it('loop-state 16.29: refuses every flag that it does not have', async () => {
    for (const flag of ['--reviewer-login', '--review-request-status', '--local-validation-head-sha', '--probe-only']) {
      for (const look of LOOKS()) expect(await run([...look, flag])).toMatchObject({ error: 'unknown_option', exit: 2 })
    }
  })

  it('loop-state 16.37: names the failure of GitHub by a code', async () => {
    const env = { GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql', GITHUB_API_URL: 'http://127.0.0.1:9' }
    const answer = await run(['info', '--pr', `${pr}`, '--repo', REPO], env)
    expect([answer.error, answer.exit]).toEqual(['github_unreachable', 5])
  })
})

describe('resolve-dev-loop-startup', () => {
  it('loop-state 16.6: needs nothing of the target repository to know what is linked', async () => {
    const answer = await run(['resolve-dev-loop-startup', '--issue', '1', '--repo', REPO, '--run-id', 'r-1'])
    expect(answer).toMatchObject({
      bundleKind: 'resolved',
      selectedStrategy: 'copilot_pr_followup',
      canonicalStateSummary: { issueLinkageResolution: 'resolved_linked_pr', target: { issue: 1, pr } },
    })
  })

  it('loop-state 16.37: reads configuration as all commands do, and says what is wrong with it', async () => {
    const answer = await run(['resolve-dev-loop-startup', '--pr', `${pr}`, '--repo', REPO, '--run-id', 'r-1'], {
      DEV_LOOPS_WAIT_POLL_INTERVAL: 'soon',
    })
    expect(answer).toMatchObject({ ok: true, warnings: [expect.stringContaining('soon')] })
  })

  it.each([
    ['required', [], { error: 'run_id_required', asyncStartContract: 'rejected', exit: 2 }],
    ['required', ['--run-id', 'r-1'], { asyncStartContract: 'valid', exit: 0 }],
    ['allowed', [], { asyncStartContract: 'allowed', exit: 0 }],
  ])('starts as workflow.asyncStartMode: %s says, with %j, and outer-loop with it', async (mode, named, expected) => {
    const env = { DEV_LOOPS_WORKFLOW_ASYNC_START_MODE: mode, DEV_LOOPS_STATE_DIR: join(home, 'starts') }
    for (const command of ['resolve-dev-loop-startup', 'outer-loop'] as const) {
      expect(await run([command, '--pr', `${pr}`, '--repo', REPO, ...named], env), command).toMatchObject(expected)
    }
  })

  it('answers for a saved snapshot without GitHub, and refuses what is none', async () => {
    const file = join(home, 'start.json')
    writeFileSync(file, JSON.stringify({ currentState: null, warnings: ['not all was read'] }))
    const env = { GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql' }
    expect(await run(['resolve-dev-loop-startup', '--input', file], env)).toMatchObject({
      bundleKind: 'needs_reconcile',
      because: ['startup/no-state'],
      warnings: ['not all was read'],
    })
    writeFileSync(file, '[]')
    for (const input of [file, join(home, 'absent.json')]) {
      expect(await run(['resolve-dev-loop-startup', '--input', input])).toMatchObject({
        error: 'invalid_value',
        exit: 2,
      })
    }
  })
})

/** Files below a folder of records, apart from the counts of the quota. */
function recordsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /pr-|issue-|head\.|data\./.test(name),
    )
  } catch {
    return []
  }
}
