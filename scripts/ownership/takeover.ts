#!/usr/bin/env node
// For a run whose predecessor is gone. What is still alive is only displaced with --force and a reason.
import { count, defineCommand, duration, flag, needs, number, runIfMain, text } from '../../lib/command/index.ts'
import { prepareClaim } from '../../lib/command/ownership/claiming.ts'
import {
  answerFields,
  named,
  oneSubject,
  requireRunId,
  runOptions,
  sayClaim,
  workerOf,
} from '../../lib/command/ownership/subject.ts'
import { validConfig } from '../../lib/command/services.ts'

export const command = defineCommand({
  name: 'ownership takeover',
  summary: 'Take a target from a run that has ended or cannot end by itself.',
  details: 'A living lease or process is not displaced without --force; its worker is not stopped by it either.',
  writes:
    'one record of the store for the target and one for its branch; on the head of a pull request the commit status dev-loops/owner',
  options: {
    ...runOptions,
    expectedToken: count().describe('Token you saw; refused when it has risen since'),
    force: flag().describe('Displace a living run'),
    reason: text().describe('Why; written into the journal'),
    ttl: duration().describe('How long the lease lasts without renewal, such as 90s (default: lease.commandTtl, 15m)'),
    workerPid: number().describe('Process that works as this run; the claim ends when it dies'),
  },
  rules: [oneSubject, needs('force', 'reason')],
  answers: ['taken_over', 'claimed_new (nobody held it)', 'refreshed', 'refused: lease_active, stale_token'],
  output: {
    ...answerFields,
    previousRun: 'the run that was replaced',
    holder: 'when refused: who holds it, with its token',
    freeForYouInMs: 'when refused: until the claim counts as ended here; null: not by itself',
  },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops ownership takeover --repo acme/api --pr 88 --run-id r-91d0 --expected-token 4'],
  run: async (options, context) => {
    const { config } = await validConfig(context)
    const request = {
      runId: requireRunId(options),
      mode: 'takeover',
      ttlMs: options.ttl ?? config.lease.commandTtlMs,
      process: workerOf(options.workerPid),
      expectedToken: options.expectedToken,
      force: options.force,
      reason: options.reason,
    } as const
    const ask = await prepareClaim(options, request, context)
    return named(await ask(), options)
  },
  text: sayClaim,
})

await runIfMain(import.meta.url, command)
