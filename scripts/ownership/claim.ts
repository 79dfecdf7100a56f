#!/usr/bin/env node
// Taking a target is the first thing every worker does; nothing else may write to a PR without it.
import { adviseStore } from '../../lib/command/advice.ts'
import { defineCommand, duration, flag, needs, number, runIfMain } from '../../lib/command/index.ts'
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
import { untilGranted } from '../../lib/command/ownership/wait.ts'
import { validConfig } from '../../lib/command/services.ts'

export const command = defineCommand({
  name: 'ownership claim',
  summary: 'Take a target for this run, or learn who holds it.',
  details: 'The head branch of a pull request is taken with it. Nothing is taken when either is refused.',
  writes:
    'one record of the store for the target and one for its branch; on the head of a pull request the commit status dev-loops/owner',
  options: {
    ...runOptions,
    ttl: duration().describe('How long the lease lasts without renewal, such as 90s (default: lease.commandTtl, 15m)'),
    workerPid: number().describe('Process that works as this run; the claim ends when it dies'),
    wait: flag().describe('Stay and ask again until the target is free'),
    waitLimit: duration().default('1h').describe('How long to stay with --wait'),
  },
  rules: [oneSubject, needs('waitLimit', 'wait')],
  answers: [
    'claimed_new',
    'refreshed (this run held it)',
    'refused: active_run_exists, run_id_required, target_not_found',
  ],
  output: {
    ...answerFields,
    holder: 'when refused: who holds it, with alive and endsInMs',
    freeForYouInMs: 'when refused: until this host may have it; null: not by itself',
    observedForMs: 'when refused: how long a lease of another machine was watched from here',
    advice: 'in a container or CI: what to do where others would not see this claim',
  },
  exits: [0, 2, 3, 5, 11],
  examples: [
    'dev-loops ownership claim --repo acme/api --pr 88 --run-id r-7f3a',
    'dev-loops ownership claim --issue 12 --run-id r-7f3a --wait --wait-limit 10m',
  ],
  run: async (options, context) => {
    const { config } = await validConfig(context)
    const request = {
      runId: requireRunId(options),
      mode: 'claim',
      ttlMs: options.ttl ?? config.lease.commandTtlMs,
      process: workerOf(options.workerPid),
    } as const
    const ask = await prepareClaim(options, request, context)
    const answer = options.wait ? await untilGranted(ask, options.waitLimit, context) : await ask()
    const advice = answer.ok ? adviseStore(answer.scope, context.env) : null
    return { ...named(answer, options), ...(advice === null ? {} : { advice }) }
  },
  text: (answer) => [sayClaim(answer), ...('advice' in answer ? [`advice    ${answer.advice}`] : [])].join('\n'),
})

await runIfMain(import.meta.url, command)
