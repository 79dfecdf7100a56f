import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { ObservedPullRequest } from '../../lib/facts/pull-request.ts'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { decide } from '../../lib/loop/next.ts'
import {
  aCheck,
  aHolder,
  anInput,
  aReview,
  aStatus,
  aStop,
  aThread,
  aVerdict,
  COPILOT,
  EARLIER,
  HEAD,
  judged,
  listed,
  localFacts,
  VIEWER,
} from './build.ts'

const minute = fc.nat(9).map((value) => `2026-03-01T11:5${value}:00Z`)
const commit = fc.constantFrom(HEAD, EARLIER)
const account = fc.constantFrom(COPILOT, VIEWER, { login: 'ann', isBot: false }, null)
const whole = fc.constantFrom(true, true, true, false)

function lists<Item>(item: fc.Arbitrary<Item>, most = 4) {
  return fc.tuple(fc.array(item, { maxLength: most }), whole).map(([items, complete]) => listed(items, complete))
}

const review = fc
  .record({
    state: fc.constantFrom('APPROVED' as const, 'COMMENTED' as const, 'CHANGES_REQUESTED' as const, 'PENDING' as const),
    commit,
    author: account,
    submittedAt: minute,
    id: fc.uuid(),
  })
  .map(aReview)

const comment = fc.record({
  id: fc.uuid(),
  author: account,
  body: fc.string(),
  createdAt: minute,
  url: fc.constant(''),
})

const thread = fc
  .record({ id: fc.uuid(), isResolved: fc.boolean(), isOutdated: fc.boolean(), comments: lists(comment, 3) })
  .map(aThread)

const context = fc.oneof(
  fc
    .record({
      name: fc.constantFrom('a', 'b'),
      conclusion: fc.constantFrom('SUCCESS', 'FAILURE', 'CANCELLED', 'ACTION_REQUIRED', null),
      startedAt: minute,
    })
    .map(({ name, conclusion, startedAt }) => aCheck(name, conclusion, { startedAt })),
  fc
    .record({ context: fc.constantFrom('x', 'dev-loops/owner', 'dev-loops/draft_gate'), createdAt: minute })
    .map(({ context, createdAt }) => aStatus(context, 'SUCCESS', { createdAt })),
)

const pull: fc.Arbitrary<Partial<ObservedPullRequest>> = fc.record({
  state: fc.constantFrom('OPEN' as const, 'OPEN' as const, 'OPEN' as const, 'MERGED' as const, 'CLOSED' as const),
  isDraft: fc.boolean(),
  isCrossRepository: fc.boolean(),
  mergeable: fc.constantFrom('MERGEABLE' as const, 'CONFLICTING' as const, 'UNKNOWN' as const),
  mergeStateStatus: fc.constantFrom('CLEAN', 'BEHIND', 'BLOCKED', 'UNKNOWN', 'DIRTY'),
  reviewDecision: fc.constantFrom(null, 'APPROVED', 'CHANGES_REQUESTED'),
  reviews: lists(review),
  threads: lists(thread),
  reviewRequests: lists(fc.constant(COPILOT), 1),
  reviewRequestEvents: lists(fc.record({ at: minute, reviewer: account })),
  files: lists(fc.constantFrom('src/a.ts', '.devloops', 'docs/b.md')),
  checks: fc
    .record({ commit, suites: fc.nat(1), contexts: lists(context) })
    .map((checks) => ({ ...checks, withheld: false, committedAt: null })),
})

const local = fc.option(
  fc
    .record({
      dirty: fc.constantFrom(true, false, null),
      untracked: fc.constantFrom(0, 1, null),
      ahead: fc.constantFrom(0, 1, null),
      remoteHead: fc.constantFrom(HEAD, EARLIER, 'absent', null),
      remoteHeadIsAncestor: fc.constantFrom(true, false, null),
      strayed: fc.constantFrom([], [], ['stray'], null),
      related: fc.constantFrom(true, true, false, null),
      revertsForeign: fc.constantFrom(true, false, null),
      worktree: fc.constantFrom('/w', null),
    })
    .map(localFacts),
)

const holder = fc.option(
  fc
    .record({
      runId: fc.constantFrom('r-1', 'r-2'),
      alive: fc.constantFrom('alive' as const, 'ended' as const, 'unknown' as const),
      endsInMs: fc.constantFrom(0, 5_000, null),
      stopRequested: fc.constantFrom(null, null, aStop()),
    })
    .map(aHolder),
)

const VERDICTS = [aVerdict('draft_gate'), aVerdict('pre_approval_gate')]
const FREE = { ...DEFAULT_POLICY, autonomy: { stopAt: [] } }

const anyInput: fc.Arbitrary<DecisionInput> = fc
  .record({
    pull,
    local,
    target: holder,
    branch: holder,
    issue: holder,
    displaced: fc.boolean(),
    you: fc.constantFrom('r-1', null),
  })
  .map(({ pull, target, branch, issue, ...rest }) => {
    const { facts, work } = judged(VERDICTS, pull)
    const holdings = { target, branch, issue: { number: 12, holder: issue } }
    return anInput({ facts, work, holdings, policy: { ok: true, value: FREE }, ...rest })
  })

function turned(input: DecisionInput): DecisionInput {
  const { facts } = input
  if (facts.kind !== 'pull_request' || !facts.pr) return input
  const { reviews, threads, checks, files } = facts.pr
  const turn = <Item>(list: { items: Item[]; total: number | null; complete: boolean }) => ({
    ...list,
    items: list.items.toReversed(),
  })
  const pr = {
    ...facts.pr,
    reviews: turn(reviews),
    threads: turn(threads),
    files: turn(files),
    checks: { ...checks, contexts: turn(checks.contexts) },
  }
  return { ...input, facts: { ...facts, pr } }
}

describe('a decision', () => {
  it('follows from any facts: somebody has it, and what they need is with it', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { actor, command, prompt, wait, step, because, waitingFor } = decide(input)
        expect(command !== undefined).toBe(actor === 'command')
        expect(prompt !== undefined).toBe(actor === 'agent')
        expect(wait !== undefined).toBe(actor === 'wait')
        expect(step === null).toBe(actor === 'done')
        expect(because.length).toBeGreaterThan(0)
        expect(waitingFor === 'ready').toBe(actor === 'command' || actor === 'agent')
      }),
      { numRuns: 500 },
    )
  })

  it('that waits names an end, and something else follows there although nobody did anything', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { state, wait } = decide(input)
        if (wait === undefined) return
        expect(wait.untilMs).toBeGreaterThanOrEqual(input.nowMs)
        expect(wait.untilMs - input.nowMs).toBeLessThanOrEqual(24 * 3_600_000)
        expect(wait.pollMs).toBeGreaterThan(0)
        expect(wait.afterwards).not.toMatchObject({ state, actor: 'wait' })
      }),
      { numRuns: 1_000 },
    )
  })

  it('does not depend on the order in which GitHub lists things', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { state, step, actor, because } = decide(input)
        expect(decide(turned(input))).toMatchObject({ state, step, actor, because })
      }),
      { numRuns: 300 },
    )
  })

  it('touches nothing but its claim for a run that does not hold the target', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const held = input.holdings.target?.runId === input.you && input.holdings.target?.alive !== 'ended'
        const { actor, step } = decide(input)
        const own = ['claim', 'release', 'release_branch', 'release_issue', 'recover', 'remove_worktree']
        if (!held && (actor === 'command' || actor === 'agent')) expect(own).toContain(step)
      }),
      { numRuns: 500 },
    )
  })

  /** Everything proved, so that only the merge is left. */
  const ready = judged(VERDICTS, {
    reviews: listed([aReview()]),
    reviewRequestEvents: listed([{ at: '2026-03-01T11:50:00Z', reviewer: COPILOT }]),
  })
  const merging = (over: Partial<ObservedPullRequest>) => {
    const { facts, work } = ready
    const pr = facts.pr ? { ...facts.pr, ...over } : null
    return decide(anInput({ facts: { ...facts, pr }, work, policy: { ok: true, value: FREE } })).step
  }

  it('merges only what is proved: a list that is cut off is never taken for a short one', () => {
    const { pr } = ready.facts
    if (!pr) throw new Error('there is a pull request')
    expect(merging({})).toBe('merge')
    const cut = { complete: false }
    expect(merging({ reviews: { ...pr.reviews, ...cut } })).not.toBe('merge')
    expect(merging({ threads: { ...pr.threads, ...cut } })).not.toBe('merge')
    expect(merging({ files: { ...pr.files, ...cut } })).not.toBe('merge')
    expect(merging({ reviewRequests: { ...pr.reviewRequests, ...cut } })).not.toBe('merge')
    expect(merging({ checks: { ...pr.checks, contexts: { ...pr.checks.contexts, ...cut } } })).not.toBe('merge')
    expect(merging({ threads: listed([aThread({ isResolved: true })]) })).toBe('merge')
  })
})
