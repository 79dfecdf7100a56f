#!/usr/bin/env node
// Scripts written for the predecessor ask by this name at which gate a pull request stands.
import { EXIT } from '../lib/codes.ts'
import { defineCommand, runId, runIfMain, targetOptions } from '../lib/command/index.ts'
import { describeSource } from '../lib/facts/source.ts'

const { repo, pr, stateDir } = targetOptions

export const command = defineCommand({
  name: 'detect-pr-gate-coordination-state',
  summary: 'Say at which gate a pull request stands, what may be done there and what must not.',
  aliasOf: ['next', 'gate status'],
  details:
    'Decides nothing of its own: the answer is the state in which `next` sees the gates. Evidence is the commit status with its verdict record; comments count for nothing. A run that is named is refused when it may not act.',
  writes: 'nothing',
  options: { repo, pr: pr.required(), runId, stateDir },
  answers: [
    'gateBoundary draft_review|post_draft_external_review|feedback_resolution|conflict_resolution|draft_gate_needed|pre_approval_gate_needed|pre_approval_gate_window|final_approval_ready|blocked|done',
    'refused: target_not_found, policy_unproved, active_run_exists, ownership_lost, lease_expired, exit_signal_recorded; still_waiting with the quotas spent',
  ],
  output: {
    gateBoundary: 'where it stands',
    nextActionCode: 'what is to be done; `nextAction` says it in a sentence',
    allowedNextActions: 'what may be done',
    forbiddenActions: 'what must not be done now',
    reasonCode: 'the state of the gates; `reason` says it in a sentence, `ruleId` names the rule',
    lifecycleState: 'state of the reviews, with loopDisposition',
    draftGate: 'evidence: visible, currentHead, headSha, verdict, contractComplete, currentHeadClean, reasonCode',
    preApprovalGate: 'the same of the other gate',
    currentHeadSha: 'the commit that all of it is about',
    conflictFiles: 'files in conflict in a checkout of its branch on this machine, with mergeable, mergeStateStatus',
    copilotReviewRoundCount: 'commits that were reviewed; null: not known',
    refinementArtifact: 'status, linkedIssue, required',
    missing: 'what was not known and would tell',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [EXIT.done, EXIT.usage, EXIT.refused, EXIT.waiting, EXIT.outside, EXIT.stopped],
  examples: ['dev-loops detect-pr-gate-coordination-state --repo acme/api --pr 88'],
  run: async (options, context) => {
    const { observeToDetect, whyNotYours } = await import('../lib/command/detect/observe.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    const { detectGateCoordination } = await import('../lib/loop/detectors/gate-coordination.ts')
    const seen = await orStillWaiting(() => observeToDetect(options, context))
    if ('ok' in seen) return seen
    const { input, warnings } = seen
    const foreign = whyNotYours(input)
    if (foreign) return foreign
    const detected = detectGateCoordination(input)
    return detected.ok ? { ok: true as const, ...detected.value, warnings } : detected
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const { repo, pr, gateBoundary, nextActionCode, nextAction, reason } = answer
    const what = [`${repo}#${pr}  ${gateBoundary}`, `next  ${nextActionCode}: ${nextAction}`, `because ${reason}`]
    return [...what, ...describeSource(answer)].join('\n')
  },
})

await runIfMain(import.meta.url, command)
