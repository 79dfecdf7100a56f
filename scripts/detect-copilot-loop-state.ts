#!/usr/bin/env node
// Scripts written for the predecessor ask by this name how the review of a pull request stands.
import { detectCopilotLoop } from '../lib/command/detect/copilot-loop.ts'
import { orStillWaiting } from '../lib/command/detect/still-waiting.ts'
import { defineCommand, exactlyOneOf, path, runIfMain, targetOptions } from '../lib/command/index.ts'
import { describeSource } from '../lib/facts/source.ts'

const { repo, pr, stateDir } = targetOptions

export const command = defineCommand({
  name: 'detect-copilot-loop-state',
  summary: 'Say in which state of the review loop a pull request or a saved snapshot is.',
  aliasOf: ['next'],
  details: 'Answers what `next` reads, with the names of the predecessor; one request to GitHub, none with --input.',
  writes: 'nothing',
  options: {
    repo,
    pr,
    input: path('<file>').describe('Snapshot to classify instead, a JSON object'),
    stateDir,
  },
  rules: [exactlyOneOf('pr', 'input')],
  answers: ['state: one of the Copilot states', 'refused: policy_unproved; still_waiting with the quotas spent'],
  output: {
    snapshot: 'the sixteen facts that the state follows from; null where one is not known',
    state: 'the state',
    allowedTransitions: 'states that its step leads to',
    nextAction: 'what is to be done',
    autoRerequestEligible: 'whether another review may be requested now',
    sameHeadCleanConverged: 'whether this head was reviewed and nothing is open',
    loopDisposition: 'pending, unresolved_feedback, clean_converged, blocked, action_required, done, direct_gate',
    terminal: 'whether the loop of reviews is over',
    machineState: 'what the machine review calls it (docs/states.md)',
    ruleId: 'the rule that fired',
    iterations:
      'not with --input: rounds, requests, remarks, threads and fixes so far; degradedReasons where a list was cut',
    missing: 'what was not known and would tell',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: ['dev-loops detect-copilot-loop-state --repo acme/api --pr 88'],
  run: (options, context) => orStillWaiting(() => detectCopilotLoop(options, context)),
  text: (answer) => {
    if (!answer.ok) return answer.message
    const { state, nextAction, ruleId } = answer
    return [`${state}  ${nextAction} (${ruleId})`, ...describeSource(answer)].join('\n')
  },
})

await runIfMain(import.meta.url, command)
