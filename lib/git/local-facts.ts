/**
 * Observes one branch: the worktree, its commits, and what the remote says of it.
 *
 * What cannot be observed is `null`, and the rest is still told: a remote that does not answer takes
 * nothing away from what is known of the worktree.
 */
import { GitError } from '../errors.ts'
import { type LocalFacts, type StrayedBranch, unknownLocalFacts } from '../facts/local.ts'
import { findUndone } from './foreign.ts'
import { readGitFolder, readOwner } from './list-worktrees.ts'
import { freshen, isAncestor, readCommit, readMergeBase } from './remote.ts'
import { type GitAccess, readGitLine } from './run.ts'
import { readStatus, readUnfinished } from './status.ts'

export interface LocalFactsRequest extends GitAccess {
  /** Any folder of the repository; where commits are read when there is no worktree. */
  readonly repoDir: string
  readonly worktree: string | null
  readonly branch: string
  readonly base: string
  /** Default: `origin`. */
  readonly remote?: string
  /** What agents pushed on their own; asked about with the rest. */
  readonly strayed?: readonly StrayedBranch[]
  /** Ask the remote; without it everything about the remote stays unknown. */
  readonly fresh: boolean
  readonly remoteTimeoutMs?: number
}

/** Never throws for what git or the remote could not answer; only for bugs. */
export async function readLocalFacts(request: LocalFactsRequest): Promise<LocalFacts> {
  const options = { ...request, cwd: request.worktree ?? request.repoDir }
  const [local, remote, head] = await Promise.all([
    readWorktree(request),
    readRemoteFacts(request),
    known(() => readCommit(`refs/heads/${request.branch}`, options)),
  ])

  const facts = { ...unknownLocalFacts(request.branch, request.base), ...local, ...remote, head }
  return { ...facts, ...(await compare(facts, options)) }
}

async function readWorktree({ worktree, ...request }: LocalFactsRequest): Promise<Partial<LocalFacts>> {
  if (worktree === null) return {}
  const options = { ...request, cwd: worktree }
  const status = await known(() => readStatus(options))
  if (status === null) return {}

  const unfinished = await known(async () => (await readUnfinished(options)).length > 0)
  return {
    worktree,
    checkedOut: status.branch,
    dirty: status.modified.length + status.conflicted.length > 0 || unfinished,
    untracked: status.untracked.length,
    conflicted: status.conflicted,
    unfinished,
  }
}

async function readRemoteFacts(request: LocalFactsRequest): Promise<Partial<LocalFacts>> {
  if (!request.fresh) return {}
  const { remoteTimeoutMs: timeoutMs } = request
  const options = { ...request, cwd: request.repoDir, remote: request.remote ?? 'origin' }
  const asked = timeoutMs === undefined ? options : { ...options, timeoutMs }
  const strayed = request.strayed ?? []
  const branches = [request.base, request.branch, ...strayed.map(({ branch }) => branch)]
  const state = await known(() => freshen(branches, asked))
  if (state === null) return {}
  return {
    baseHead: state.heads.get(request.base) ?? null,
    remoteHead: state.heads.get(request.branch) ?? 'absent',
    strayed: strayed.filter(({ branch, head }) => state.heads.get(branch) === head).map(({ branch }) => branch),
  }
}

type Options = GitAccess & { cwd: string }

async function compare(facts: LocalFacts, options: Options): Promise<Partial<LocalFacts>> {
  const { head, baseHead, remoteHead } = facts
  if (head === null) return { pushed: remoteHead === 'absent' ? false : null }

  const [aheadOfRemote, fromBase, remoteHeadIsAncestor, related, revertsForeign] = await Promise.all([
    remoteHead === 'absent' ? null : readDistance(remoteHead, head, options),
    readDistance(baseHead, head, options),
    remoteIsPart(facts, head, options),
    isRelated(facts, head, options),
    undoesForeign(facts, head, options),
  ])
  const pushed = remoteHead === null ? null : remoteHead === head
  const { ahead: aheadOfBase = null, behind: behindBase = null } = fromBase ?? {}
  const ahead = remoteHead === 'absent' ? aheadOfBase : (aheadOfRemote?.ahead ?? null)
  return { pushed, ahead, aheadOfBase, behindBase, remoteHeadIsAncestor, related, revertsForeign }
}

interface Distance {
  /** Commits of the head that the other lacks. */
  readonly ahead: number
  readonly behind: number
}

async function readDistance(other: string | null, head: string, options: Options): Promise<Distance | null> {
  if (other === null) return null
  if (other === head) return { ahead: 0, behind: 0 }
  const counted = await known(() => readGitLine(['rev-list', '--left-right', '--count', `${head}...${other}`], options))
  const [ahead, behind] = (counted ?? '').split('\t').map(Number)
  return ahead === undefined || behind === undefined ? null : { ahead, behind }
}

async function remoteIsPart({ remoteHead }: LocalFacts, head: string, options: Options): Promise<boolean | null> {
  if (remoteHead === null) return null
  return remoteHead === 'absent' ? true : await known(() => isAncestor(remoteHead, head, options))
}

async function isRelated(
  { baseHead, remoteHead }: LocalFacts,
  head: string,
  options: Options,
): Promise<boolean | null> {
  const others = remoteHead === 'absent' ? [baseHead] : [baseHead, remoteHead]
  const shared = await Promise.all(
    others.map((other) =>
      other === null ? null : known(async () => (await readMergeBase(other, head, options)) !== null),
    ),
  )
  if (shared.includes(false)) return false
  return shared.includes(null) ? null : true
}

async function undoesForeign(facts: LocalFacts, head: string, options: Options): Promise<boolean | null> {
  const { remoteHead, baseHead } = facts
  if (remoteHead === 'absent') return false
  if (remoteHead === null || baseHead === null) return null

  return await known(async () => {
    const adopted = (await readOwner(await readGitFolder(options)))?.adopted ?? []
    const undone = await findUndone({ baseHead, remoteHead, head, adopted }, options)
    return undone === null ? null : undone.length > 0
  })
}

async function known<Value>(read: () => Promise<Value>): Promise<Value | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof GitError) return null
    throw error
  }
}
