#!/usr/bin/env node
// Scripts written for the predecessor ask by this name how far Copilot's first pull request has come.
import { defineCommand, runIfMain, targetOptions } from '../lib/command/index.ts'
import { describeSource } from '../lib/facts/source.ts'

const { repo, issue } = targetOptions

export const command = defineCommand({
  name: 'detect-initial-copilot-pr-state',
  summary: "Say whether an issue has its pull request yet, and whether Copilot's coding agent has begun in it.",
  aliasOf: ['next'],
  details: "One request, and one more for the runs of the coding agent's own draft.",
  writes: 'nothing',
  options: { repo, issue: issue.required() },
  answers: [
    'no_linked_pr',
    'prior_linked_pr_closed_unmerged',
    'copilot_session_active',
    'waiting_for_initial_copilot_implementation',
    'linked_pr_ready_for_followup',
    'facts_unproved (ask again)',
    'refused: target_not_found; still_waiting with the quotas spent',
  ],
  output: {
    state: 'one of the answers',
    ruleId: 'the rule that fired',
    prNumber: 'the pull request, also the one that was closed before; prUrl beside it',
    headBranch: 'its branch; authorLogin, isDraft, changedFiles, commitCount beside it',
    soleCommitHeadline: 'the headline, when there is one commit only',
    sessionActivity:
      'active, concluded, idle, unknown; null: not asked. sessionRunId, …Name, …Status and more beside it',
    sessionConfidence: 'high; low: told by its display name only',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: ['dev-loops detect-initial-copilot-pr-state --repo acme/api --issue 12'],
  run: async (options, context) => {
    const { detectInitialPr } = await import('../lib/command/detect/linked-issue.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => detectInitialPr(options, context))
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const { state, prNumber, ruleId } = answer
    const known = state === 'facts_unproved' ? 'pull request not known' : 'no pull request'
    return [`${state}  ${prNumber === null ? known : `#${prNumber}`} (${ruleId})`, ...describeSource(answer)].join('\n')
  },
})

await runIfMain(import.meta.url, command)
