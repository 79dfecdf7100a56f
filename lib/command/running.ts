/**
 * Opens what a step needs beyond the decision: the agents' setting, git, and a place for their logs.
 */
import { join } from 'node:path'
import type { Preference } from '../config/schema.ts'
import type { GateSetting } from '../dispatch/gate/run-gate.ts'
import { DevLoopsError } from '../errors.ts'
import type { GitHubClient } from '../github/client.ts'
import { readViewerLogin } from '../github/viewer.ts'
import { formatTarget, type Target } from '../target.ts'
import { type Asking, checkoutOf, openGit } from './asking.ts'
import type { CommandContext } from './define.ts'
import { clientFor } from './github-client.ts'
import { type Acting, stateLocation, type TargetWords } from './services.ts'

/** Logs and results of agents: beside the records, one folder per run. */
export async function logFolder(
  runId: string,
  words: TargetWords,
  target: Target,
  context: CommandContext,
): Promise<string> {
  const { folder } = await stateLocation(target, words, context)
  return join(folder, 'runs', runId)
}

/** @throws DevLoopsError `not_a_checkout` when the command does not stand in a checkout of the repository */
export function requireCheckout(target: Target, context: CommandContext): string {
  const repoDir = checkoutOf(target.repo, context)
  if (repoDir !== null) return repoDir
  throw new DevLoopsError(
    'not_a_checkout',
    `this needs a checkout of ${target.repo}; change into one whose remote is that repository (asked for ${formatTarget(target)})`,
  )
}

export async function openGate(
  { loaded, sources }: Asking,
  acting: Acting,
  words: TargetWords,
  context: CommandContext,
): Promise<GateSetting> {
  const repoDir = requireCheckout(acting.target, context)
  return {
    acting,
    client: sources.client,
    judgeClient: judgeClientFor(context, loaded.config.github),
    readLogin: (client) => readViewerLogin(client, context.signal),
    agents: loaded.config.agents,
    repoDir,
    git: await openGit(repoDir, context),
    folder: await logFolder(acting.runId, words, acting.target, context),
    env: context.env,
    signal: context.signal,
    progress: (line) => context.progress(line),
  }
}

/** Only the gate's own process knows this token; agents and the worker's commands never see it. */
function judgeClientFor(context: CommandContext, github: Preference['github']): GitHubClient | null {
  const token = context.env.DEV_LOOPS_VERDICT_TOKEN?.trim()
  return token ? clientFor(token, github, context) : null
}
