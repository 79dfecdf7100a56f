/**
 * Which pull request an issue is to get: from the issue by its number, the record of its work, and what
 * the caller gave.
 */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import type { GitHubClient } from '../../github/client.ts'
import type { NewPullRequest } from '../../github/effects/create-draft-pull-request.ts'
import type { NumberedTarget } from '../../target.ts'
import type { CommandContext } from '../define.ts'
import { loadedConfig, openOwnership, resolveTarget, type TargetWords } from '../services.ts'

/** As long as GitHub allows a title to be. */
const MOST_TITLE_CHARACTERS = 256

export interface PullRequestWords extends TargetWords {
  readonly branch?: string | undefined
  readonly base?: string | undefined
  readonly title?: string | undefined
  readonly bodyFile?: string | undefined
}

/** @throws GitHubError `target_not_found` when the number is not an issue's */
export async function plannedPullRequest(
  words: PullRequestWords,
  client: GitHubClient,
  context: CommandContext,
): Promise<NewPullRequest> {
  const { readIssue } = await import('../../github/read-issue.ts')
  const target = resolveTarget(words, context)
  const issue = await readIssue(target, client, context.signal)
  return {
    repo: target.repo,
    branch: words.branch ?? (await branchOf(target, words, context)),
    base: words.base ?? null,
    title: (words.title ?? issue.title).slice(0, MOST_TITLE_CHARACTERS),
    body: [`Closes #${issue.number}`, await readText(words.bodyFile, context)].filter(Boolean).join('\n\n'),
  }
}

/** The branch that the run noted for the issue, else the one that a worktree for it would get. */
async function branchOf(target: NumberedTarget, words: TargetWords, context: CommandContext): Promise<string> {
  const { readOwnership } = await import('../../ownership/service.ts')
  const { parseWork } = await import('../../sessions/work.ts')
  const { branchNameFor } = await import('../../git/branch-name.ts')
  const { record } = await readOwnership(target, await openOwnership(target, words, context))
  const noted = parseWork(record?.work ?? null).branch
  if (noted !== null) return noted
  const { config } = await loadedConfig(context)
  return branchNameFor({ prefix: config.branch.prefix, issue: target.number })
}

async function readText(file: string | undefined, { cwd }: CommandContext): Promise<string> {
  if (file === undefined) return ''
  try {
    return (await readFile(resolve(cwd, file), 'utf8')).trim()
  } catch (cause) {
    throw new UsageError('invalid_value', `${file} cannot be read; give a readable text file`, { file }, { cause })
  }
}
