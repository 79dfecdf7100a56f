#!/usr/bin/env node
// Scripts written for the predecessor call ownership by this name, with the step as a word.
import { choice, defineCommand, flag, runId, runIfMain, targetOptions } from '../lib/command/index.ts'

export const command = defineCommand({
  name: 'pr-runner-coordination',
  summary: "Claim, take over, confirm, release or show a pull request's owner under the predecessor's name.",
  aliasOf: ['ownership status', 'ownership claim', 'ownership takeover', 'ownership assert', 'ownership release'],
  details:
    'Its claims have neither lease nor process, so they end by release or takeover only. A takeover is refused while a lease or process protects the claim.',
  writes: 'one record of the store, except for status; nothing on GitHub',
  options: {
    command: choice(['status', 'claim', 'takeover', 'assert', 'release']).required().describe('What to do'),
    repo: targetOptions.repo.describe('Repository of the pull request').required(),
    pr: targetOptions.pr.required(),
    runId,
    requireExisting: flag().describe('With assert: refuse when nobody holds it'),
  },
  firstWord: 'command',
  answers: [
    'claimed_new',
    'refreshed',
    'taken_over',
    'owner_confirmed',
    'no_owner_record',
    'released',
    'release_noop',
    'refused: run_id_required, active_run_exists, lease_active, ownership_lost, ownership_missing',
  ],
  output: {
    status: 'what happened; not with status, which answers command, repo, pr, filePath and state',
    activeRun: 'runId, claimedAt, updatedAt of the owner, or null',
    previousRun: 'who held it before, or null',
    exitSignals: 'requests to stop',
    token: 'fencing token; rises with each change of owner',
    filePath: 'folder of the record',
  },
  exits: [0, 2, 3, 5],
  examples: ['dev-loops pr-runner-coordination claim --repo acme/api --pr 88 --run-id r-7f3a'],
  run: async ({ command, repo, pr, runId, requireExisting }, { env, cwd }) => {
    const { runPrRunnerCoordination } = await import('../lib/ownership/predecessor-command.ts')
    return runPrRunnerCoordination({ command, repo, pr, runId, requireExisting }, { env, cwd })
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const run = 'state' in answer ? answer.state?.activeRun : answer.activeRun
    const held = run ? `run ${run.runId} holds it` : 'nobody holds it'
    return `${'status' in answer ? answer.status : answer.command}  ${answer.repo}#${answer.pr}: ${held}`
  },
})

await runIfMain(import.meta.url, command)
