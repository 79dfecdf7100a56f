#!/usr/bin/env node
// The heartbeat of a worker that has no timer of ours.
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
import { renewTarget } from '../../lib/ownership/service.ts'

export const command = defineCommand({
  name: 'ownership renew',
  summary: 'Start the term of the lease that this run holds anew.',
  details: 'Ends a parking. A lease that ran out is never renewed: claim again, and check your work first.',
  writes: 'one record of the store; nothing on GitHub',
  options: { ...runOptions, ...claimToken },
  rules: [oneSubject],
  answers: ['renewed', 'refused: ownership_lost, ownership_missing, lease_expired'],
  output: answerFields,
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership renew --repo acme/api --pr 88 --run-id r-7f3a'],
  run: async (options, context) => {
    const request = { runId: requireRunId(options), token: options.expectedToken }
    const { target, ownership } = await openSubject(options, context)
    return named(await renewTarget(target, request, ownership), options)
  },
  text: sayHolding,
})

await runIfMain(import.meta.url, command)
