#!/usr/bin/env node
// Scripts written for the predecessor ask by this name whether a run was left behind.
import { defineCommand, number, runId, runIfMain, targetOptions } from '../lib/command/index.ts'

export const command = defineCommand({
  name: 'detect-stale-runner',
  summary: "Answer whether a pull request's owner was left behind, under the predecessor's name.",
  aliasOf: ['ownership status'],
  details:
    'A claim with a lease or process is stale once its end is proved, whatever its age. With a run named, it is first asked whether that run is the owner.',
  writes: "nothing but since when this host has seen another machine's lease unchanged",
  options: {
    repo: targetOptions.repo.describe('Repository of the pull request').required(),
    pr: targetOptions.pr.required(),
    runId,
    staleRunnerMaxAgeMs: number().describe(
      'Milliseconds after which a claim without lease and process is stale (default: $PI_DEV_LOOP_STALE_RUNNER_MAX_AGE_MS, 1800000)',
    ),
  },
  answers: [
    'fresh_runner',
    'no_owner_record (never claimed, or released)',
    'refused: stale_runner, exit_signal_recorded, ownership_lost (the named run is not the owner)',
  ],
  output: {
    status: 'one of the answers',
    activeRun: 'runId, claimedAt, updatedAt of the owner, or null',
    staleRunner: 'when stale: runId, claimedAt, updatedAt, their ages, maxAgeMs, reason',
    maxAgeMs: 'term of the lease, else the limit of age; null: the claim ends with its process',
    alive: 'alive, ended (proved) or unknown; null: nobody holds it',
    token: 'what a takeover names as expected token',
    exitSignals: 'requests that this owner stop',
    staleRunnerCheck: 'ok, and one sentence for each failure',
    filePath: 'folder of the record',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops detect-stale-runner --repo acme/api --pr 88'],
  run: async ({ repo, pr, runId, staleRunnerMaxAgeMs }, { env, cwd }) => {
    const { runDetectStaleRunner } = await import('../lib/ownership/stale/facade.ts')
    return runDetectStaleRunner({ repo, pr, runId, staleRunnerMaxAgeMs }, { env, cwd })
  },
  text: (answer) => (answer.ok ? `${answer.status}  ${answer.repo}#${answer.pr}` : answer.message),
})

await runIfMain(import.meta.url, command)
