#!/usr/bin/env node
// A board that people keep should say the same as the pull request; this says where the issue is.
import { defineCommand, runIfMain, targetOptions } from '../lib/command/index.ts'
import { describeSource } from '../lib/facts/source.ts'

export const command = defineCommand({
  name: 'detect-tracker-first-loop-state',
  summary: 'Say how far an issue is: by a label of it such as blocked, else by its pull request.',
  details:
    'A label of the form `blocked`, `in progress` or `status: in review` is believed; labels that contradict each other are not. A closed issue is completed.',
  writes: 'nothing',
  options: { repo: targetOptions.repo, issue: targetOptions.issue.required(), stateDir: targetOptions.stateDir },
  answers: [
    'state drafting|needs_triage|in_progress|in_review|merge_ready|blocked|completed|unknown',
    'refused: still_waiting with the quotas spent',
  ],
  output: {
    state: 'where the work is',
    snapshot: 'trackerState, rawTrackerState, prLinked, prContext',
    allowedTransitions: 'states that it may have next',
    nextAction: 'what its keeper does next',
    because: 'ids of the rules that fired',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: ['dev-loops detect-tracker-first-loop-state --repo acme/api --issue 12'],
  run: async (options, context) => {
    const { detectTracker } = await import('../lib/command/detect/tracker.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => detectTracker(options, context))
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const { state, nextAction, because } = answer
    return [`${state}  (${because.join(', ')})`, `next  ${nextAction}`, ...describeSource(answer)].join('\n')
  },
})

await runIfMain(import.meta.url, command)
