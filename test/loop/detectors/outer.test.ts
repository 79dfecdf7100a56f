import { describe, expect, it } from 'vitest'
import { type Considered, consider } from '../../../lib/loop/consider.ts'
import type { DecisionInput } from '../../../lib/loop/decision.ts'
import {
  classOfState,
  evaluateConductorRouting,
  getAllowedOuterTransitions,
  interpretOuterLoopState,
  type RoutingInput,
} from '../../../lib/loop/detectors/outer.ts'
import { evidenceOfFacts } from '../../../lib/loop/detectors/outer-evidence.ts'
import { classify, type FactsOf } from '../../../lib/loop/machine.ts'
import { COPILOT_STATES, isReviewerState, isReviewState, outer } from '../../../lib/loop/machines/outer.ts'
import { reviewer } from '../../../lib/loop/machines/reviewer.ts'
import { anyMachine, everyCombination } from '../../model/enumerate.ts'
import {
  aCheck,
  aHolder,
  anInput,
  anIntent,
  aReview,
  aThread,
  aVerdict,
  COPILOT,
  checks,
  finished,
  HEAD,
  judged,
  listed,
  localFacts,
  MERGE_ALLOWED,
  NOW,
  pullRequestFacts,
  RUN,
} from '../build.ts'

const TARGET = { repo: 'acme/api', pr: 88 }
const IDLE = 'waiting_for_review_request'
const REVIEWERS = Object.keys(reviewer.states).filter(isReviewerState)

function route(over: Partial<RoutingInput>) {
  return evaluateConductorRouting({ target: TARGET, copilotState: 'pr_draft', reviewerState: IDLE, ...over })
}

function* everyFacts(): Generator<FactsOf<typeof outer>> {
  const machine = anyMachine(outer)
  for (const facts of everyCombination(machine.facts)) {
    if (machine.possible(facts)) yield facts as unknown as FactsOf<typeof outer>
  }
}

/** Everything said makes sense, and nobody else has it. */
function isOurs({ target, copilot, reviewer: own, ownership }: FactsOf<typeof outer>): boolean {
  return target === 'valid' && copilot !== null && own !== null && ownership === 'none'
}

describe('the outer loop, over every combination of what it is asked with', () => {
  const ALLOWED: Readonly<Record<FactsOf<typeof outer>['next'], readonly string[]>> = {
    work: ['handoff_to_copilot_loop', 'handoff_to_reviewer_loop'],
    wait: ['continue_current_wait', 'handoff_to_reviewer_loop', 'stop_needs_human'],
    person: ['stop_needs_human'],
    done: ['done_terminal'],
  }

  it('loop-state 16.2: never contradicts `next`', () => {
    const wrong = [...everyFacts()].filter((facts) => {
      return isOurs(facts) && !ALLOWED[facts.next].includes(classify(outer, facts).state)
    })
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('loop-state 16.2: a wait of our own review stands before no work', () => {
    const waits = REVIEWERS.filter((state) => ['wait', 'human'].includes(reviewer.states[state].next?.by ?? ''))
    expect(waits).toContain('submitted_review')
    for (const facts of everyFacts()) {
      const waiting = facts.reviewer !== null && waits.includes(facts.reviewer)
      if (!isOurs(facts) || facts.next !== 'work' || !waiting) continue
      expect(classify(outer, facts).state).toBe('handoff_to_copilot_loop')
    }
  })

  it('loop-state 16.2: a review of ours that does not go on gives the word back, and ends at a person', () => {
    for (const facts of everyFacts()) {
      if (!isOurs(facts) || facts.reviewing === 'within') continue
      const { state } = classify(outer, facts)
      if (facts.next === 'work') expect(state).toBe('handoff_to_copilot_loop')
      if (facts.reviewer !== 'review_requested' || facts.next !== 'wait') continue
      if (facts.copilot === 'waiting_for_copilot_review') continue
      expect(state).toBe('stop_needs_human')
    }
  })

  it('loop-state 16.27: reaches the branches of ownership', () => {
    const states = (ownership: FactsOf<typeof outer>['ownership']) => {
      const facts = [...everyFacts()].filter((one) => one.ownership === ownership)
      return new Set(facts.map((one) => classify(outer, one).state))
    }
    expect(states('live_owner')).toContain('stay_with_current_live_owner')
    expect(states('none')).not.toContain('stay_with_current_live_owner')
    expect([...states('duplicate_local_owners')]).toEqual(['needs_reconcile'])
    expect([...states('lost')]).toEqual(['needs_reconcile'])
  })

  it('waits for a living owner wherever there would be something to do', () => {
    for (const facts of everyFacts()) {
      const held = { ...facts, ownership: 'live_owner' } as const
      if (!isOurs(facts)) continue
      const [free, kept] = [classify(outer, facts).state, classify(outer, held).state]
      expect(kept).toBe(free.startsWith('handoff') ? 'stay_with_current_live_owner' : free)
    }
  })
})

describe('conductor routing', () => {
  it.each([
    ['no_pr', 'stop_needs_human', 'pr_not_ready'],
    ['review_request_unavailable', 'stop_needs_human', 'review_unavailable'],
    ['blocked_needs_user_decision', 'stop_needs_human', 'copilot_blocked'],
    ['round_cap_reached', 'stop_needs_human', 'copilot_blocked'],
    ['done', 'done_terminal', null],
    ['pr_draft', 'handoff_to_copilot_loop', null],
    ['waiting_for_copilot_review', 'continue_current_wait', null],
    ['waiting_for_ci', 'continue_current_wait', null],
    ['unresolved_feedback_present', 'handoff_to_copilot_loop', null],
    ['already_fixed_needs_reply_resolve', 'handoff_to_copilot_loop', null],
    ['pr_ready_no_feedback', 'handoff_to_copilot_loop', null],
    ['ready_to_rerequest_review', 'handoff_to_copilot_loop', null],
    ['low_signal_converged', 'handoff_to_copilot_loop', null],
    ['round_cap_clean_fallback', 'handoff_to_copilot_loop', null],
    ['internal_tooling_direct_gate', 'handoff_to_copilot_loop', null],
    ['somewhere_else', 'needs_reconcile', 'unknown_state'],
    ['', 'needs_reconcile', 'unknown_state'],
  ])('answers %s with %s', (copilotState, routingOutcome, stopReason) => {
    expect(route({ copilotState })).toMatchObject({ routingOutcome, stopReason })
  })

  it('loop-state 16.2: knows every state of the reviews and of our own review', () => {
    for (const copilotState of COPILOT_STATES) {
      for (const reviewerState of REVIEWERS) {
        expect(route({ copilotState, reviewerState }).stopReason).not.toBe('unknown_state')
      }
    }
  })

  it.each([
    ['waiting_for_copilot_review', 'review_requested', 'continue_current_wait'],
    ['waiting_for_ci', 'review_requested', 'handoff_to_reviewer_loop'],
    ['waiting_for_ci', 'waiting_for_user_submit', 'handoff_to_reviewer_loop'],
    ['waiting_for_ci', 'submitted_review', 'continue_current_wait'],
    ['unresolved_feedback_present', 'draft_review_ready', 'handoff_to_reviewer_loop'],
    ['unresolved_feedback_present', 'reviews_running', 'handoff_to_copilot_loop'],
    ['ready_to_rerequest_review', 'submitted_review', 'handoff_to_copilot_loop'],
    ['pr_draft', 'review_requested', 'handoff_to_copilot_loop'],
    ['waiting_for_ci', 'blocked_needs_user_decision', 'stop_needs_human'],
    ['blocked_needs_user_decision', 'review_requested', 'stop_needs_human'],
  ])('weighs %s against %s', (copilotState, reviewerState, routingOutcome) => {
    expect(route({ copilotState, reviewerState })).toMatchObject({ routingOutcome })
  })

  it('keeps what is right of a malformed target, and says nothing else about it', () => {
    for (const [target, targetIdentity] of [
      [null, null],
      ['acme/api#88', null],
      [
        { repo: 'acme', pr: 88 },
        { repo: null, pr: 88 },
      ],
      [
        { repo: ' Acme/API ', pr: 0 },
        { repo: 'acme/api', pr: null },
      ],
    ]) {
      const { routingOutcome, stopReason, handoffEnvelope } = route({ target })
      expect({ routingOutcome, stopReason }).toEqual({ routingOutcome: 'needs_reconcile', stopReason: 'unknown_state' })
      expect(handoffEnvelope).toMatchObject({ targetIdentity, requiredArgs: {}, loopFamily: null, entrypoint: null })
    }
  })

  it('gives every outcome a whole envelope', () => {
    const wanted = { requiresLocalIsolation: true, sourceMode: 'snapshot' }
    for (const copilotState of COPILOT_STATES) {
      const { handoffEnvelope, outerAction } = route({ ...wanted, copilotState })
      expect(handoffEnvelope).toMatchObject({
        targetIdentity: TARGET,
        requiredArgs: TARGET,
        requiresLocalIsolation: true,
        confidence: 'snapshot',
      })
      expect(handoffEnvelope.loopFamily === null).toBe(outerAction === 'stop' || outerAction === 'done')
      expect(handoffEnvelope.reason).not.toBe('')
    }
    expect(route({ sourceMode: 'rumour' }).handoffEnvelope.confidence).toBe('local')
  })

  it('ends in three states, and leads from each other one to all seven', () => {
    for (const copilotState of COPILOT_STATES) {
      const { state, allowedTransitions, isTerminal } = interpretOuterLoopState(route({ copilotState }))
      expect(allowedTransitions).toHaveLength(isTerminal ? 0 : 7)
      expect(allowedTransitions).toEqual(getAllowedOuterTransitions(state))
    }
  })
})

const draft = pullRequestFacts({ isDraft: true })
const asked = {
  reviewRequests: listed([COPILOT]),
  reviewRequestEvents: listed([{ at: '2026-03-01T11:59:00Z', reviewer: COPILOT }]),
}

/** Situations of the work, whoever holds it. */
const WORK: readonly Partial<DecisionInput>[] = [
  { facts: pullRequestFacts(null) },
  { facts: pullRequestFacts({ state: 'MERGED' }) },
  { facts: draft },
  { facts: draft, local: null },
  judged([aVerdict('draft_gate')], { isDraft: true }),
  { facts: pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) }) },
  { facts: pullRequestFacts({ checks: checks(aCheck('test', null)) }) },
  { facts: pullRequestFacts(asked) },
  { facts: pullRequestFacts({ threads: listed([aThread()]) }) },
  { facts: pullRequestFacts({ threads: listed([], false) }) },
  { facts: pullRequestFacts({ mergeable: 'CONFLICTING', mergeStateStatus: 'DIRTY' }) },
  { facts: pullRequestFacts({ isCrossRepository: true }) },
  { facts: draft, local: localFacts({ ahead: 1, pushed: false }) },
  { facts: draft, local: localFacts({ dirty: null }) },
  { facts: draft, policy: { ok: false, error: 'policy_unproved', message: '' } },
  judged([aVerdict('draft_gate')], { reviews: listed([aReview()]) }),
  finished({}, [aVerdict('draft_gate')]),
  finished(),
  { ...finished(), policy: MERGE_ALLOWED },
  { ...finished({ mergeable: 'UNKNOWN', mergeStateStatus: 'UNKNOWN' }), policy: MERGE_ALLOWED },
]

const HOLDINGS: readonly Partial<DecisionInput>[] = [
  {},
  { holdings: { target: null, branch: null, issue: null } },
  { holdings: { target: null, branch: null, issue: null }, you: null },
  { holdings: { target: aHolder({ runId: 'r-2' }), branch: null, issue: null } },
  { holdings: { target: aHolder({ runId: 'r-2', alive: 'ended' }), branch: null, issue: null } },
  { holdings: { target: aHolder({ runId: 'r-2' }), branch: null, issue: null }, displaced: true },
  { holdings: { target: aHolder({ runId: 'r-2', alive: 'unknown', endsInMs: null }), branch: null, issue: null } },
  { holdings: { target: aHolder(), branch: aHolder({ runId: 'r-2' }), issue: null } },
]

describe('the outer loop on observed pull requests', () => {
  const all = WORK.flatMap((work) => HOLDINGS.map((held) => anInput({ ...work, ...held })))
  const outcomeOf = (input: DecisionInput, reviewerState: string) => {
    const { copilot, next, ownership } = evidenceOfFacts(input, null)
    return route({ copilotState: copilot, next, ownershipState: ownership, reviewerState })
  }

  it.each(['submitted_review', IDLE, 'review_requested', 'waiting_for_user_submit', 'blocked_needs_user_decision'])(
    'loop-state 16.2: never waits or ends where `next` has work, with our own review %s',
    (reviewerState) => {
      for (const input of all) {
        const { outerAction } = outcomeOf(input, reviewerState)
        if (isWorkFor(consider(input))) expect(outerAction).toMatch(/^reenter_/)
        else expect(outerAction).not.toBe('reenter_copilot_loop')
      }
    },
  )

  it('is done exactly where `next` is', () => {
    for (const input of all) {
      expect(outcomeOf(input, IDLE).outerAction === 'done').toBe(consider(input).actor === 'done')
    }
  })

  it('asks a person wherever `next` asks one', () => {
    for (const input of all) {
      if (consider(input).actor === 'human') expect(outcomeOf(input, 'review_requested').outerAction).toBe('stop')
    }
  })

  it('knows the state of the reviews in each of them', () => {
    for (const input of all) expect(outcomeOf(input, IDLE).stopReason).not.toBe('unknown_state')
  })
})

/** A claim is no work: whoever has it taken is asked again. */
function isWorkFor(considered: Considered): boolean {
  const { actor, step, input } = considered
  if (actor !== 'command' && actor !== 'agent') return false
  if (step !== 'claim') return true
  const you = input.you ?? RUN
  return isWorkFor(consider({ ...input, you, holdings: { ...input.holdings, target: aHolder({ runId: you }) } }))
}

describe('a wait of the outer loop', () => {
  const FREE = { holdings: { target: null, branch: null, issue: null }, you: null } as const
  const checking = { facts: pullRequestFacts({ checks: checks(aCheck('test', null)) }), ...FREE }

  it('loop-state 16.2: ends at a person after its own limit, although nobody holds the pull request', () => {
    let noted: ReturnType<typeof evidenceOfFacts>['wait'] = null
    const seen: string[] = []
    for (let cycle = 0; cycle < 70; cycle++) {
      const { next, wait } = evidenceOfFacts(anInput({ ...checking, nowMs: NOW + cycle * 60_000 }), noted)
      noted = wait
      seen.push(next)
    }
    expect(seen.slice(0, 60)).toEqual(Array(60).fill('wait'))
    expect(seen.slice(60)).toEqual(Array(10).fill('person'))
  })

  it('begins anew with another head', () => {
    const old = { state: 'waiting_for_ci', headSha: 'b'.repeat(40), since: new Date(NOW - 86_400_000).toISOString() }
    const { next, wait } = evidenceOfFacts(anInput(checking), old)
    expect({ next, wait }).toMatchObject({ next: 'wait', wait: { headSha: HEAD, since: new Date(NOW).toISOString() } })
  })

  it('goes by what the run itself has noted, where it has', () => {
    const noted = { state: 'waiting_for_ci', headSha: HEAD, since: new Date(NOW - 86_400_000).toISOString() }
    const work = { ...anInput().work, wait: { state: 'waiting_for_ci', head: HEAD, sinceMs: NOW - 1_000 } }
    expect(evidenceOfFacts(anInput({ ...checking, work }), noted).next).toBe('wait')
  })

  it('is settled first where a dead run left something', () => {
    const work = { ...anInput().work, intents: [anIntent()] }
    expect(evidenceOfFacts(anInput({ ...checking, work }), null).next).toBe('work')
  })
})

it('the class of each state is that of its own step', () => {
  const classes = COPILOT_STATES.filter(isReviewState).map((state) => [state, classOfState(state)])
  expect(Object.fromEntries(classes)).toMatchObject({ clean_converged: 'work', facts_unproved: 'wait', done: 'done' })
})
