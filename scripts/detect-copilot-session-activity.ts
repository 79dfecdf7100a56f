#!/usr/bin/env node
// Scripts written for the predecessor ask by this name whether Copilot's coding agent works on a branch.
import { branch, count, defineCommand, runIfMain, targetOptions } from '../lib/command/index.ts'

export const command = defineCommand({
  name: 'detect-copilot-session-activity',
  summary: "Say whether Copilot's coding agent is at work on a branch, from its newest workflow runs.",
  aliasOf: ['next'],
  details: 'One request.',
  writes: 'nothing',
  options: {
    repo: targetOptions.repo,
    branch: branch().required().describe('Branch that it may work on'),
    limit: count().default('20').describe('How many of the newest runs are looked at, 1 to 100'),
  },
  answers: [
    'activity active|concluded|idle|unknown (older runs were not looked at)',
    'refused: still_waiting with the quotas spent',
  ],
  output: {
    activity: 'one of the answers',
    runId: 'the newest session, or null; runName, runStatus, runConclusion, runCreatedAt beside it',
    branch: 'the branch',
    confidence: 'high; low: told by its display name only',
  },
  exits: [0, 2, 3, 4, 5],
  examples: ['dev-loops detect-copilot-session-activity --repo acme/api --branch copilot/fix-12'],
  run: async (options, context) => {
    const { detectSession } = await import('../lib/command/detect/session.ts')
    const { orStillWaiting } = await import('../lib/command/detect/still-waiting.ts')
    return orStillWaiting(() => detectSession(options, context))
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    return `${answer.activity}  ${answer.branch}${answer.runName === null ? '' : `: ${answer.runName}`}`
  },
})

await runIfMain(import.meta.url, command)
