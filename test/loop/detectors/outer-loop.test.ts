import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkpointFile, readCheckpoint, writeCheckpoint } from '../../../lib/command/detect/checkpoint-file.ts'
import { executeWith } from '../../../lib/command/registry.ts'
import { validateAsyncStart } from '../../../lib/loop/detectors/async-start.ts'
import { type CheckedOut, compareBranches, requiresIsolation } from '../../../lib/loop/detectors/branch-identity.ts'
import { Checkpoint } from '../../../lib/loop/detectors/outer-checkpoint.ts'
import { evidenceOfFacts } from '../../../lib/loop/detectors/outer-evidence.ts'
import { type CycleGround, decideOuterCycle } from '../../../lib/loop/detectors/outer-loop.ts'
import { interpretReviewerLoopState } from '../../../lib/loop/detectors/reviewer.ts'
import { normalizeReviewerSnapshot } from '../../../lib/loop/detectors/reviewer-snapshot.ts'
import { aContext } from '../../support/context.ts'
import { aCheck, anInput, aThread, checks, EARLIER, HEAD, listed, NOW, pullRequestFacts } from '../build.ts'

const BRANCH = 'dev-loops/issue-12'
const OWN: CheckedOut = { branch: BRANCH, headSha: HEAD, dirty: false, own: true }
const HERE: CheckedOut = { ...OWN, own: false }
const FEEDBACK = anInput({ facts: pullRequestFacts({ threads: listed([aThread()]) }) })
const CHECKING = anInput({ facts: pullRequestFacts({ checks: checks(aCheck('test', null)) }) })

function cycle(over: Partial<CycleGround> = {}, input = FEEDBACK) {
  return decideOuterCycle({
    target: { repo: 'Acme/api', number: 88 },
    sourceMode: 'authoritative',
    evidence: evidenceOfFacts(input, over.previous?.wait ?? null),
    reviewer: interpretReviewerLoopState(normalizeReviewerSnapshot({ prExists: true, prNumber: 88, prHeadSha: HEAD })),
    head: { branch: BRANCH, sha: HEAD },
    here: OWN,
    previous: null,
    reviewLimitMs: 1_800_000,
    nowMs: NOW,
    ...over,
  })
}

describe('one cycle', () => {
  it('hands over with the head that all of it is about', () => {
    const { outerAction, conductorRouting, branchIdentity, copilotState } = cycle()
    expect({ outerAction, copilotState }).toEqual({
      outerAction: 'reenter_copilot_loop',
      copilotState: 'unresolved_feedback_present',
    })
    expect(conductorRouting.handoffEnvelope).toMatchObject({
      loopFamily: 'copilot_loop',
      entrypoint: 'copilot_pr_handoff',
      requiredArgs: { repo: 'acme/api', pr: 88, headRefName: BRANCH, headRefOid: HEAD },
      requiresLocalIsolation: false,
      confidence: 'authoritative',
    })
    expect(branchIdentity).toMatchObject({ branchMatches: true, headMatches: true, mismatchReason: null })
  })

  it('stops where the worktree of the run has another branch checked out', () => {
    const { outerAction, reason, conductorRouting } = cycle({ here: { ...OWN, branch: 'other' } })
    expect({ outerAction, reason }).toEqual({
      outerAction: 'stop',
      reason: 'unsafe_local_branch_mismatch_requires_reconcile',
    })
    expect(conductorRouting).toMatchObject({
      routingOutcome: 'stop_needs_human',
      isTerminal: true,
      handoffEnvelope: { loopFamily: null, entrypoint: null },
    })
  })

  it('counts cycles of waiting on one head, and begins anew on another', () => {
    const first = cycle({}, CHECKING).checkpoint
    const second = cycle({ previous: first }, CHECKING).checkpoint
    const moved = cycle({ previous: { ...second, headSha: EARLIER } }, CHECKING).checkpoint
    const working = cycle({ previous: second }).checkpoint
    expect([first, second, moved, working].map(({ waitCycles }) => waitCycles)).toEqual([1, 2, 1, 0])
  })

  it('loop-state 16.2: asks a person once our own review stands still for longer than one may take', () => {
    const reviewer = interpretReviewerLoopState(
      normalizeReviewerSnapshot({ prExists: true, prNumber: 88, prHeadSha: HEAD, reviewRequested: true }),
    )
    const actions: string[] = []
    let previous: Checkpoint | null = null
    for (const minutes of [0, 10, 29, 30, 45]) {
      const decided = cycle({ reviewer, previous, nowMs: NOW + minutes * 60_000 }, CHECKING)
      previous = decided.checkpoint
      actions.push(`${decided.outerAction} ${decided.reason ?? ''}`.trim())
    }
    expect(actions).toEqual([
      'reenter_reviewer_loop',
      'reenter_reviewer_loop',
      'reenter_reviewer_loop',
      'stop reviewer_blocked',
      'stop reviewer_blocked',
    ])
  })

  it('remembers what it can read again', () => {
    const { checkpoint } = cycle({}, CHECKING)
    expect(Checkpoint.parse(JSON.parse(JSON.stringify(checkpoint)))).toEqual(checkpoint)
    const { wait: _wait, reviewing: _reviewing, ...predecessors } = checkpoint
    expect(Checkpoint.parse(predecessors)).toMatchObject({ wait: null, reviewing: null })
  })
})

describe('what is checked out', () => {
  const pr = { branch: BRANCH, sha: HEAD }

  it.each([
    ['another branch', { ...HERE, branch: 'main' }],
    ['a detached head', { ...HERE, branch: null }],
    ['uncommitted work', { ...HERE, dirty: true }],
  ])('elsewhere, with %s, asks for isolation and stops nobody', (_name, here) => {
    expect(requiresIsolation(here, BRANCH)).toBe(true)
    expect(compareBranches(here, pr).mismatchReason).toBe(null)
  })

  it('on the branch, but at another commit, is not used', () => {
    const { mismatchReason } = compareBranches({ ...HERE, headSha: EARLIER }, pr)
    expect(mismatchReason).toBe('unsafe_local_head_mismatch_requires_reconcile')
    expect(compareBranches({ ...OWN, headSha: EARLIER }, pr).mismatchReason).toBe(null)
  })
})

describe('the start', () => {
  it.each([
    ['valid', { runId: 'r-1', isSnapshotMode: false, asyncStartMode: 'required' }],
    ['allowed', { runId: null, isSnapshotMode: false, asyncStartMode: 'allowed' }],
    ['rejected', { runId: null, isSnapshotMode: false, asyncStartMode: 'required' }],
    ['rejected', { runId: 'r-1', isSnapshotMode: false, asyncStartMode: 'sometimes' }],
    ['snapshot_mode', { runId: null, isSnapshotMode: true, asyncStartMode: 'sometimes' }],
  ])('is %s with %o', (status, context) => {
    expect(validateAsyncStart(context)).toMatchObject({ status })
  })
})

describe('the command', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outer-loop-'))
    await writeFile(join(folder, 'reviewer.json'), JSON.stringify({ prExists: true, prNumber: 88, prHeadSha: HEAD }))
    await writeFile(join(folder, 'copilot.json'), JSON.stringify({ prExists: true, prNumber: 88, ciStatus: 'pending' }))
    await writeFile(join(folder, 'prose.json'), 'all good')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const scripts = new URL('../../../scripts/', import.meta.url)
  const call = (words: string) =>
    executeWith(
      scripts,
      ['outer-loop', '--repo', 'acme/api', '--pr', '88', ...words.split(' ')],
      aContext({ cwd: folder, env: { HOME: folder } }),
    )
  const SNAPSHOTS = '--copilot-input copilot.json --reviewer-input reviewer.json'

  it('decides from snapshots without a run, a token or a network, and counts its cycles', async () => {
    const first = await call(`${SNAPSHOTS} --checkpoint-dir kept`)
    const second = await call(`${SNAPSHOTS} --checkpoint-dir kept`)
    expect(first).toMatchObject({
      exit: 0,
      answer: { outerAction: 'continue_wait', asyncStartContract: 'snapshot_mode', checkpoint: { waitCycles: 1 } },
    })
    expect(second.answer).toMatchObject({ checkpoint: { waitCycles: 2, headSha: HEAD }, conductorModel: null })
    const kept = join(folder, 'kept/acme/api/pr-88')
    expect(await readdir(kept)).toEqual(['outer-loop-state.json'])
  })

  it('starts for no run without an id, and writes nothing', async () => {
    expect(await call('--checkpoint-dir never')).toMatchObject({
      exit: 2,
      answer: { ok: false, error: 'run_id_required', asyncStartContract: 'rejected' },
    })
    expect(await readdir(folder)).not.toContain('never')
  })

  it('refuses a snapshot that is none', async () => {
    const said = await call('--copilot-input prose.json --reviewer-input reviewer.json --checkpoint-dir never')
    expect(said).toMatchObject({ exit: 2, answer: { error: 'invalid_value' } })
  })

  it('never replaces a checkpoint that it cannot read', async () => {
    const target = { repo: 'acme/api', number: 88 }
    const file = checkpointFile(join(folder, 'torn'), target)
    await writeCheckpoint(file, cycle().checkpoint)
    const whole = await readFile(file, 'utf8')
    await writeFile(file, whole.slice(0, 40))
    expect(await call(`${SNAPSHOTS} --checkpoint-dir torn`)).toMatchObject({
      exit: 5,
      answer: { error: 'state_unreadable', file },
    })
    expect(await readFile(file, 'utf8')).toBe(whole.slice(0, 40))
  })

  it('takes no checkpoint of another pull request for its own', async () => {
    const file = checkpointFile(join(folder, 'moved'), { repo: 'acme/api', number: 88 })
    await writeCheckpoint(file, { ...cycle().checkpoint, pr: 89 })
    expect(await readCheckpoint(file, { repo: 'acme/api', number: 88 })).toBe(null)
  })
})
