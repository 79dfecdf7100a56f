/**
 * Where the work of a target is done: its branch, its base, the remote that holds the branch, and the
 * worktree here. From one observation, as `next` makes it.
 */

import { gather } from '../../dispatch/gather.ts'
import { listWorktrees, type OwnedWorktree } from '../../git/list-worktrees.ts'
import { readRemoteUrl } from '../../git/remote.ts'
import type { GitAccess } from '../../git/run.ts'
import { worktreePath } from '../../git/worktree-location.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import { accept, type Outcome, refuse } from '../../outcome.ts'
import { holdWithBranch } from '../../ownership/claim-with-branch.ts'
import { readOwnership } from '../../ownership/service.ts'
import { formatTarget, type NumberedTarget } from '../../target.ts'
import { openAsking, openGit } from '../asking.ts'
import type { CommandContext } from '../define.ts'
import { requireCheckout } from '../running.ts'
import { openOwnership, type TargetWords } from '../services.ts'

export interface WorkplaceWords extends TargetWords {
  readonly runId?: string | undefined
  readonly allowFork?: boolean | undefined
}

export interface Workplace {
  readonly target: NumberedTarget
  readonly input: DecisionInput
  /** Any folder of the repository; never the worktree that may go away. */
  readonly repoDir: string
  readonly git: GitAccess
  readonly branch: string
  readonly base: string
  /** `origin`, or the address of a fork. */
  readonly remote: string
  /** Slug of the repository that the branch is in. */
  readonly branchRepo: string
  readonly fork: { readonly allowed: boolean; readonly maintainerCanModify: boolean } | null
  /** The head that was merged, once it was. */
  readonly landedHead: string | null
  readonly open: boolean
  /** The worktree that a run made for the branch. */
  readonly worktree: OwnedWorktree | null
  /** Where it is to be made. */
  readonly path: string
  /** How long a push may take, in milliseconds. */
  readonly deadlineMs: number
}

/** @returns a refusal `target_not_found`, or `fork_not_allowed` without `--allow-fork` */
export async function openWorkplace(words: WorkplaceWords, context: CommandContext): Promise<Outcome<Workplace>> {
  const { target, sources, loaded } = await openAsking(words, context)
  const checkout = requireCheckout(target, context)
  const { input, branch } = await gather(target, sources)
  const found = describeSubject(input)
  if (found === null || branch === null || found.base === null) {
    return refuse('target_not_found', `${formatTarget(target)} was not found; look at the number`)
  }

  const git = await openGit(checkout, context)
  const remote = await remoteFor(found.forkSlug, { ...git, cwd: checkout })
  const fork = found.isFork
    ? { allowed: words.allowFork ?? false, maintainerCanModify: found.maintainerCanModify }
    : null
  if (remote === null || fork?.allowed === false) return refuseFork(target, remote)

  const worktrees = await listWorktrees({ ...git, cwd: checkout })
  const place = { host: target.host, repo: target.repo, branch, worktreeDir: loaded.config.worktree.dir, checkout }
  return accept({
    target: input.target,
    input,
    repoDir: worktrees.find(({ main }) => main)?.path ?? checkout,
    git,
    branch,
    base: found.base,
    remote,
    branchRepo: found.forkSlug ?? target.repo,
    fork,
    landedHead: found.landedHead,
    open: found.open,
    worktree: worktrees.find(({ owner }) => owner?.branch === branch) ?? null,
    path: worktreePath(place, context.env),
    deadlineMs: loaded.config.github.requestTimeoutMs,
  })
}

/**
 * Holds the branch along with the target: issue, pull request and plain pushes meet in its record.
 *
 * @returns the token of the claim on the branch; the refusal when another run holds it
 */
export async function holdBranch(
  { target, branch, branchRepo }: Workplace,
  runId: string,
  words: TargetWords,
  context: CommandContext,
): Promise<Outcome<number>> {
  const ownership = await openOwnership(target, words, context)
  const held = (await readOwnership(target, ownership)).record?.activeRun
  const request = { runId, mode: 'claim', ttlMs: held?.lease?.ttlMs ?? null, process: held?.process } as const
  return holdWithBranch(target, { repo: branchRepo, branch }, request, ownership)
}

interface Subject {
  readonly base: string | null
  readonly open: boolean
  readonly isFork: boolean
  /** `null`: the branch is in the target's own repository, or the fork is gone. */
  readonly forkSlug: string | null
  readonly maintainerCanModify: boolean
  readonly landedHead: string | null
}

function describeSubject({ facts }: DecisionInput): Subject | null {
  if (facts.kind === 'issue') {
    const own = { isFork: false, forkSlug: null, maintainerCanModify: false, landedHead: null }
    const { issue, repository } = facts
    return issue === null ? null : { ...own, base: repository.defaultBranch, open: issue.state === 'OPEN' }
  }
  const { pr } = facts
  if (pr === null) return null
  return {
    base: pr.base.branch,
    open: pr.state === 'OPEN',
    isFork: pr.isCrossRepository,
    forkSlug: pr.isCrossRepository ? (pr.head.repo?.toLowerCase() ?? '') : null,
    maintainerCanModify: pr.maintainerCanModify,
    landedHead: pr.state === 'MERGED' ? pr.head.sha : null,
  }
}

/** @returns `null` when the fork is gone, or nothing tells its address */
async function remoteFor(forkSlug: string | null, git: GitAccess & { cwd: string }): Promise<string | null> {
  if (forkSlug === null) return 'origin'
  const url = await readRemoteUrl('origin', git)
  if (forkSlug === '' || url === null || !/^https?:/.test(url)) return null
  return new URL(`/${forkSlug}.git`, url).href
}

function refuseFork(target: NumberedTarget, remote: string | null) {
  const name = formatTarget(target)
  return remote === null
    ? refuse(
        'fork_not_allowed',
        `the fork that ${name} comes from cannot be reached from this checkout; leave it to its author`,
      )
    : refuse('fork_not_allowed', `${name} comes from a fork; add --allow-fork to work on other people's repositories`)
}
