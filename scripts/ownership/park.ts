#!/usr/bin/env node
// For a worker that waits longer than its lease lasts and renews nothing meanwhile.
import { defineCommand, duration, runIfMain } from '../../lib/command/index.ts'
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
import { PARK_MARGIN_MS } from '../../lib/ownership/record.ts'
import { parkTarget } from '../../lib/ownership/service.ts'

export const command = defineCommand({
  name: 'ownership park',
  summary: 'Lengthen the lease that this run holds to outlast one wait.',
  details: 'The next renewal ends the parking. `next` parks by itself for the waits that it hands out.',
  writes: 'one record of the store for the target and one for its branch; nothing on GitHub',
  options: {
    ...runOptions,
    ...claimToken,
    for: duration().required().describe('Longest time the wait may take; 5 minutes are added to act on its end'),
  },
  rules: [oneSubject],
  answers: ['parked', 'refused: ownership_lost, ownership_missing, lease_expired'],
  output: answerFields,
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership park --repo acme/api --pr 88 --run-id r-7f3a --for 30m'],
  run: async (options, context) => {
    const { expectedToken: token, for: waitMs } = options
    const request = { runId: requireRunId(options), token, parkMs: waitMs + PARK_MARGIN_MS }
    const { target, ownership } = await openSubject(options, context)
    return named(await parkTarget(target, request, ownership), options)
  },
  text: sayHolding,
})

await runIfMain(import.meta.url, command)
