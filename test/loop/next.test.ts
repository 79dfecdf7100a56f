import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { Policy } from '../../lib/config/schema.ts'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { decide } from '../../lib/loop/next.ts'
import type { Work } from '../../lib/sessions/work.ts'
import {
  aCheck,
  aHolder,
  anInput,
  aPullRequest,
  aReview,
  aStatus,
  aThread,
  aVerdict,
  aWork,
  COPILOT,
  EARLIER,
  HEAD,
  issueFacts,
  judged,
  listed,
  localFacts,
  NOW,
  pullRequestFacts,
  RUN,
  VIEWER,
} from './build.ts'

type PolicyParts = { readonly [Key in keyof Policy]?: Partial<Policy[Key]> }

function policyWith(parts: PolicyParts): DecisionInput['policy'] {
  const entries = Object.entries(DEFAULT_POLICY).map(([key, value]) => [key, { ...value, ...Object(parts)[key] }])
  return { ok: true, value: Object.fromEntries(entries) }
}

const MERGE_ALLOWED = policyWith({ autonomy: { stopAt: [] } })

function checks(...items: Parameters<typeof listed<ReturnType<typeof aCheck> | ReturnType<typeof aStatus>>>[0]) {
  return { ...aPullRequest().checks, contexts: listed(items) }
}

/** Reviewed on this head without remarks, both gates passed: only the merge is left. */
function finished(
  over: Parameters<typeof judged>[1] = {},
  verdicts = [aVerdict('draft_gate'), aVerdict('pre_approval_gate')],
) {
  const reviews = listed([aReview()])
  const reviewRequestEvents = listed([{ at: '2026-03-01T11:52:00Z', reviewer: COPILOT }])
  return judged(verdicts, { reviews, reviewRequestEvents, ...over })
}

describe('ownership comes before everything else', () => {
  it('asks a run to claim what nobody holds, and names the missing run id', () => {
    const holdings = { target: null, branch: null, issue: null }
    expect(decide(anInput({ holdings }))).toMatchObject({
      state: 'unclaimed',
      step: 'claim',
      actor: 'command',
      command: ['dev-loops', 'ownership', 'claim', '--repo', 'acme/api', '--pr', '88', '--run-id', RUN],
      missing: [],
    })
    expect(decide(anInput({ holdings, you: null }))).toMatchObject({
      command: ['dev-loops', 'ownership', 'claim', '--repo', 'acme/api', '--pr', '88'],
      missing: ['run_id'],
    })
  })

  it('waits for another living run and names it, whatever the pull request needs', () => {
    const target = aHolder({ runId: 'r-other', endsInMs: 9_000 })
    const decision = decide(anInput({ holdings: { target, branch: null, issue: null } }))
    expect(decision).toMatchObject({
      state: 'owned_by_another',
      actor: 'wait',
      ownership: { holder: 'r-other', you: RUN },
    })
    expect(decision.wait).toEqual({ untilMs: NOW + 9_000, pollMs: 9_000 })
    expect(decision.command).toBeUndefined()
  })

  it('tells the branch’s holder to a run that comes to the pull request between issue and pull request', () => {
    const branch = aHolder({ runId: 'r-issue' })
    const decision = decide(anInput({ holdings: { target: null, branch, issue: null } }))
    expect(decision).toMatchObject({ state: 'branch_held_by_other', actor: 'wait', ownership: { holder: 'r-issue' } })
  })

  it('stops a displaced run and one that was asked to stop', () => {
    const other = { target: aHolder({ runId: 'r-new' }), branch: null, issue: null }
    expect(decide(anInput({ holdings: other, displaced: true }))).toMatchObject({ state: 'displaced', actor: 'stop' })
    const asked = { target: aHolder({ stopRequested: { reason: 'lunch', at: null } }), branch: null, issue: null }
    expect(decide(anInput({ holdings: asked }))).toMatchObject({ state: 'asked_to_stop', actor: 'stop' })
  })

  it('lets only a person end a claim that never ends by itself', () => {
    const target = aHolder({ runId: 'r-other', alive: 'unknown', endsInMs: null })
    const decision = decide(anInput({ holdings: { target, branch: null, issue: null } }))
    expect(decision).toMatchObject({ state: 'held_without_end', actor: 'human', missing: ['end_of_claim'] })
    expect(decision.ownership.holder).toBe('r-other')
  })

  it('claims again after its own lease ran out, and what a dead run left', () => {
    const mine = { target: aHolder({ alive: 'ended', endsInMs: 0 }), branch: null, issue: null }
    expect(decide(anInput({ holdings: mine }))).toMatchObject({ state: 'lease_over', step: 'claim' })
    const other = { target: aHolder({ runId: 'r-dead', alive: 'ended', endsInMs: 0 }), branch: null, issue: null }
    expect(decide(anInput({ holdings: other }))).toMatchObject({ state: 'previous_run_over', step: 'claim' })
  })
})

function anIntent(over: Partial<Work['intents'][number]> = {}): Work['intents'][number] {
  return {
    key: 'k',
    kind: 'merge',
    level: 'pinned',
    runId: RUN,
    token: 2,
    params: null,
    at: { bootId: 'b', monotonicMs: 0, wallMs: NOW - 1_000 },
    deadlineMs: 30_000,
    process: null,
    ...over,
  }
}

describe('what a run left half done', () => {
  it('is settled first when it was announced under an earlier claim', () => {
    const decision = decide(anInput({ work: aWork({ intents: [anIntent()] }) }))
    expect(decision).toMatchObject({ state: 'effects_unsettled', step: 'recover', actor: 'command' })
  })

  it('is waited for under the standing claim until its deadline, and settled after it', () => {
    const work = aWork({ intents: [anIntent({ token: 3 })] })
    expect(decide(anInput({ work }))).toMatchObject({
      state: 'effect_under_way',
      actor: 'wait',
      wait: { untilMs: NOW + 29_000 },
    })
    expect(decide(anInput({ work, nowMs: NOW + 29_000 }))).toMatchObject({ state: 'effects_unsettled' })
  })

  it('never tells an agent to end itself while its runner lives', () => {
    const process = { pid: 1, startTime: '1', bootId: 'b' }
    const holder = aHolder({ process: { machineId: 'm', bootId: 'b', pidNamespace: 'n', pid: 2, startTime: '1' } })
    const work = aWork({ intents: [anIntent({ token: 3, process })] })
    const holdings = { target: holder, branch: null, issue: null }
    expect(decide(anInput({ work, holdings, nowMs: NOW + 3_600_000 }))).toMatchObject({ state: 'effect_under_way' })
  })
})

describe('local evidence comes before GitHub', () => {
  const cases: [string, Parameters<typeof localFacts>[0], object][] = [
    ['finished commits are pushed', { ahead: 2, pushed: false, head: EARLIER }, { step: 'push', actor: 'command' }],
    [
      'commits beside uncommitted work go back to the agent',
      { ahead: 1, dirty: true },
      { step: 'commit_work', actor: 'agent' },
    ],
    ['foreign commits are adopted', { remoteHeadIsAncestor: false }, { step: 'adopt_remote', actor: 'command' }],
    ['work that reverts a person’s commit stops at a person', { revertsForeign: true }, { actor: 'human' }],
    [
      'an unread remote is not taken for pushed',
      { remoteHead: null, pushed: null, ahead: null },
      { state: 'local_unproved', actor: 'wait' },
    ],
    [
      'an answer about an older head is asked for again',
      { head: EARLIER, remoteHead: EARLIER },
      { state: 'head_not_observed', actor: 'wait' },
    ],
  ]
  it.each(cases)('%s', (_claim, local, expected) => {
    expect(decide(anInput({ local: localFacts(local) }))).toMatchObject(expected)
  })

  it('lets uncommitted leftovers wait with the pull request, but shows them to the next agent', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })
    const decision = decide(anInput({ facts, local: localFacts({ dirty: true }) }))
    expect(decision).toMatchObject({ step: 'fix_checks', actor: 'agent', evidence: ['uncommitted_work'] })
  })
})

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

describe('budgets and limits end at a person', () => {
  it('names the spent budget and what was tried', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })
    const work = aWork({ budgets: { fix_checks: { heads: [], attempts: 3 } }, evidence: ['no_commit'] })
    expect(decide(anInput({ facts, work }))).toMatchObject({
      state: 'checks_failed',
      actor: 'human',
      evidence: ['budget_spent: fixChecks 3 of 3', 'no_commit'],
    })
  })

  it('asks a person once checks ran for too long', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', null)) })
    const work = aWork({ wait: { state: 'waiting_for_ci', head: HEAD, sinceMs: NOW - 3_600_000 } })
    expect(decide(anInput({ facts, work }))).toMatchObject({
      state: 'waiting_for_ci',
      actor: 'human',
      evidence: ['waited_too_long'],
    })
  })

  it('counts a wait anew for a new head', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', null)) })
    const work = aWork({ wait: { state: 'waiting_for_ci', head: EARLIER, sinceMs: NOW - 3_600_000 } })
    expect(decide(anInput({ facts, work }))).toMatchObject({ actor: 'wait', wait: { untilMs: NOW + 3_600_000 } })
  })

  it('gives an agent a worktree first', () => {
    const facts = pullRequestFacts({ checks: checks(aCheck('test', 'FAILURE')) })
    expect(decide(anInput({ facts, local: null }))).toMatchObject({
      state: 'checks_failed',
      step: 'create_worktree',
      actor: 'command',
    })
  })

  it('touches a pull request from another repository only when allowed', () => {
    const facts = pullRequestFacts({ isCrossRepository: true })
    expect(decide(anInput({ facts }))).toMatchObject({ step: 'allow_fork', actor: 'human' })
    expect(decide(anInput({ facts, allowFork: true }))).toMatchObject({ step: 'request_copilot_review' })
  })
})

describe('from an issue to its pull request', () => {
  const facts = issueFacts()
  const fresh = localFacts({ ahead: 0, aheadOfBase: 0, remoteHead: 'absent', pushed: false })
  const linked = {
    number: 88,
    repo: 'acme/api',
    state: 'OPEN' as const,
    isDraft: true,
    headBranch: 'b',
    headRepo: null,
    author: null,
  }

  const cases: [string, Partial<DecisionInput>, object][] = [
    [
      'a worktree comes first',
      { facts, local: null },
      {
        step: 'create_worktree',
        command: ['dev-loops', 'worktree', 'create', '--repo', 'acme/api', '--issue', '12', '--run-id', RUN],
      },
    ],
    [
      'then an agent implements it',
      { facts, local: fresh },
      { step: 'implement', actor: 'agent', prompt: { issue: { title: 'It is missing' } } },
    ],
    [
      'uncommitted work goes back to the agent with the evidence',
      { facts, local: { ...fresh, dirty: true } },
      { step: 'implement', evidence: ['uncommitted_work'] },
    ],
    ['commits are pushed', { facts, local: { ...fresh, ahead: 1, aheadOfBase: 1 } }, { step: 'push' }],
    [
      'pushed commits become a draft',
      { facts, local: localFacts() },
      {
        step: 'create_draft_pr',
        command: ['dev-loops', 'pr', 'create', '--repo', 'acme/api', '--issue', '12', '--run-id', RUN],
      },
    ],
    [
      'an open pull request is gone on with',
      { facts: issueFacts({ pullRequests: listed([linked]) }) },
      {
        step: 'continue_on_pull_request',
        command: ['dev-loops', 'next', '--repo', 'acme/api', '--pr', '88', '--run-id', RUN],
      },
    ],
    [
      'several are a person’s choice',
      { facts: issueFacts({ pullRequests: listed([linked, { ...linked, number: 89 }]) }) },
      { actor: 'human' },
    ],
    [
      'unknown links are not taken for none',
      { facts: issueFacts({ pullRequests: listed([], false) }) },
      { state: 'facts_unproved', actor: 'wait' },
    ],
    [
      'an issue that is not there is a person’s',
      { facts: issueFacts(null) },
      { state: 'issue_missing', actor: 'human', missing: ['issue'] },
    ],
    [
      'two fruitless tries are enough',
      { facts, local: fresh, work: aWork({ budgets: { implement: { heads: [], attempts: 2 } } }) },
      { actor: 'human' },
    ],
    [
      'a stop before refinement waits for a checklist',
      { facts, policy: policyWith({ autonomy: { stopAt: ['refinement'] } }) },
      { state: 'refinement_missing', actor: 'human' },
    ],
  ]
  it.each(cases)('%s', (_claim, over, expected) => {
    expect(decide(anInput(over))).toMatchObject(expected)
  })
})

describe('what is over is cleaned up in order', () => {
  const facts = pullRequestFacts({ state: 'MERGED' })
  const mine = aHolder()
  const gone = localFacts({ worktree: null })
  const held = (target: boolean, branch: boolean, issue: boolean) => ({
    target: target ? mine : null,
    branch: branch ? mine : null,
    issue: { number: 12, holder: issue ? mine : null },
  })

  it.each([
    ['the worktree', localFacts(), held(true, true, true), ['worktree', 'remove', '--repo', 'acme/api', '--pr', '88']],
    ['the pull request', gone, held(true, true, true), ['ownership', 'release', '--repo', 'acme/api', '--pr', '88']],
    [
      'the branch',
      gone,
      held(false, true, true),
      ['ownership', 'release', '--repo', 'acme/api', '--branch', 'dev-loops/issue-12'],
    ],
    ['the issue', gone, held(false, false, true), ['ownership', 'release', '--repo', 'acme/api', '--issue', '12']],
  ])('%s', (_what, local, holdings, argv) => {
    expect(decide(anInput({ facts, local, holdings })).command).toEqual(['dev-loops', ...argv, '--run-id', RUN])
  })

  it('is done once nothing is held, also for those who never held it', () => {
    expect(decide(anInput({ facts, local: gone, holdings: held(false, false, false) }))).toMatchObject({
      state: 'done',
      actor: 'done',
      step: null,
    })
    expect(decide(anInput({ facts, local: null, you: null }))).toMatchObject({ actor: 'done' })
  })

  it('leaves uncommitted work to a person', () => {
    const local = localFacts({ untracked: 2 })
    expect(decide(anInput({ facts, local, holdings: held(true, false, false) }))).toMatchObject({
      state: 'work_left_behind',
      actor: 'human',
    })
  })

  it('takes a dead run’s claim before it removes what that left', () => {
    const target = aHolder({ runId: 'r-dead', alive: 'ended', endsInMs: 0 })
    const holdings = { target, branch: null, issue: null }
    expect(decide(anInput({ facts, holdings }))).toMatchObject({ state: 'claim_ended', step: 'claim' })
    expect(decide(anInput({ facts, holdings, local: gone }))).toMatchObject({ actor: 'done' })
  })

  it('never writes a branch name that others chose into a command', () => {
    const foreign = pullRequestFacts({ state: 'MERGED', head: { sha: HEAD, branch: 'x;rm -rf ~', repo: 'acme/api' } })
    expect(decide(anInput({ facts: foreign, local: gone, holdings: held(false, true, false) }))).toMatchObject({
      actor: 'done',
    })
  })
})
