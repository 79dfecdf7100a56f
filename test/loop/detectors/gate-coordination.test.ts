import { describe, expect, it } from 'vitest'
import { actionOf, GATE_ACTIONS, placeOf } from '../../../lib/loop/boundary.ts'
import type { DecisionInput } from '../../../lib/loop/decision.ts'
import { detectGateCoordination, type GateCoordination } from '../../../lib/loop/detectors/gate-coordination.ts'
import { classify } from '../../../lib/loop/machine.ts'
import { type PullRequestState, pullRequest } from '../../../lib/loop/machines/pull-request.ts'
import { decide } from '../../../lib/loop/next.ts'
import type { Work } from '../../../lib/sessions/work.ts'
import {
  aCheck,
  anInput,
  aReview,
  aStatus,
  aThread,
  aVerdict,
  COPILOT,
  checks,
  EARLIER,
  finished,
  HEAD,
  judged,
  listed,
  localFacts,
  MERGE_ALLOWED,
  policyWith,
  pullRequestFacts,
  statusFor,
} from '../build.ts'

const STATES = Object.keys(pullRequest.states) as PullRequestState[]
const REQUESTED = listed([{ at: '2026-03-01T11:52:00Z', reviewer: COPILOT }])

function detect(over: Partial<DecisionInput>): GateCoordination {
  const detected = detectGateCoordination(anInput(over))
  if (!detected.ok) throw new Error(detected.message)
  return detected.value
}

describe('the place of each state of the gates', () => {
  it('is one boundary and one next action, on either side of the draft', () => {
    for (const state of STATES) {
      for (const isDraft of [true, false]) {
        const { boundary, forbidden, also = [] } = placeOf(state, isDraft)
        expect(boundary).not.toBe('')
        expect(GATE_ACTIONS).toContain(actionOf(state))
        expect([...also, actionOf(state)].filter((action) => forbidden.includes(action))).toEqual([])
      }
    }
  })

  it('loop-state 16.35: names as next action the step that is taken there', () => {
    const renamed = { merge: 'declare_merge_ready' } as Readonly<Record<string, string>>
    for (const state of STATES) {
      const step = pullRequest.states[state].next?.step ?? 'report_done'
      expect([state, actionOf(state)]).toEqual([state, renamed[step] ?? step])
    }
  })

  it('is blocked only where no command and no agent has anything to do', () => {
    const busy = STATES.filter((state) => ['command', 'agent'].includes(pullRequest.states[state].next?.by ?? ''))
    expect(busy.filter((state) => placeOf(state, false).boundary === 'blocked')).toEqual([])
  })

  it('loop-state 16.27: uses every action, so each can happen', () => {
    expect(GATE_ACTIONS.filter((action) => !STATES.some((state) => actionOf(state) === action))).toEqual([])
  })

  it('loop-state 16.25: never asks for the draft gate where it is satisfied, and never instead of a fix or a wait', () => {
    const asked = new Set<string>()
    for (const lifecycle of pullRequest.facts.lifecycle) {
      for (const draftGate of pullRequest.facts.draftGate) {
        for (const mergeability of pullRequest.facts.mergeability) {
          const { state } = classify(pullRequest, { ...SETTLED, lifecycle, draftGate, mergeability })
          if (state === 'draft_gate_needed') asked.add(`${lifecycle} ${draftGate}`)
        }
      }
    }
    const wrong = [...asked].filter((pair) => {
      const [lifecycle = '', draftGate = ''] = pair.split(' ')
      const [fixOrWait, satisfied] = [BUSY.includes(lifecycle), ['passed', 'earlier'].includes(draftGate)]
      return fixOrWait || satisfied
    })
    expect(asked.size).toBeGreaterThan(0)
    expect(wrong).toEqual([])
  })
})

const BUSY = [
  'checks_failed',
  'waiting_for_ci',
  'waiting_for_copilot_review',
  'unresolved_feedback_present',
  'already_fixed_needs_reply_resolve',
]

const SETTLED = {
  preApproval: 'passed',
  refinement: 'settled',
  formalRequest: 'settled',
  onUnavailable: 'gate',
  approval: 'settled',
  protectedPaths: 'untouched',
  retrospective: 'settled',
  stopAtDraft: false,
  stopAtPreApproval: false,
  stopAtMerge: false,
} as const

const WAITING = { request: '2026-03-01T11:59:00Z' }

/** One input for each situation that a pull request gets into, with what the detector says of it. */
const CASES: readonly [string, Partial<DecisionInput>, Partial<GateCoordination>][] = [
  [
    'a merged pull request',
    { facts: pullRequestFacts({ state: 'MERGED' }) },
    { gateBoundary: 'done', nextActionCode: 'report_done', loopDisposition: 'done', lifecycleState: 'done' },
  ],
  [
    'a draft that was never judged',
    { facts: pullRequestFacts({ isDraft: true }) },
    { gateBoundary: 'draft_review', nextActionCode: 'run_draft_gate', lifecycleState: 'pr_draft' },
  ],
  [
    'a draft with red checks',
    { facts: pullRequestFacts({ isDraft: true, checks: checks(aCheck('test', 'FAILURE')) }) },
    { gateBoundary: 'draft_review', nextActionCode: 'fix_checks', lifecycleState: 'checks_failed' },
  ],
  [
    'a draft whose checks run',
    { facts: pullRequestFacts({ isDraft: true, checks: checks(aCheck('test', null)) }) },
    { gateBoundary: 'draft_review', nextActionCode: 'wait_for_ci', loopDisposition: 'pending' },
  ],
  [
    'a draft that passed its gate',
    judged([aVerdict('draft_gate')], { isDraft: true }),
    { gateBoundary: 'draft_review', allowedNextActions: ['run_draft_gate', 'mark_ready_for_review'] },
  ],
  [
    'a ready one that nobody was asked to review',
    judged([aVerdict('draft_gate')]),
    { gateBoundary: 'post_draft_external_review', nextActionCode: 'request_copilot_review' },
  ],
  [
    'a review that was asked for',
    {
      facts: pullRequestFacts({
        reviewRequests: listed([COPILOT]),
        reviewRequestEvents: listed([{ at: WAITING.request, reviewer: COPILOT }]),
      }),
    },
    { gateBoundary: 'post_draft_external_review', nextActionCode: 'wait_for_copilot_review' },
  ],
  [
    'open feedback',
    { facts: pullRequestFacts({ threads: listed([aThread()]) }) },
    {
      gateBoundary: 'feedback_resolution',
      nextActionCode: 'address_review_feedback',
      loopDisposition: 'unresolved_feedback',
    },
  ],
  [
    'a conflict with the base',
    { facts: pullRequestFacts({ mergeable: 'CONFLICTING', mergeStateStatus: 'DIRTY' }) },
    { gateBoundary: 'conflict_resolution', nextActionCode: 'resolve_merge_conflicts' },
  ],
  [
    'a converged one without draft evidence',
    finished({}, [aVerdict('pre_approval_gate')]),
    {
      gateBoundary: 'draft_gate_needed',
      nextActionCode: 'reconcile_draft_gate',
      draftGateAlreadySatisfied: false,
      gateEvidenceNote: 'draft_gate: no_record',
    },
  ],
  [
    'a converged one without pre-approval',
    finished({}, [aVerdict('draft_gate')]),
    {
      gateBoundary: 'pre_approval_gate_needed',
      nextActionCode: 'run_pre_approval_gate',
      loopDisposition: 'clean_converged',
    },
  ],
  [
    'a finished one that a person merges',
    finished(),
    { gateBoundary: 'final_approval_ready', nextActionCode: 'await_final_human_approval' },
  ],
  [
    'a finished one that the loop may merge',
    { ...finished(), policy: MERGE_ALLOWED },
    { gateBoundary: 'final_approval_ready', nextActionCode: 'declare_merge_ready' },
  ],
]

const LOOK_BACK: NonNullable<Work['retrospective']> = {
  head: HEAD,
  runId: 'r-1',
  at: '2026-03-01T11:59:00Z',
  mergeApproved: true,
  followedWorkingAgreement: false,
  gateQualityAcceptable: true,
  gateQuality: 'both gates looked at the change',
  unexpectedFindings: [],
  mergeRecommendation: 'merge',
}

describe('a look back before the merge', () => {
  const wanted = policyWith({ autonomy: { stopAt: [] }, merge: { requireRetrospective: true } })
  const withLookBack = (retrospective: Work['retrospective'], policy = wanted) => {
    const ready = finished()
    return anInput({ ...ready, policy, work: { ...ready.work, retrospective } })
  }

  it.each([
    ['was never written', null, 'no_retrospective'],
    ['was written for an earlier head', { ...LOOK_BACK, head: EARLIER }, 'retrospective_of_other_head'],
    ['advises against the merge', { ...LOOK_BACK, mergeApproved: false }, 'merge_not_approved'],
    ['finds the gates too weak', { ...LOOK_BACK, gateQualityAcceptable: false }, 'gate_quality_not_acceptable'],
  ])('holds the merge where policy wants one and it %s', (_case, retrospective, reason) => {
    const input = withLookBack(retrospective)
    expect(decide(input)).toMatchObject({
      state: 'retrospective_gate_pending',
      step: 'report_blocked',
      actor: 'human',
      missing: [`retrospective: ${reason}`],
    })
    expect(detect(input)).toMatchObject({
      gateBoundary: 'blocked',
      lifecycleState: 'retrospective_gate_pending',
      loopDisposition: 'blocked',
      forbiddenActions: expect.arrayContaining(['await_final_human_approval', 'declare_merge_ready']),
    })
  })

  it('that approves this head lets it be merged, whether or not the agreement was followed', () => {
    expect(decide(withLookBack(LOOK_BACK))).toMatchObject({ state: 'declare_merge_ready' })
  })

  it('comes before the word of a person about the merge', () => {
    const stops = policyWith({ autonomy: { stopAt: ['merge'] }, merge: { requireRetrospective: true } })
    expect(decide(withLookBack(null, stops))).toMatchObject({ state: 'retrospective_gate_pending' })
    expect(decide(withLookBack(LOOK_BACK, stops))).toMatchObject({ state: 'await_final_human_approval' })
  })

  it('holds nothing where policy does not ask for it', () => {
    const against = { ...LOOK_BACK, mergeApproved: false }
    expect(decide(withLookBack(against, MERGE_ALLOWED))).toMatchObject({ state: 'declare_merge_ready' })
  })
})

describe('the detector of gate coordination', () => {
  it.each(CASES)('answers for %s', (_name, input, expected) => {
    expect(detect(input)).toMatchObject(expected)
  })

  it.each(CASES)('loop-state 16.22: sees %s as `next` does', (_name, input) => {
    const asked = anInput(input)
    const { state, step, because } = decide(asked)
    const detected = detect(input)
    if (detected.nextActionCode === 'report_done') return
    expect({ state, step: step === 'merge' ? 'declare_merge_ready' : step }).toEqual({
      state: detected.state,
      step: detected.nextActionCode,
    })
    expect(because).toContain(detected.ruleId)
  })

  it('loop-state 16.36: gives codes beside each sentence', () => {
    for (const [, input] of CASES) {
      const { nextActionCode, nextAction, reasonCode, reason } = detect(input)
      expect(GATE_ACTIONS).toContain(nextActionCode)
      expect(STATES).toContain(reasonCode)
      expect(nextAction).toMatch(/^[A-Z].*\.$/)
      expect(reason).toContain(': ')
    }
  })

  it('has every field of the predecessor in every answer', () => {
    const fields = `repo pr currentHeadSha lifecycleState loopDisposition gateBoundary draftGate preApprovalGate
      allowedNextActions forbiddenActions nextAction reason mergeStateStatus conflictFiles draftGateAlreadySatisfied
      copilotReviewRoundCount gateEvidenceRequiredForMerge refinementArtifact`.split(/\s+/)
    const gate = `visible markerVisible anyVisible currentHead headSha verdict findingsSummary nextAction
      contractComplete currentHeadClean cleanEvidenceExists`.split(/\s+/)
    for (const [, input] of CASES) {
      const detected = detect(input)
      expect(Object.keys(detected)).toEqual(expect.arrayContaining(fields))
      expect(Object.keys(detected.draftGate)).toEqual(expect.arrayContaining(gate))
    }
  })

  it('refuses what is not there, and what no policy allows', () => {
    expect(detectGateCoordination(anInput({ facts: pullRequestFacts(null) }))).toMatchObject({
      error: 'target_not_found',
    })
    const policy = { ok: false, error: 'policy_unproved', message: 'unreadable' } as const
    expect(detectGateCoordination(anInput({ policy }))).toMatchObject({ error: 'policy_unproved' })
  })
})

describe('evidence of a gate', () => {
  const comment = (gate: string) => ({
    id: gate,
    author: { login: 'stranger', isBot: false },
    authorAssociation: 'NONE',
    body: `Gate: ${gate}\nHead SHA: ${HEAD}\nVerdict: clean\nFindings: none\nNext action: merge`,
    createdAt: '2026-03-01T11:58:00Z',
    updatedAt: '2026-03-01T11:58:00Z',
    url: '',
  })

  it('loop-state 16.1: is no comment, whoever wrote it', () => {
    const comments = listed([comment('draft_gate'), comment('pre_approval_gate')])
    const { draftGate, preApprovalGate, gateBoundary } = detect(finished({ comments }, []))
    expect(gateBoundary).toBe('draft_gate_needed')
    expect([draftGate.anyVisible, preApprovalGate.cleanEvidenceExists]).toEqual([false, false])
  })

  it('loop-state 16.1: is no status without its record, and no record without its status', () => {
    const verdict = aVerdict('draft_gate')
    const forged = { ...finished({}, []), facts: finished({}, [verdict]).facts }
    expect(detect(forged).draftGate).toMatchObject({ currentHeadClean: false, visible: false })
    const unposted = { ...finished({}, []), work: finished({}, [verdict]).work }
    expect(detect(unposted).draftGate).toMatchObject({ visible: true, markerVisible: false, currentHeadClean: false })
  })

  it('loop-state 16.26: is for a whole commit id, in both steps of reading it', () => {
    const short = aVerdict('draft_gate', { head: HEAD.slice(0, 7) })
    const { facts, work } = finished({}, [])
    const input = {
      facts: pullRequestFacts({ ...facts.pr, checks: checks(aCheck('test'), statusFor(short)) }),
      work: { ...work, verdicts: { ...work.verdicts, draft_gate: short } },
    }
    expect(detect(input).draftGate).toMatchObject({ currentHead: false, contractComplete: false })
  })

  it('loop-state 16.25: of the draft gate is once enough, of the pre-approval gate only on this head', () => {
    const earlier = [aVerdict('draft_gate', { head: EARLIER }), aVerdict('pre_approval_gate', { head: EARLIER })]
    expect(detect(finished({}, earlier))).toMatchObject({
      draftGateAlreadySatisfied: true,
      gateBoundary: 'pre_approval_gate_needed',
      draftGate: { cleanEvidenceExists: true, currentHeadClean: false },
    })
  })

  it('counts when record and status stand on this head and agree', () => {
    const { draftGate, preApprovalGate } = detect(finished())
    const complete = { visible: true, markerVisible: true, contractComplete: true, currentHeadClean: true }
    expect(draftGate).toMatchObject({ ...complete, verdict: 'clean', headSha: HEAD, reasonCode: null })
    expect(preApprovalGate).toMatchObject(complete)
  })

  it('shows what was found', () => {
    const finding = { severity: 'must-fix' as const, angle: 'a', summary: 'it breaks', files: [] }
    const found = aVerdict('draft_gate', { verdict: 'findings_present', findings: [finding] })
    expect(detect(judged([found], { isDraft: true })).draftGate).toMatchObject({
      contractComplete: true,
      currentHeadClean: false,
      findingsSummary: 'it breaks',
    })
  })
})

describe('conflicts', () => {
  const conflicted = ['a.ts']

  it('loop-state 16.18: of another branch than that of the pull request count for nothing', () => {
    const local = localFacts({ worktree: null, checkedOut: 'other', conflicted })
    expect(detect({ local })).toMatchObject({ conflictFiles: [], nextActionCode: 'request_copilot_review' })
    const elsewhere = localFacts({ branch: 'other', checkedOut: 'other', conflicted })
    expect(detect({ local: elsewhere })).toMatchObject({ conflictFiles: [] })
  })

  it('loop-state 16.18: of its branch count whatever GitHub says, for the detector and for `next`', () => {
    const local = localFacts({ conflicted, dirty: true })
    expect(detect({ local })).toMatchObject({ conflictFiles: conflicted, gateBoundary: 'conflict_resolution' })
    expect(decide(anInput({ local }))).toMatchObject({ step: 'resolve_merge_conflicts', actor: 'agent' })
  })

  it('loop-state 16.18: are read from `mergeable`, also while the merge state says something else', () => {
    const facts = pullRequestFacts({ mergeable: 'CONFLICTING', mergeStateStatus: 'BLOCKED' })
    expect(detect({ facts })).toMatchObject({ gateBoundary: 'conflict_resolution', mergeable: 'CONFLICTING' })
  })

  it('loop-state 16.18: a branch behind its base is one only where GitHub asks for it', () => {
    const behind = localFacts({ behindBase: 5 })
    expect(detect({ ...finished({ mergeStateStatus: 'CLEAN' }), local: behind })).toMatchObject({
      gateBoundary: 'final_approval_ready',
    })
    expect(detect(finished({ mergeStateStatus: 'BEHIND' }))).toMatchObject({ reasonCode: 'branch_behind' })
  })
})

describe('what the predecessor answered twice', () => {
  it('loop-state 16.23: internal files only go straight to the gates, here as in `next`', () => {
    const input = {
      ...judged([aVerdict('draft_gate')], { files: listed(['docs/a.md']) }),
      policy: policyWith({ review: { internalPaths: ['docs/**'] } }),
    }
    expect(detect(input)).toMatchObject({
      lifecycleState: 'internal_tooling_direct_gate',
      loopDisposition: 'direct_gate',
      nextActionCode: 'run_pre_approval_gate',
    })
    expect(decide(anInput(input)).step).toBe('run_pre_approval_gate')
  })

  it('loop-state 16.24: credibly green is green in draft, before a review and before the merge', () => {
    const policy = policyWith({ checks: { whenNone: 'pass', graceMs: 0 }, autonomy: { stopAt: [] } })
    const none = { ...checks(), suites: 0 }
    const since = aStatus('dev-loops/owner', 'SUCCESS', { createdAt: '2026-03-01T11:00:00Z' })
    const quiet = { ...none, contexts: listed([since]) }
    const draft = { facts: pullRequestFacts({ isDraft: true, checks: quiet }), policy }
    expect(detect(draft)).toMatchObject({ ciStatus: 'crediblyGreen', nextActionCode: 'run_draft_gate' })

    const { facts, work } = finished()
    const gates = [aVerdict('draft_gate'), aVerdict('pre_approval_gate')].map((verdict) => statusFor(verdict))
    const contexts = listed([since, ...gates])
    const end = { facts: pullRequestFacts({ ...facts.pr, checks: { ...quiet, contexts } }) }
    expect(detect({ ...end, work, policy })).toMatchObject({
      ciStatus: 'crediblyGreen',
      nextActionCode: 'declare_merge_ready',
    })
  })

  it('loop-state 16.22: a listing that GitHub has not taken down yet is no open request for either', () => {
    const input = {
      ...judged([aVerdict('draft_gate')], {
        reviews: listed([aReview()]),
        reviewRequests: listed([COPILOT]),
        reviewRequestEvents: REQUESTED,
      }),
    }
    expect(detect(input)).toMatchObject({ loopDisposition: 'clean_converged', nextActionCode: 'run_pre_approval_gate' })
    expect(decide(anInput(input)).step).toBe('run_pre_approval_gate')
  })
})
