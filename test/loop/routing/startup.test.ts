import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  resolveAuthoritativeDevLoopStatus,
  resolveAuthoritativeStartupResumeBundle,
  type StartupQuestion,
} from '../../../lib/loop/routing/startup.ts'
import { answerStartup, REQUIRED_READS } from '../../../lib/loop/routing/startup-answer.ts'
import { APPROVED, aStart, aState, ISSUE, LINKED, PHASE } from './build.ts'

const resolve = (over: StartupQuestion = {}) => resolveAuthoritativeStartupResumeBundle(aStart(over))
const RUN = { kind: 'pi_managed_run', runId: 'r-1', visible: true } as const
const UNLINKED = { issueLinkageResolution: 'resolved_no_open_pr', artifactState: 'not_applicable' }
const READY = { issueReadiness: 'ready', issueAssignmentState: 'unassigned' }

describe('a bundle', () => {
  it.each<[string, StartupQuestion, string]>([
    ['a pull request', {}, 'copilot_pr_followup'],
    [
      'an issue with its pull request',
      { currentState: aState({ target: LINKED }), issueLinkageResolution: 'resolved_linked_pr' },
      'copilot_pr_followup',
    ],
    ['an issue', { currentState: aState({ target: ISSUE, ownership: 'local' }), ...UNLINKED }, 'issue_intake'],
    [
      'an issue of the coding agent',
      { currentState: aState({ target: ISSUE }), ...UNLINKED, ...READY },
      'issue_intake',
    ],
    [
      'a local phase',
      { currentState: aState({ target: PHASE, ownership: 'local' }), artifactState: 'not_applicable' },
      'local_implementation',
    ],
    [
      'an issue that is named by its number',
      { currentState: undefined, issue: 12, intent: 'start_issue_locally', artifactState: 'not_applicable' },
      'local_implementation',
    ],
    [
      'what the coding agent has begun',
      {
        currentState: aState({ target: LINKED, status: 'waiting' }),
        loopState: 'linked_pr_ready_for_followup',
        issueLinkageResolution: 'resolved_linked_pr',
      },
      'copilot_pr_followup',
    ],
    ['a pull request that is over', { currentState: aState({ status: 'done' }), artifactState: 'merged' }, 'none'],
    [
      'a pull request that is approved',
      { currentState: aState({ status: 'approval_ready' }), gateReviewEvidence: APPROVED },
      'final_approval',
    ],
  ])('is resolved for %s', (_claim, over, strategy) => {
    const bundle = resolve(over)
    expect(bundle, bundle.reason).toMatchObject({ bundleKind: 'resolved' })
    expect(bundle.selectedStrategy ?? 'none').toBe(strategy)
  })

  it.each<[StartupQuestion, string]>([
    [{ currentState: null }, 'no-state'],
    [{ currentState: { ...aState(), status: 'fine' }, issue: 12, intent: 'start_on_issue' }, 'no-state'],
    [{ intent: 'do_it' }, 'intent'],
    [{ mode: 'forever' }, 'mode'],
    [{ intent: 'auto_continue_current', mode: 'bounded_handoff' }, 'auto-is-durable'],
    [{ targetPreference: 'mars' }, 'target-preference'],
    [{ asyncRun: { kind: 'ghost' } }, 'async-run'],
    [{ issueLinkageResolution: 'perhaps' }, 'linkage'],
    [{ issueReadiness: 'perhaps' }, 'readiness'],
    [{ issueAssignmentState: 'perhaps' }, 'assignment'],
    [{ retrospectiveCheckpointState: 'perhaps' }, 'retrospective'],
    [{ loopState: ' ' }, 'no-loop-state'],
    [{ loopState: 'unknown' }, 'no-loop-state'],
    [{ loopState: 'prior_linked_pr_closed_unmerged' }, 'prior-pr-closed'],
    [
      { loopState: 'linked_pr_ready_for_followup', currentState: aState({ target: ISSUE }), ...UNLINKED, ...READY },
      'followup-of-nothing',
    ],
    [
      { currentState: aState({ target: LINKED, ownership: 'local' }), issueLinkageResolution: undefined },
      'linkage-unknown',
    ],
    [{ currentState: aState({ target: LINKED }), issueLinkageResolution: 'resolved_no_open_pr' }, 'link-denied'],
    [{ currentState: aState({ target: ISSUE }), issueLinkageResolution: 'resolved_linked_pr' }, 'link-not-given'],
    [{ issueLinkageResolution: 'resolved_linked_pr' }, 'link-of-no-issue'],
    [{ currentState: aState({ target: ISSUE }), ...UNLINKED }, 'issue-facts-lacking'],
    [{ currentState: aState({ status: 'approval_ready' }) }, 'not-routed'],
    [{ artifactState: undefined }, 'no-artifact-state'],
    [{ artifactState: 'not_applicable' }, 'pr-without-artifact'],
    [{ currentState: aState({ target: PHASE }), artifactState: 'open' }, 'artifact-of-no-pr'],
    [{ currentState: aState({ status: 'done' }) }, 'done-but-open'],
    [{ artifactState: 'merged' }, 'over-but-not-done'],
    [{ mode: 'durable_auto' }, 'run-not-visible'],
    [{ retrospectiveCheckpointState: 'missing' }, 'not-routed'],
  ])('of %j asks to look again, by %s', (over, rule) => {
    expect(resolve(over)).toMatchObject({
      bundleKind: 'needs_reconcile',
      loopState: 'unknown',
      selectedGate: 'fail_closed_reconcile',
      selectedStrategy: null,
      routeKind: 'needs_reconcile',
    })
    expect(resolve(over).because[0]).toBe(`startup/${rule}`)
  })

  it.each<[object, string]>([
    [RUN, 'resolved'],
    [{ ...RUN, inspectionState: 'visible' }, 'resolved'],
    [{ ...RUN, inspectionState: 'missing' }, 'needs_reconcile'],
    [{ ...RUN, inspectionState: 'hidden' }, 'needs_reconcile'],
    [{ ...RUN, visible: false }, 'needs_reconcile'],
    [{ ...RUN, kind: 'detached_process' }, 'needs_reconcile'],
  ])('loop-state 16.17: that goes on by itself needs a run that is seen: %j is %s', (asyncRun, bundleKind) => {
    const bundle = resolve({ intent: 'auto_continue_current', asyncRun })
    expect(bundle.bundleKind).toBe(bundleKind)
    expect('asyncRun' in bundle).toBe(bundleKind === 'resolved')
  })

  it('only looks when that is all that is asked', () => {
    expect(resolve({ intent: 'inspect_state' })).toMatchObject({ bundleKind: 'resolved', routeKind: 'inspect' })
  })

  it('is a status when nobody wants anything', () => {
    expect(resolveAuthoritativeDevLoopStatus(aStart({ intent: 'nonsense' }))).toMatchObject({
      statusKind: 'resolved',
      contractTrace: { stateRefresh: { boundary: 'authoritative_status_refresh' } },
    })
  })
})

describe('the answer to a session that starts', () => {
  const answer = answerStartup({
    question: aStart(),
    ask: ['dev-loops', 'next', '--repo', 'acme/api', '--pr', '88'],
    because: ['gates/request'],
    warnings: ['look'],
  })

  it('has the keys in their order, and drops no warning', () => {
    expect(Object.keys(answer)).toEqual([
      'ok',
      'bundleKind',
      'selectedStrategy',
      'requiredReads',
      'nextAction',
      'canonicalStateSummary',
      'bundle',
      'warnings',
      'because',
    ])
    expect(Object.keys(answer.canonicalStateSummary)).toEqual([
      'target',
      'ownership',
      'nextActor',
      'status',
      'authorization',
      'artifactState',
      'issueLinkageResolution',
      'loopState',
      'routeKind',
      'selectedGate',
      'executionMode',
      'waitSemantics',
      'requiresAsyncDispatch',
    ])
    expect(answer).toMatchObject({
      warnings: ['look'],
      because: ['startup/resolved', 'routing/copilot', 'gates/request'],
    })
  })

  it('says where to ask for the step, wherever there is one', () => {
    expect(answer.nextAction).toMatch(/ Ask: dev-loops next --repo acme\/api --pr 88$/)
    const over = aStart({ currentState: aState({ status: 'done' }), artifactState: 'merged' })
    expect(answerStartup({ question: over, ask: ['x'], because: [], warnings: [] }).nextAction).not.toContain('Ask:')
  })

  it('names only files that are there', () => {
    const names = Object.values(REQUIRED_READS).flat()
    const root = new URL('../../../', import.meta.url)
    expect(names.filter((name) => !existsSync(fileURLToPath(new URL(name, root))))).toEqual([])
  })
})
