#!/usr/bin/env node
// `run` does this by itself; here for other programs that work on a repository.
import {
  atMostOneOf,
  defineCommand,
  duration,
  number,
  runId,
  runIfMain,
  targetOptions,
  text,
} from '../../lib/command/index.ts'
import { workerOf } from '../../lib/command/ownership/subject.ts'
import { validConfig } from '../../lib/command/services.ts'
import {
  describeWorker,
  openWorkers,
  placeFields,
  placeOptions,
  workerFields,
} from '../../lib/command/worker/workers.ts'
import { describeSelf } from '../../lib/dispatch/workers/describe-self.ts'
import { registerWorker } from '../../lib/dispatch/workers/service.ts'
import { formatTarget } from '../../lib/target.ts'

const { pr, issue } = targetOptions

export const command = defineCommand({
  name: 'worker register',
  summary: 'Put a process on the list of workers of a repository.',
  details: 'It gives no right to anything: claim a target for that. The same process and run is registered once.',
  writes: 'one record of the store; nothing on GitHub',
  options: {
    ...placeOptions,
    workerPid: number().required().describe('The process that works; it must live'),
    runId,
    pr: pr.describe('Pull request that it works on, for people to see'),
    issue: issue.describe('Issue that it works on, for people to see'),
    task: text().default('worker').describe('What it does, such as run or conductor, for people to see'),
    ttl: duration().describe('How long it may stay silent without being called so (default: lease.commandTtl, 15m)'),
  },
  rules: [atMostOneOf('pr', 'issue')],
  answers: ['registered', 'refreshed (it was on the list)'],
  output: { id: 'name it in heartbeats, and at the end', command: workerFields.command, ...placeFields },
  exits: [0, 2, 5],
  examples: ['dev-loops worker register --repo acme/api --worker-pid $$ --run-id r-7f3a'],
  run: async (options, context) => {
    const { config } = await validConfig(context)
    const { place, context: ownership, where } = await openWorkers(options, context)
    const number = options.pr ?? options.issue
    const registration = {
      ...describeSelf(context),
      process: workerOf(options.workerPid),
      ttlMs: options.ttl ?? config.lease.commandTtlMs,
      task: {
        command: options.task,
        runId: options.runId ?? null,
        target: number === undefined ? null : formatTarget({ ...place, number }),
      },
    }
    const { status, worker } = await registerWorker(place, registration, ownership)
    return { ok: true, status, ...describeWorker(worker), ...where } as const
  },
  text: ({ status, id }) => `${status}  ${id}`,
})

await runIfMain(import.meta.url, command)
