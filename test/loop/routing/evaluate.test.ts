import { describe, expect, it } from 'vitest'
import type { CanonicalState } from '../../../lib/loop/routing/canonical-state.ts'
import { evaluatePublicDevLoopRouting, type RoutingQuestion } from '../../../lib/loop/routing/evaluate.ts'
import {
  ACTORS,
  AUTHORIZATIONS,
  PUBLIC_DEV_LOOP_GATE_CONTRACT,
  STATUSES,
} from '../../../lib/loop/routing/vocabulary.ts'
import { EARLIER } from '../build.ts'
import { APPROVED, aState, ISSUE, LINKED, PHASE, PR } from './build.ts'

function routed(state: Partial<CanonicalState>, over: RoutingQuestion = {}) {
  return evaluatePublicDevLoopRouting({ intent: 'continue_current', currentState: aState(state), ...over })
}

describe('a state', () => {
  it.each<[string, Partial<CanonicalState>, RoutingQuestion, string, string]>([
    ['that is blocked', { status: 'blocked' }, {}, 'stop_blocked_or_not_authorized', 'stop'],
    ['that nobody may touch', { authorization: 'not_authorized' }, {}, 'stop_blocked_or_not_authorized', 'stop'],
    ['that is done', { status: 'done' }, {}, 'stop_done_terminal', 'stop'],
    [
      'that is ready and unconfirmed',
      { status: 'merge_ready', authorization: 'needs_confirmation' },
      {},
      'waiting_for_merge_authorization',
      'stop',
    ],
    ['that is approved', { status: 'approval_ready' }, { gateReviewEvidence: APPROVED }, 'final_approval', 'route'],
    ['that is ready', { status: 'merge_ready' }, { gateReviewEvidence: APPROVED }, 'final_approval', 'route'],
    ['that waits', { status: 'waiting' }, {}, 'wait_watch', 'wait'],
    ['that waits locally', { status: 'waiting', target: PHASE, ownership: 'local' }, {}, 'wait_watch', 'wait'],
    ['that is local', { target: PHASE }, {}, 'local_implementation', 'route'],
    ['of an issue', { target: ISSUE, ownership: 'local' }, {}, 'issue_intake', 'route'],
    [
      'of an issue that is to be done locally',
      { target: ISSUE, ownership: 'local' },
      { targetPreference: 'prefer_local' },
      'local_implementation',
      'route',
    ],
    ['of an issue with a pull request', { target: LINKED }, {}, 'copilot_pr_followup', 'route'],
    ['of somebody else', { ownership: 'external_human' }, {}, 'external_pr_followup', 'route'],
    ['that a reviewer owns', { ownership: 'reviewer' }, {}, 'reviewer_fixer', 'route'],
    ['in which a reviewer is next', { nextActor: 'reviewer', ownership: 'maintainer' }, {}, 'reviewer_fixer', 'route'],
    ['of the coding agent', {}, {}, 'copilot_pr_followup', 'route'],
    ['that nobody takes on', { ownership: 'maintainer' }, {}, 'fail_closed_reconcile', 'needs_reconcile'],
  ])('%s', (_claim, state, over, selectedGate, routeKind) => {
    expect(routed(state, over)).toMatchObject({ selectedGate, routeKind })
  })

  it('keeps the number of the issue beside its pull request', () => {
    expect(routed({ target: LINKED }).canonicalState?.target).toMatchObject({
      kind: 'pr',
      pr: 88,
      issue: 12,
      linkedPr: null,
    })
  })

  it('is believed whole or not at all', () => {
    for (const currentState of [
      {},
      [],
      'active',
      { ...aState(), status: 'fine' },
      aState({ target: { ...PR, linkedPr: 3 } }),
      aState({ target: { ...ISSUE, pr: 3 } }),
      aState({ target: { ...ISSUE, issue: -1 } }),
      aState({ target: { ...PHASE, issue: null, phase: ' ' } }),
    ]) {
      const result = evaluatePublicDevLoopRouting({ intent: 'continue_current', currentState })
      expect(result, JSON.stringify(currentState)).toMatchObject({
        routeKind: 'needs_reconcile',
        because: ['routing-request/state-invalid'],
      })
    }
  })
})

describe('the last approval', () => {
  const approving = { status: 'approval_ready' } as const

  it.each([
    ['no evidence', undefined],
    ['a verdict for an earlier head', { ...APPROVED, currentHeadSha: EARLIER }],
    ['a verdict with findings', { ...APPROVED, preApprovalGate: { ...APPROVED.preApprovalGate, verdict: 'blocked' } }],
    ['a verdict that cannot be seen', { ...APPROVED, preApprovalGate: { ...APPROVED.preApprovalGate, visible: 1 } }],
  ])('is refused with %s', (_claim, gateReviewEvidence) => {
    expect(routed(approving, { gateReviewEvidence }).because).toContain('routing/approval-unproved')
  })

  it('loop-state 16.17: needs evidence on a local target too', () => {
    const local = { ...approving, target: PHASE, ownership: 'local' } as const
    expect(routed(local).selectedGate).toBe('fail_closed_reconcile')
    expect(routed(local, { gateReviewEvidence: APPROVED }).selectedGate).toBe('final_approval')
  })

  it.each([['UNKNOWN'], ['unknown'], [null]])(
    'loop-state 16.17: does not pass while mergeability is %j',
    (mergeability) => {
      const gateReviewEvidence = { ...APPROVED, mergeability }
      for (const status of ['approval_ready', 'merge_ready'] as const) {
        expect(routed({ status }, { gateReviewEvidence }).because).toContain('routing/mergeability-unknown')
      }
      expect(routed(approving, { gateReviewEvidence: { ...APPROVED, mergeability: 'MERGEABLE' } }).routeKind).toBe(
        'route',
      )
    },
  )
})

describe('a retrospective', () => {
  it('loop-state 16.17: that is missing holds nothing up where none is required', () => {
    const missing = { retrospectiveCheckpointState: 'missing' }
    expect(routed({}, missing).because).toContain('routing/retrospective-missing')
    expect(routed({}, { ...missing, requireRetrospective: false }).routeKind).toBe('route')
  })

  it('loop-state 16.17: that is pending is no active state', () => {
    expect(routed({ status: 'retrospective_gate_pending' })).toMatchObject({
      routeKind: 'needs_reconcile',
      because: ['routing-request/continue', 'routing/retrospective-pending'],
    })
  })

  it.each([
    ['a stop', { status: 'done' }, {}, 'stop'],
    ['a look', {}, { intent: 'inspect_state' }, 'inspect'],
    ['an issue that is not refined', { target: ISSUE }, { issueReadiness: 'needs_clarification' }, 'stop'],
    ['a wait', { status: 'waiting' }, {}, 'needs_reconcile'],
  ] as const)('that is missing makes %s a %s', (_claim, state, over, routeKind) => {
    expect(routed(state, { ...over, retrospectiveCheckpointState: 'missing' }).routeKind).toBe(routeKind)
  })
})

describe('a request', () => {
  const ask = (over: RoutingQuestion) => evaluatePublicDevLoopRouting(over)

  it.each<[RoutingQuestion, string]>([
    [{ intent: 'continue_current', mode: 'forever' }, 'mode'],
    [{ intent: 'continue_current', targetPreference: 'mars' }, 'target-preference'],
    [{ intent: 'continue_current', watch: 'yes' }, 'watch'],
    [{ intent: 'start_on_issue', target: ISSUE, issueReadiness: 'so-so' }, 'issue-facts'],
    [{ intent: 'continue_current', retrospectiveCheckpointState: 'later' }, 'retrospective'],
    [{}, 'intent'],
    [{ intent: 'do_it' }, 'intent'],
    [{ intent: 'auto_continue_current', mode: 'bounded_handoff', currentState: aState() }, 'auto-is-durable'],
    [{ intent: 'start_on_issue', target: ISSUE, mode: 'durable_auto' }, 'durable-needs-state'],
    [{ intent: 'inspect_state' }, 'state-needed'],
    [{ intent: 'start_on_issue', target: PR }, 'issue-needed'],
    [{ intent: 'start_on_issue', target: ISSUE, currentState: aState() }, 'not-that-issue'],
    [{ intent: 'start_issue_locally', target: ISSUE, currentState: aState({ target: ISSUE }) }, 'not-local'],
    [{ intent: 'continue_on_pr', target: { ...PR, pr: 9 }, currentState: aState() }, 'not-that-pr'],
    [{ intent: 'continue_current', targetPreference: 'prefer_local', currentState: aState() }, 'local-after-pr'],
    [
      {
        intent: 'start_on_issue',
        target: ISSUE,
        targetPreference: 'prefer_local',
        currentState: aState({ target: LINKED }),
      },
      'local-after-pr',
    ],
  ])('%j is refused by %s', (question, rule) => {
    expect(ask(question)).toMatchObject({
      selectedGate: 'fail_closed_reconcile',
      routeKind: 'needs_reconcile',
      selectedStrategy: null,
      because: [`routing-request/${rule}`],
    })
  })

  it('begins an issue without a state, here or with the coding agent', () => {
    expect(ask({ intent: 'start_on_issue', target: ISSUE })).toMatchObject({
      selectedGate: 'issue_intake',
      canonicalState: { ownership: 'copilot', nextActor: 'user', authorization: 'needs_confirmation' },
      issueAssignmentSeam: 'ready_needs_assignment_confirmation',
    })
    for (const intent of ['start_issue_locally', 'start_issue_locally_then_continue']) {
      expect(ask({ intent, target: ISSUE }).canonicalState?.target).toMatchObject({
        kind: 'local_phase',
        phase: 'issue-12',
      })
    }
    const locally = { intent: 'start_on_issue', target: ISSUE, targetPreference: 'prefer_local' }
    expect(ask(locally)).toMatchObject({ selectedGate: 'local_implementation', canonicalState: { ownership: 'local' } })
  })

  it('goes on with the pull request of an issue that is started again', () => {
    const currentState = aState({ target: LINKED })
    expect(ask({ intent: 'start_on_issue', target: ISSUE, currentState })).toMatchObject({
      selectedGate: 'copilot_pr_followup',
      canonicalState: { target: { kind: 'pr', pr: 88 } },
    })
  })

  it.each([
    [{ issueReadiness: 'needs_clarification' }, 'needs_refinement', 'stop'],
    [{ issueAssignmentState: 'assigned_to_copilot' }, 'assigned_to_copilot', 'route'],
    [{ issueReadiness: 'ready' }, 'ready_assign_now', 'route'],
  ])('about an issue of the coding agent with %j is %s', (over, issueAssignmentSeam, routeKind) => {
    expect(routed({ target: ISSUE }, over)).toMatchObject({ issueAssignmentSeam, routeKind })
  })

  it('that goes on by itself waits by the policy of external waits', () => {
    expect(routed({ status: 'waiting' }, { intent: 'auto_continue_current' })).toMatchObject({
      executionMode: 'durable_auto',
      waitSemantics: 'auto_healthy_wait',
      waitTimeoutPolicy: { classification: 'external_healthy_wait', defaultTimeoutMs: 1_800_000 },
      contractTrace: { waitStrategy: { waitMode: 'persistent_watch' } },
    })
    expect(routed({ status: 'waiting' })).toMatchObject({
      waitSemantics: 'default',
      waitTimeoutPolicy: { classification: 'persistent_internal_wait', minimumTimeoutMs: 3_600_000 },
    })
  })

  it('to go on by itself stays durable when it is refused', () => {
    expect(ask({ intent: 'auto_continue_current', watch: true })).toMatchObject({
      executionMode: 'durable_auto',
      contractTrace: { decision: { watchRequested: true, contractClassification: 'reconcile' } },
    })
  })

  it.each([
    [{ status: 'waiting' }, {}, 'wait'],
    [{ status: 'done' }, {}, 'stop'],
    [{}, {}, 'needs_reconcile'],
    [{ status: 'waiting' }, { intent: 'inspect_state' }, 'needs_reconcile'],
    [{ status: 'done' }, { intent: 'inspect_state' }, 'inspect'],
    [{ ownership: 'maintainer' }, { intent: 'inspect_state' }, 'inspect'],
    [{ status: 'approval_ready' }, { intent: 'inspect_state' }, 'inspect'],
    [{ status: 'merge_ready' }, { intent: 'inspect_state' }, 'inspect'],
    [{ status: 'merge_ready', authorization: 'needs_confirmation' }, { intent: 'inspect_state' }, 'needs_reconcile'],
  ] as const)('to watch %j with %j is %s', (state, over, routeKind) => {
    expect(routed(state, { ...over, watch: true })).toMatchObject({
      routeKind,
      contractTrace: { stateRefresh: { boundary: 'post_watch_or_probe' } },
    })
  })
})

describe('loop-state 16.38: every result', () => {
  it('has the same fields, says the same everywhere, and follows the contract of its gate', () => {
    const fields = Object.keys(evaluatePublicDevLoopRouting({}))
    for (const status of STATUSES) {
      for (const authorization of AUTHORIZATIONS) {
        for (const ownership of ACTORS) {
          for (const target of [PR, ISSUE, LINKED, PHASE]) {
            for (const gateReviewEvidence of [undefined, APPROVED]) {
              const result = routed(
                { status, authorization, ownership, nextActor: ownership, target },
                { gateReviewEvidence },
              )
              const contract = PUBLIC_DEV_LOOP_GATE_CONTRACT[result.selectedGate]
              const { selectedGate, routeKind, selectedStrategy } = result
              expect(Object.keys(result)).toEqual(fields)
              expect(result.contractTrace.decision).toMatchObject({ selectedGate, routeKind, selectedStrategy })
              expect([contract.routeKind, 'stop']).toContain(routeKind)
              expect(result.nextAction).not.toBe('')
              expect(result.because.at(-1)).toMatch(/^routing\//)
            }
          }
        }
      }
    }
  })
})
