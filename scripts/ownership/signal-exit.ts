#!/usr/bin/env node
// How a person, or another run, asks a run to stop; also how a run says that it has.
import { defineCommand, duration, flag, runId, runIfMain, text } from '../../lib/command/index.ts'
import {
  answerFields,
  named,
  oneSubject,
  openSubject,
  requireRunId,
  runOptions,
  sayHolding,
} from '../../lib/command/ownership/subject.ts'
import { signalExit } from '../../lib/ownership/service.ts'

export const command = defineCommand({
  name: 'ownership signal-exit',
  summary: 'Ask the run that holds a target to stop before its next effect.',
  details:
    'Neither kills a process nor releases the target. Over when the run releases. Unacknowledged after --term, it permits a takeover of the living run.',
  writes: 'one record of the store; nothing on GitHub',
  options: {
    ...runOptions,
    runId: runId.describe('Run that is asked to stop'),
    reason: text().describe('Why; the first 500 characters are kept'),
    term: duration().describe('How long it may stay unacknowledged (default: two thirds of the term of the lease)'),
    anyRun: flag().describe('Also when the run does not hold the target now; its next claim gets the request'),
  },
  rules: [oneSubject],
  answers: ['exit_signal_recorded', 'refused: ownership_lost, ownership_missing'],
  output: {
    ...answerFields,
    stopRequested: 'the open request: reason, at, acknowledgedAt, permitsTakeover, permitsTakeoverInMs',
    exitSignals: 'the last 50, oldest first, with the token of the claim each was made to',
  },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership signal-exit --repo acme/api --pr 88 --run-id r-7f3a --reason "wrong approach"'],
  run: async (options, context) => {
    const { reason, term, anyRun } = options
    const request = { runId: requireRunId(options), reason, termMs: term, requireActiveOwner: !anyRun }
    const { target, ownership } = await openSubject(options, context)
    return named(await signalExit(target, request, ownership), options)
  },
  text: sayHolding,
})

await runIfMain(import.meta.url, command)
