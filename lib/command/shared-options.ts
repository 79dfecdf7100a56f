/** Options that many commands have, described once. */
import { flag, number, path, runIdentifier, slug } from './options.ts'

const repo = slug().describe('Repository of the target (default: origin of this checkout)')

export const stateDir = path('<folder>')
  .env('DEV_LOOPS_STATE_DIR')
  .describe('Folder of the records, instead of the one that belongs to this checkout')

export const runId = runIdentifier().env('DEV_LOOPS_RUN_ID', 'PI_SUBAGENT_RUN_ID').describe('Run that acts')

/** A pull request or an issue; add `exactlyOneOf('pr', 'issue')` to the rules. */
export const targetOptions = {
  repo,
  pr: number().describe('Pull request'),
  issue: number().describe('Issue'),
  stateDir,
}

export const dryRun = flag().describe('Say what would be done, and do nothing')
