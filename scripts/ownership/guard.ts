#!/usr/bin/env node
// For scripts that change something outside: asked right before, by whoever holds the target.
import { defineCommand, runIfMain } from '../../lib/command/index.ts'
import {
  answerFields,
  claimToken,
  named,
  oneSubject,
  openSubject,
  requireRunId,
  runOptions,
  sayHolding,
} from '../../lib/command/ownership/subject.ts'
import { guardTarget } from '../../lib/ownership/service.ts'

export const command = defineCommand({
  name: 'ownership guard',
  summary: 'Answer whether this run may act on the target right now.',
  details:
    'Stricter than assert: also refused when the run was asked to stop, or when no more than the safety margin of its lease is left (5 s, or a third of a shorter term). Renews when a third of the term is gone.',
  writes: 'at most the lease in one record of the store',
  options: { ...runOptions, ...claimToken },
  rules: [oneSubject],
  answers: [
    'may_act',
    'refused: ownership_lost, ownership_missing, lease_expired, exit_signal_recorded (asked to stop)',
  ],
  output: answerFields,
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops ownership guard --repo acme/api --pr 88 --run-id r-7f3a --expected-token 4'],
  run: async (options, context) => {
    const request = { runId: requireRunId(options), token: options.expectedToken }
    const { target, ownership } = await openSubject(options, context)
    return named(await guardTarget(target, request, ownership), options)
  },
  text: sayHolding,
})

await runIfMain(import.meta.url, command)
