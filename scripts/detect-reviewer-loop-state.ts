#!/usr/bin/env node
// Scripts written for the predecessor ask by this name how far our own review of a pull request is.
import { choice, defineCommand, exactlyOneOf, path, runIfMain, targetOptions } from '../lib/command/index.ts'
import { describeSource } from '../lib/facts/source.ts'

export const command = defineCommand({
  name: 'detect-reviewer-loop-state',
  summary: 'Say how far our own review of a pull request is: asked for, planned, run, pending or submitted.',
  details:
    'Neither Copilot nor the author is a reviewer, and a team is none. With exactly one account asked for a review only its reviews count, else those of all.',
  writes: 'nothing',
  options: {
    repo: targetOptions.repo,
    pr: targetOptions.pr,
    input: path('<file>').describe('Saved snapshot, in place of GitHub; - is stdin'),
    reviewRequested: choice(['true', 'false']).describe('Whether a review was asked for, in place of GitHub’s list'),
    localState: path('<file>').describe('What was noted here of plan, runs and submission; may be missing'),
  },
  rules: [
    exactlyOneOf('pr', 'input'),
    {
      description: '--review-requested and --local-state go with --pr',
      check: (given) =>
        given.has('input') && (given.has('reviewRequested') || given.has('localState'))
          ? 'a snapshot says all of it; leave --review-requested and --local-state out'
          : null,
    },
  ],
  answers: [
    'waiting_for_review_request',
    'review_requested, determine_review_plan, reviews_running, merge_results',
    'draft_review_ready, draft_review_posted, waiting_for_user_submit, review_invalidated',
    'submitted_review, facts_unproved, blocked_needs_user_decision',
    'refused: still_waiting with the quotas spent',
  ],
  output: {
    snapshot: 'the 22 fields that it was decided from; null: not known',
    state: 'one of the answers',
    allowedTransitions: 'where its step leads',
    nextActionCode: 'what is to be done; `nextAction` says it in a sentence',
    ruleId: 'the rule that fired',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 4, 5],
  examples: [
    'dev-loops detect-reviewer-loop-state --repo acme/api --pr 88',
    'dev-loops detect-reviewer-loop-state --input snapshot.json',
  ],
  run: async (options, context) => {
    const { detectReviewerLoopState } = await import('../lib/command/detect/reviewer.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => detectReviewerLoopState(options, context))
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const { state, nextActionCode, nextAction, ruleId } = answer
    return [`${state}  (${ruleId})`, `next  ${nextActionCode}: ${nextAction}`, ...describeSource(answer)].join('\n')
  },
})

await runIfMain(import.meta.url, command)
