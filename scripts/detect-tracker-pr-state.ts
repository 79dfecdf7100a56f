#!/usr/bin/env node
// One piece of work has one pull request; this says where both are and what the tracker should be made to say.
import { atMostOneOf, defineCommand, exactlyOneOf, path, runIfMain, targetOptions } from '../lib/command/index.ts'

export const command = defineCommand({
  name: 'detect-tracker-pr-state',
  summary: 'Say where one piece of work and its one pull request are, and what the tracker should say.',
  details: 'It changes no tracker. The draft gate counts once it was passed, also on an earlier head.',
  writes: 'nothing',
  options: {
    ...targetOptions,
    input: path('<file>').describe('JSON snapshot of both, in place of GitHub; - is stdin'),
  },
  rules: [exactlyOneOf('pr', 'issue', 'input'), atMostOneOf('repo', 'input')],
  answers: [
    'state no_tracker_item|ready_no_pr|draft_pr_open|pr_reviewable|pr_merged|pr_closed_unmerged|blocked_needs_user_decision',
    'refused: still_waiting with the quotas spent',
  ],
  output: {
    snapshot: 'what was read of item and pull request',
    state: 'where both are',
    allowedTransitions: 'states that may follow',
    nextAction: 'what to do next',
    reverseSyncAction: 'none, set_in_progress, set_reviewable or set_done',
    because: 'ids of the rules that fired',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: [
    'dev-loops detect-tracker-pr-state --repo acme/api --pr 88',
    'dev-loops detect-tracker-pr-state --input snapshot.json',
  ],
  run: async (options, context) => {
    const { detectTrackerPr } = await import('../lib/command/detect/tracker.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => detectTrackerPr(options, context))
  },
  text: (answer) =>
    answer.ok
      ? `${answer.state}  (${answer.because.join(', ')})\ntracker  ${answer.reverseSyncAction}`
      : answer.message,
})

await runIfMain(import.meta.url, command)
