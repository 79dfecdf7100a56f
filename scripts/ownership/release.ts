#!/usr/bin/env node
// Giving back what is held, so that nobody has to wait for the lease to run out.
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
import { releaseTarget } from '../../lib/ownership/service.ts'

export const command = defineCommand({
  name: 'ownership release',
  summary: 'Give back a target that this run holds, and the branch that was taken with it.',
  details: 'May be repeated: releasing what nobody holds is no error. A request to stop is over with it.',
  writes: 'one record of the store for the target and one for its branch; nothing on GitHub',
  options: { ...runOptions, ...claimToken },
  rules: [oneSubject],
  answers: ['released', 'release_noop (nobody held it)', 'refused: ownership_lost'],
  output: answerFields,
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership release --repo acme/api --pr 88 --run-id r-7f3a'],
  run: async (options, context) => {
    const request = { runId: requireRunId(options), token: options.expectedToken }
    const { target, ownership } = await openSubject(options, context)
    return named(await releaseTarget(target, request, ownership), options)
  },
  text: sayHolding,
})

await runIfMain(import.meta.url, command)
