#!/usr/bin/env node
// Asked before anything that matters: am I still the one?
import { defineCommand, flag, runIfMain } from '../../lib/command/index.ts'
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
import { assertTarget } from '../../lib/ownership/service.ts'

export const command = defineCommand({
  name: 'ownership assert',
  summary: 'Answer whether this run holds the target.',
  details: 'Renews the lease when a third of its term is gone. Whether the run may act, says ownership guard.',
  writes: 'at most the lease in one record of the store; nothing with --no-renew',
  options: {
    ...runOptions,
    ...claimToken,
    requireExisting: flag().describe('Refuse when nobody holds the target'),
    noRenew: flag().describe('Only look'),
  },
  rules: [oneSubject],
  answers: ['owner_confirmed', 'no_owner_record', 'refused: ownership_lost, ownership_missing, lease_expired'],
  output: { ...answerFields, stopRequested: 'the request to stop that binds this run, or null' },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership assert --repo acme/api --pr 88 --run-id r-7f3a --require-existing'],
  run: async (options, context) => {
    const { requireExisting, noRenew, expectedToken } = options
    const request = { runId: requireRunId(options), token: expectedToken, requireExisting, renew: !noRenew }
    const { target, ownership } = await openSubject(options, context)
    return named(await assertTarget(target, request, ownership), options)
  },
  text: sayHolding,
})

await runIfMain(import.meta.url, command)
