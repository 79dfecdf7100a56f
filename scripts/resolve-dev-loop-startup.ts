#!/usr/bin/env node
// A session that begins or resumes asks here what it is working on and which way to go.
import {
  atMostOneOf,
  defineCommand,
  exactlyOneOf,
  path,
  runId,
  runIfMain,
  targetOptions,
} from '../lib/command/index.ts'
import { describeSource } from '../lib/facts/source.ts'

export const command = defineCommand({
  name: 'resolve-dev-loop-startup',
  summary: 'Say what a session works on, how far it is, and which way to go on, from one look at GitHub.',
  details:
    'It takes nothing and starts nothing: `next` gives the one next step. What is not known, or does not fit together, comes back as needs_reconcile.',
  writes: 'nothing',
  options: {
    ...targetOptions,
    runId,
    input: path('<file>').describe('JSON with the facts of a bundle, in place of GitHub; - is stdin'),
  },
  rules: [exactlyOneOf('issue', 'pr', 'input'), atMostOneOf('repo', 'input')],
  answers: [
    'bundleKind resolved|needs_reconcile',
    'refused: target_not_found, run_id_required (asyncStartContract rejected); still_waiting with the quotas spent',
  ],
  output: {
    bundleKind: 'resolved, or needs_reconcile: look again before anything is done',
    selectedStrategy: 'way to go on, or none',
    requiredReads: 'files of this package to read first, in order',
    nextAction: 'what to do, in words',
    canonicalStateSummary: 'target, owner, status, artifact and route in short',
    bundle: 'all of it, with the trace of the decision',
    warnings: 'what could not be taken for granted',
    because: 'ids of the rules that fired',
    asyncStartContract: 'valid, allowed or snapshot_mode; null where what is to be done needs no run',
    source:
      'graphql; rest when its quota is spent, then with unproved (what REST cannot tell) and wholeAt (until when)',
  },
  exits: [0, 2, 3, 4, 5],
  examples: [
    'dev-loops resolve-dev-loop-startup --repo acme/api --issue 12 --run-id r-7f3a',
    'dev-loops resolve-dev-loop-startup --input snapshot.json',
  ],
  run: async (options, context) => {
    const { resolveStartup } = await import('../lib/command/detect/startup.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => resolveStartup(options, context))
  },
  text: (answer) =>
    answer.ok
      ? [
          `${answer.bundleKind}  ${answer.selectedStrategy}  (${answer.because.join(', ')})`,
          answer.nextAction,
          ...answer.warnings,
          ...describeSource(answer),
        ].join('\n')
      : answer.message,
})

await runIfMain(import.meta.url, command)
