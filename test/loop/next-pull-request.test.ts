import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { decide } from '../../lib/loop/next.ts'
import {
  aCheck,
  aHolder,
  anInput,
  anIntent,
  aPullRequest,
  aReview,
  aStatus,
  aThread,
  aVerdict,
  aWork,
  COPILOT,
  checks,
  EARLIER,
  finished,
  HEAD,
  judged,
  listed,
  localFacts,
  MERGE_ALLOWED,
  NOW,
  policyWith,
  pullRequestFacts,
  RUN,
  VIEWER,
} from './build.ts'

describe('from draft to merge', () => {
  const draft = { isDraft: true }
  const withThread = (over: Parameters<typeof aThread>[0] = {}) =>
    pullRequestFacts({ threads: listed([aThread(over)]) })
  const ourReply = { id: 'C2', author: VIEWER, body: 'done', createdAt: '2026-03-01T11:59:00Z', url: '' }
  const theirs = aThread().comments.items

  const cases: [string, Partial<DecisionInput>, object][] = [
    [
      'red checks go to an agent in draft',
      { facts: pullRequestFacts({ ...draft, checks: checks(aCheck('test', 'FAILURE')) }) },
      { state: 'checks_failed', step: 'fix_checks', actor: 'agent' },
    ],
    [
      'red checks go to an agent after draft, also while a review is awaited',
      { facts: pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')), reviewRequests: listed([COPILOT]) }) },
      { state: 'checks_failed', step: 'fix_checks', actor: 'agent' },
    ],
    [
      'running checks are waited for',
      { facts: pullRequestFacts({ ...draft, checks: checks(aCheck('test', null)) }) },
      { state: 'waiting_for_ci', actor: 'wait' },
    ],
    [
      'a green draft is judged',
      { facts: pullRequestFacts(draft) },
      { state: 'draft_review', step: 'run_draft_gate', missing: ['draft_gate: no_record'] },
    ],
    [
      'a draft judged on an earlier head is judged again',
      judged([aVerdict('draft_gate', { head: EARLIER })], draft),
      { state: 'draft_review', step: 'run_draft_gate' },
    ],
    [
      'a draft that passed on this head becomes ready',
      judged([aVerdict('draft_gate')], draft),
      { step: 'mark_ready_for_review' },
    ],
    ['a ready pull request is reviewed', { facts: pullRequestFacts() }, { step: 'request_copilot_review' }],
    [
      'a requested review is waited for',
      { facts: pullRequestFacts({ reviewRequests: listed([COPILOT]) }) },
      { state: 'waiting_for_copilot_review', actor: 'wait' },
    ],
    [
      'an unanswered remark goes to an agent',
      { facts: withThread() },
      { step: 'address_review_feedback', actor: 'agent' },
    ],
    [
      'a moved head answers no remark',
      {
        facts: pullRequestFacts({
          threads: listed([aThread({ isOutdated: true })]),
          reviews: listed([aReview({ commit: EARLIER })]),
        }),
      },
      { step: 'address_review_feedback', actor: 'agent' },
    ],
    [
      'a remark with a recorded answer is replied to and resolved',
      { facts: withThread(), work: aWork({ answers: { T1: { body: 'renamed it', head: HEAD } } }) },
      { state: 'already_fixed_needs_reply_resolve', actor: 'command' },
    ],
    [
      'a remark with our later reply is resolved',
      { facts: withThread({ comments: listed([...theirs, ourReply]) }) },
      { state: 'already_fixed_needs_reply_resolve' },
    ],
    [
      'a review of an earlier head is asked for again',
      { facts: pullRequestFacts({ reviews: listed([aReview({ commit: EARLIER })]) }) },
      { step: 'rerequest_copilot_review' },
    ],
    [
      'after the last review the pre-approval gate runs',
      finished({}, [aVerdict('draft_gate')]),
      { step: 'run_pre_approval_gate' },
    ],
    [
      'after draft a verdict on an earlier head is enough',
      finished({}, [aVerdict('draft_gate', { head: EARLIER }), aVerdict('pre_approval_gate')]),
      { state: 'await_final_human_approval' },
    ],
    [
      'a pull request that never passed the draft gate passes it before the other',
      finished({}, [aVerdict('pre_approval_gate')]),
      { state: 'draft_gate_needed', step: 'reconcile_draft_gate' },
    ],
    [
      'the shipped policy leaves the merge to a person',
      finished(),
      { step: 'await_final_human_approval', actor: 'human' },
    ],
    [
      'policy may let the loop merge, and then exactly this head',
      { ...finished(), policy: MERGE_ALLOWED },
      {
        state: 'declare_merge_ready',
        step: 'merge',
        command: ['dev-loops', 'pr', 'merge', '--repo', 'acme/api', '--pr', '88', '--head', HEAD, '--run-id', RUN],
      },
    ],
    [
      'a change of policy is merged by a person',
      { ...finished({ files: listed(['.devloops']) }), policy: MERGE_ALLOWED },
      { step: 'await_final_human_approval', actor: 'human' },
    ],
    [
      'a list of files that is not whole is merged by a person',
      { ...finished({ files: listed(['src/a.ts'], false) }), policy: MERGE_ALLOWED },
      { step: 'await_final_human_approval', actor: 'human' },
    ],
    [
      'a person who asked for changes is not overruled',
      { ...finished({ reviewDecision: 'CHANGES_REQUESTED' }), policy: MERGE_ALLOWED },
      { actor: 'human' },
    ],
    [
      'unknown mergeability is a short wait',
      { ...finished({ mergeable: 'UNKNOWN', mergeStateStatus: 'UNKNOWN' }), policy: MERGE_ALLOWED },
      { state: 'mergeability_unknown', actor: 'wait', wait: { untilMs: NOW + 120_000, pollMs: 5_000 } },
    ],
    [
      'a conflict goes to an agent, whatever else is open',
      { facts: pullRequestFacts({ ...draft, mergeable: 'CONFLICTING', mergeStateStatus: 'DIRTY' }) },
      { state: 'conflict_resolution', actor: 'agent' },
    ],
    [
      'a base that moved stops nothing unless GitHub says so',
      { ...finished({ mergeStateStatus: 'CLEAN' }), policy: MERGE_ALLOWED, local: localFacts({ behindBase: 3 }) },
      { step: 'merge' },
    ],
    [
      'a branch that GitHub calls behind is brought up',
      finished({ mergeStateStatus: 'BEHIND' }),
      { state: 'branch_behind', actor: 'agent' },
    ],
    [
      'a workflow that waits for approval is a person’s',
      { facts: pullRequestFacts({ checks: checks(aCheck('test', 'ACTION_REQUIRED')) }) },
      { state: 'blocked_needs_user_decision', actor: 'human' },
    ],
    [
      'unknown threads are not taken for none',
      { facts: pullRequestFacts({ threads: listed([], false) }) },
      { state: 'facts_unproved', actor: 'wait', missing: ['threads'] },
    ],
    [
      'checks that the token may not read are waited for, and named with the reason',
      {
        facts: pullRequestFacts({
          isDraft: true,
          checks: { ...aPullRequest().checks, withheld: true, contexts: listed<never>([], false) },
        }),
      },
      { state: 'waiting_for_ci', actor: 'wait', missing: ['checks: not_permitted'] },
    ],
    [
      'policy that cannot be read lets nothing pass',
      { ...finished(), policy: { ok: false, error: 'policy_unproved', message: '' } },
      { state: 'policy_unproved', actor: 'human' },
    ],
    [
      'what a gate found goes to an agent with its findings',
      judged(
        [
          aVerdict('draft_gate', {
            verdict: 'findings_present',
            findings: [{ severity: 'must-fix', angle: 'a', summary: 's', files: [] }],
          }),
        ],
        draft,
      ),
      { step: 'fix_gate', actor: 'agent', prompt: { gate: 'draft_gate', findings: [{ summary: 's' }] } },
    ],
    [
      'a judge that came to no result is asked again',
      judged([aVerdict('draft_gate', { verdict: 'blocked', reason: 'reviewer_silent' })], draft),
      { step: 'run_draft_gate', missing: ['draft_gate: verdict_blocked'] },
    ],
    [
      'a verdict of too low assurance goes to a person instead of being repeated',
      judged([aVerdict('draft_gate', { assurance: 'self' })], draft),
      { state: 'gate_assurance_too_low', actor: 'human', missing: ['draft_gate: assurance_too_low'] },
    ],
  ]
  it.each(cases)('%s', (_claim, over, expected) => {
    expect(decide(anInput(over))).toMatchObject(expected)
  })
})

describe('reviewers that do not answer, or are not wanted', () => {
  const requested = {
    reviewRequests: listed([COPILOT]),
    reviewRequestEvents: listed([{ at: '2026-03-01T11:20:00Z', reviewer: COPILOT }]),
  }
  const toGate = policyWith({ review: { onUnavailable: 'gate' } })

  it.each([
    ['a person', undefined, { state: 'review_request_unavailable', actor: 'human' }],
    ['the gate', toGate, { state: 'draft_gate_needed', step: 'reconcile_draft_gate' }],
  ])('an overdue review leads to %s as policy says', (_who, policy, expected) => {
    const facts = pullRequestFacts(requested)
    expect(decide(anInput({ facts, ...(policy ? { policy } : {}) }))).toMatchObject(expected)
  })

  it('a refused request leads there too, for this head only', () => {
    const work = aWork({ reviewUnavailable: { head: HEAD, reason: 'not enabled' } })
    expect(decide(anInput({ work }))).toMatchObject({ state: 'review_request_unavailable', actor: 'human' })
    const other = aWork({ reviewUnavailable: { head: EARLIER, reason: 'not enabled' } })
    expect(decide(anInput({ work: other }))).toMatchObject({ step: 'request_copilot_review' })
  })

  it('no reviewer, and only internal files, go straight to the gates', () => {
    const none = policyWith({ review: { reviewer: 'none' } })
    const internal = policyWith({ review: { internalPaths: ['src/**'] } })
    expect(decide(anInput({ policy: none }))).toMatchObject({ state: 'draft_gate_needed' })
    expect(decide(anInput({ policy: internal })).because).toContain('review/internal')
  })

  it('at the cap remarks are still answered, and no more reviews are asked for', () => {
    const policy = policyWith({ review: { maxRounds: 1 } })
    const reviews = listed([aReview({ commit: EARLIER })])
    const open = pullRequestFacts({ reviews, threads: listed([aThread()]) })
    expect(decide(anInput({ policy, facts: open }))).toMatchObject({ step: 'address_review_feedback' })
    expect(decide(anInput({ policy, facts: pullRequestFacts({ reviews }) })).because).toContain('review/round-cap')
  })
})

describe('checks that say nothing', () => {
  const silent = { ...aPullRequest().checks, suites: 0, contexts: listed<never>([]) }
  const pass = policyWith({ checks: { whenNone: 'pass', graceMs: 60_000 } })
  const waited = aWork({ wait: { state: 'waiting_for_ci', head: HEAD, sinceMs: NOW - 60_000 } })

  it('are waited for until the grace for their appearance is over', () => {
    const facts = pullRequestFacts({ checks: silent })
    expect(decide(anInput({ facts, policy: pass }))).toMatchObject({ state: 'waiting_for_ci' })
    expect(decide(anInput({ facts, policy: pass, work: waited }))).toMatchObject({ step: 'request_copilot_review' })
  })

  it('are never green when policy wants checks', () => {
    const facts = pullRequestFacts({ checks: silent })
    expect(decide(anInput({ facts, work: waited }))).toMatchObject({ state: 'waiting_for_ci' })
  })

  it('stay none beside our own statuses', () => {
    const own = {
      ...silent,
      contexts: listed([aStatus('dev-loops/owner', 'SUCCESS', { createdAt: '2026-03-01T11:00:00Z' })]),
    }
    expect(decide(anInput({ facts: pullRequestFacts({ checks: own }) }))).toMatchObject({ state: 'waiting_for_ci' })
    expect(decide(anInput({ facts: pullRequestFacts({ checks: own }), policy: pass }))).toMatchObject({
      step: 'request_copilot_review',
    })
  })

  it('are not blocked by a cancelled run that a newer one replaced', () => {
    const cancelled = aCheck('test', 'CANCELLED', { startedAt: '2026-03-01T11:40:00Z' })
    expect(decide(anInput({ facts: pullRequestFacts({ checks: checks(cancelled, aCheck('test')) }) }))).toMatchObject({
      step: 'request_copilot_review',
    })
  })
})

describe('what is rarer', () => {
  const running = { checks: checks(aCheck('test', null)) }
  const approval = { checks: checks(aCheck('test', 'ACTION_REQUIRED')) }
  const none = policyWith({ review: { reviewer: 'none' } })
  const internal = policyWith({ review: { internalPaths: ['src/**'] } })
  const finding = { severity: 'must-fix' as const, angle: 'a', summary: 's', files: [] }
  const found = { verdict: 'findings_present' as const, findings: [finding] }
  const rounds = ['1', '2', '3', '4'].map((id) =>
    aReview({ id, commit: id.repeat(40), submittedAt: `2026-03-01T11:0${id}:00Z` }),
  )
  const lowSignal = policyWith({ review: { stopOnLowSignal: true } })
  const refined = policyWith({ gates: { draft: { ...DEFAULT_POLICY.gates.draft, requireRefinement: true } } })
  const noCi = policyWith({ gates: { draft: { ...DEFAULT_POLICY.gates.draft, requireCi: false } } })
  const endless = aHolder({ runId: 'r-other', alive: 'unknown', endsInMs: null })
  const living = aHolder({ runId: 'r-other' })

  const cases: [string, Partial<DecisionInput>, object][] = [
    [
      'a workflow that waits for approval is a person’s in draft too',
      { facts: pullRequestFacts({ isDraft: true, ...approval }) },
      { state: 'blocked_needs_user_decision', actor: 'human' },
    ],
    [
      'unless checks do not matter to the draft gate',
      { facts: pullRequestFacts({ isDraft: true, ...approval }), policy: noCi },
      { step: 'run_draft_gate' },
    ],
    [
      'running checks are waited for without a reviewer',
      { facts: pullRequestFacts(running), policy: none },
      { state: 'waiting_for_ci' },
    ],
    [
      'and with internal files only',
      { facts: pullRequestFacts(running), policy: internal },
      { state: 'waiting_for_ci' },
    ],
    [
      'an unknown list of reviewers is not taken for empty',
      { facts: pullRequestFacts({ reviewRequests: listed([], false) }) },
      { state: 'facts_unproved', missing: ['review_requests'] },
    ],
    [
      'an unknown list of reviews is not taken for empty',
      { facts: pullRequestFacts({ reviews: listed([], false) }) },
      { state: 'facts_unproved', missing: ['reviews'] },
    ],
    [
      'a review that asks for changes in its text goes to an agent with it',
      { facts: pullRequestFacts({ reviews: listed([aReview({ state: 'CHANGES_REQUESTED', body: 'no' })]) }) },
      { step: 'address_review_feedback', prompt: { reviews: [{ author: COPILOT.login, body: 'no' }] } },
    ],
    [
      'few light remarks after many rounds end the rounds',
      { facts: pullRequestFacts({ reviews: listed(rounds) }), policy: lowSignal },
      { state: 'post_draft_external_review' },
    ],
    [
      'but only where policy says so',
      { facts: pullRequestFacts({ reviews: listed(rounds) }) },
      { state: 'ready_to_rerequest_review' },
    ],
    [
      'a draft whose issue has no checklist is a person’s where policy wants one',
      { facts: pullRequestFacts({ isDraft: true }), policy: refined },
      { state: 'refinement_missing', actor: 'human', missing: ['acceptance_criteria'] },
    ],
    [
      'a stop at the draft holds what passed its gate',
      {
        ...judged([aVerdict('draft_gate')], { isDraft: true }),
        policy: policyWith({ autonomy: { stopAt: ['draft-pr'] } }),
      },
      { state: 'stopped_at_draft', actor: 'human' },
    ],
    [
      'a review that nobody asked for is asked for',
      finished({ reviewRequestEvents: listed([]) }),
      { state: 'post_draft_external_review', step: 'request_copilot_review' },
    ],
    [
      'what the draft gate finds after draft goes to an agent',
      finished({}, [aVerdict('draft_gate', found)]),
      { state: 'draft_gate_findings', step: 'fix_gate', prompt: { gate: 'draft_gate' } },
    ],
    [
      'a weak draft verdict after draft goes to a person',
      finished({}, [aVerdict('draft_gate', { assurance: 'self' })]),
      { state: 'gate_assurance_too_low', actor: 'human' },
    ],
    [
      'what the pre-approval gate finds goes to an agent',
      finished({}, [aVerdict('draft_gate'), aVerdict('pre_approval_gate', found)]),
      { state: 'pre_approval_gate_findings', step: 'fix_gate', prompt: { gate: 'pre_approval_gate' } },
    ],
    [
      'a weak pre-approval verdict goes to a person',
      finished({}, [aVerdict('draft_gate'), aVerdict('pre_approval_gate', { assurance: 'self' })]),
      { state: 'gate_assurance_too_low', missing: ['pre_approval_gate: assurance_too_low'] },
    ],
    [
      'a pre-approval judge without result is asked again',
      finished({}, [aVerdict('draft_gate'), aVerdict('pre_approval_gate', { verdict: 'blocked' })]),
      { state: 'pre_approval_gate_window', step: 'run_pre_approval_gate' },
    ],
    [
      'a stop before the pre-approval gate holds it',
      { ...finished({}, [aVerdict('draft_gate')]), policy: policyWith({ autonomy: { stopAt: ['pre-approval'] } }) },
      { state: 'stopped_at_pre_approval', actor: 'human' },
    ],
    [
      'a merge that GitHub blocks is waited for',
      { ...finished({ mergeStateStatus: 'BLOCKED' }), policy: MERGE_ALLOWED },
      { state: 'merge_blocked', actor: 'wait' },
    ],
    [
      'an endless claim on the branch is a person’s',
      { holdings: { target: null, branch: endless, issue: null } },
      { state: 'held_without_end', ownership: { holder: 'r-other' } },
    ],
    [
      'a living claim on the issue is waited for',
      { holdings: { target: aHolder(), branch: null, issue: { number: 12, holder: living } } },
      { state: 'issue_held_by_other', actor: 'wait', ownership: { holder: 'r-other' } },
    ],
    [
      'an endless claim on the issue is a person’s',
      { holdings: { target: null, branch: null, issue: { number: 12, holder: endless } } },
      { state: 'held_without_end', ownership: { holder: 'r-other' } },
    ],
    [
      'an unread tree is not taken for clean',
      { local: localFacts({ dirty: null }) },
      { state: 'local_unproved', missing: ['dirty'] },
    ],
    [
      'commits are not pushed while it is unknown what they undo',
      { local: localFacts({ ahead: 1, pushed: false, revertsForeign: null }) },
      { state: 'local_unproved', missing: ['revertsForeign'] },
    ],
    [
      'uncommitted work is finished before foreign commits are adopted',
      { local: localFacts({ remoteHeadIsAncestor: false, dirty: true }) },
      { state: 'uncommitted_work', step: 'commit_work' },
    ],
  ]
  it.each(cases)('%s', (_claim, over, expected) => {
    expect(decide(anInput(over))).toMatchObject(expected)
  })

  it('settles what a dead run announced before it cleans up after the merge', () => {
    const facts = pullRequestFacts({ state: 'MERGED' })
    const late = aWork({ intents: [anIntent()] })
    const now = aWork({ intents: [anIntent({ token: 3 })] })
    expect(decide(anInput({ facts, work: late }))).toMatchObject({ state: 'effects_unsettled', step: 'recover' })
    expect(decide(anInput({ facts, work: now }))).toMatchObject({ state: 'effect_under_way', actor: 'wait' })
    const target = aHolder({ alive: 'ended', endsInMs: 0 })
    const holdings = { target, branch: null, issue: null }
    const local = localFacts({ worktree: null })
    expect(decide(anInput({ facts, work: late, holdings, local }))).toMatchObject({
      state: 'claim_ended',
      step: 'claim',
    })
  })
})

describe('a boundary', () => {
  it.each([
    ['draft_review', pullRequestFacts({ isDraft: true, checks: checks(aCheck('test', null)) })],
    ['post_draft_external_review', pullRequestFacts({ checks: checks(aCheck('test', null)) })],
    ['feedback_resolution', pullRequestFacts({ threads: listed([aThread()]) })],
    ['conflict_resolution', pullRequestFacts({ mergeable: 'CONFLICTING' })],
    ['final_approval_ready', finished().facts],
  ])('%s is told beside the state', (boundary, facts) => {
    const { work } = finished()
    expect(decide(anInput({ facts, work })).facts.boundary).toBe(boundary)
  })
})
