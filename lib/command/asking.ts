/**
 * Opens everything that a decision is made from, for `next`, `run` and the gates.
 */

import { findCommonGitDir } from '../checkout.ts'
import type { LoadedConfig } from '../config/resolved.ts'
import type { AskedTarget, LocalQuestion, Sources } from '../dispatch/gather.ts'
import { endpointFor, gitOrigin } from '../endpoint.ts'
import { GitError } from '../errors.ts'
import type { LocalFacts } from '../facts/local.ts'
import { accessFor } from '../git/credentials.ts'
import { listWorktrees } from '../git/list-worktrees.ts'
import { readLocalFacts } from '../git/local-facts.ts'
import { type GitAccess, readGitLine } from '../git/run.ts'
import { readStatus } from '../git/status.ts'
import type { Purpose } from '../github/quota/ledger.ts'
import { readToken } from '../github/token.ts'
import { readOwnership } from '../ownership/service.ts'
import { hasRemote } from '../store/remotes.ts'
import type { CommandContext } from './define.ts'
import { keepFacts, openFacts } from './keeping.ts'
import { loadedConfig, openGitHub, openOwnership, resolveTarget, type TargetWords } from './services.ts'

export interface AskingWords extends TargetWords {
  readonly runId?: string | undefined
  readonly allowFork?: boolean | undefined
  /** `observe`, unless told. */
  readonly purpose?: Purpose | undefined
}

export interface Asking {
  readonly target: AskedTarget
  readonly sources: Sources
  readonly loaded: LoadedConfig
}

export async function openAsking(words: AskingWords, context: CommandContext): Promise<Asking> {
  const target = { ...resolveTarget(words, context), kind: words.pr === undefined ? 'issue' : 'pull_request' } as const
  const loaded = await loadedConfig(context)
  const archive = await openFacts(target, words, context)
  return {
    target,
    loaded,
    sources: {
      client: await openGitHub(context),
      config: loaded.config,
      runId: words.runId ?? null,
      allowFork: words.allowFork ?? false,
      purpose: words.purpose ?? 'observe',
      signal: context.signal,
      ownership: await openOwnership(target, words, context),
      readOwnership,
      observeLocal: (asked) => observeLocal(asked, context),
      keepFacts: (input) => keepFacts(input, archive, context),
      now: () => Date.now(),
    },
  }
}

/** The checkout that the command stands in, when it is one of this repository; else `null`. */
export function checkoutOf(repo: string, context: CommandContext): string | null {
  const commonGitDir = findCommonGitDir(context.cwd)
  return commonGitDir !== null && hasRemote(commonGitDir, repo) ? context.cwd : null
}

/** The token for git, when the remote is the forge that the token belongs to. */
export async function openGit(repoDir: string, context: CommandContext): Promise<GitAccess> {
  const plain = { env: context.env, signal: context.signal }
  const endpoint = endpointFor(context.env)
  const url = await readGitLine(['remote', 'get-url', 'origin'], { ...plain, cwd: repoDir })
  const token = await readToken({ env: context.env, host: endpoint.host }).catch(() => null)
  return { ...plain, access: accessFor(url, gitOrigin(endpoint), token) }
}

async function observeLocal(asked: LocalQuestion, context: CommandContext): Promise<LocalFacts | null> {
  const repoDir = checkoutOf(asked.target.repo, context)
  if (repoDir === null || asked.base === null) return null
  const git = await openGit(repoDir, context)
  const worktrees = await listWorktrees({ ...git, cwd: repoDir })
  // The branch that it was made for: an agent may have checked out another one, which is for the facts to say.
  const own = worktrees.find(({ owner, prunable }) => owner?.branch === asked.branch && !prunable)
  const { branch, base, strayed } = asked
  const facts = await readLocalFacts({
    ...git,
    repoDir,
    worktree: own?.path ?? null,
    branch,
    base,
    strayed,
    fresh: true,
  })
  const byHand = own === undefined ? worktrees.find((entry) => entry.branch === branch && !entry.prunable) : undefined
  return byHand === undefined ? facts : { ...facts, ...(await readConflicts(byHand.path, git)) }
}

/** Conflicts in a person's own checkout of the branch; it is looked at and never worked in. */
async function readConflicts(
  cwd: string,
  git: GitAccess,
): Promise<Partial<Pick<LocalFacts, 'checkedOut' | 'conflicted'>>> {
  try {
    const { branch, conflicted } = await readStatus({ ...git, cwd })
    return { checkedOut: branch, conflicted }
  } catch (error) {
    if (error instanceof GitError) return {}
    throw error
  }
}
