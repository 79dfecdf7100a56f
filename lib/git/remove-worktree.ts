/**
 * Takes a worktree away once it is proved that nothing in it would be lost.
 *
 * Proof means: nothing modified, untracked, stashed or half merged, and every commit is on the remote,
 * asked for now, or was merged by the forge. git checks the files once more as it removes them, because
 * somebody may write between the proof and the removal. Ignored files go: ignoring them says that they
 * can be made again.
 */
import { accept, type Outcome, refuse } from '../outcome.ts'
import { listWorktrees, type OwnedWorktree } from './list-worktrees.ts'
import { freshen, hasCommit, isAncestor, readCommit } from './remote.ts'
import { type GitAccess, readGitLine, runGit } from './run.ts'
import { readStatus, readUnfinished } from './status.ts'

export interface RemovalRequest extends GitAccess {
  readonly repoDir: string
  readonly path: string
  /** Default: the one recorded for the worktree, else `origin`. */
  readonly remote?: string
  /** The branch that the work was merged into. Default: the one recorded for the worktree. */
  readonly base?: string
  /** The head that the forge says it merged: a squashed merge leaves the commits on no branch. */
  readonly landedHead?: string | null
  /** Delete the local branch too; only done when a run made the worktree. */
  readonly deleteBranch?: boolean
  /** Only say what would be done. */
  readonly dryRun?: boolean
}

/** What was found to be true before anything was removed. */
export interface RemovalProof {
  readonly path: string
  /** False when there was nothing to remove. */
  readonly removed: boolean
  readonly branch: string | null
  readonly head: string | null
  readonly clean: true
  readonly pushed: boolean
  /** Where the commits are safe. `nothing_to_lose`: the worktree was gone already. */
  readonly safeOn: 'remote_branch' | 'base_branch' | 'merged_by_forge' | 'nothing_to_lose'
  readonly branchDeleted: boolean
}

export interface Unsaved {
  readonly modified: readonly string[]
  readonly untracked: readonly string[]
  readonly conflicted: readonly string[]
  readonly unfinished: readonly string[]
  readonly stashes: number
  /** Commits that are on no branch of the remote that was asked; `null`: their number is not known. */
  readonly unpushed: number | null
}

/**
 * @returns the proof; refused `worktree_dirty` with everything that would be lost, or
 *   `precondition_failed` when the folder is not a worktree that may be removed
 * @throws GitError also when the remote cannot be asked: nothing is removed then
 */
export async function removeWorktree(request: RemovalRequest): Promise<Outcome<RemovalProof, { unsaved?: Unsaved }>> {
  const options = { ...request, cwd: request.repoDir }
  const entry = (await listWorktrees(options)).find(({ path }) => path === request.path)
  const refused = entry ? refuseSpecial(entry) : null
  if (refused) return refused
  if (!entry || entry.prunable) return await forget(request)

  const { head, branch } = await readStatus({ ...request, cwd: entry.path })
  const safeOn = await findSafePlace(head, entry, request)
  const unsaved = await readUnsaved(entry, { head, safe: safeOn !== null }, request)
  if (safeOn === null || hasUnsaved(unsaved)) return refuseDirty(entry.path, unsaved)

  if (request.dryRun !== true) await runGit(['worktree', 'remove', '--', entry.path], options)
  const branchDeleted = request.dryRun !== true && (await deleteBranch(entry, head, request))
  const removed = request.dryRun !== true
  return accept({
    path: entry.path,
    removed,
    branch,
    head,
    clean: true,
    pushed: safeOn === 'remote_branch',
    safeOn,
    branchDeleted,
  })
}

function refuseSpecial(entry: OwnedWorktree) {
  if (entry.main)
    return refuse('precondition_failed', `${entry.path} is the repository's own checkout; it is never removed`)
  if (entry.locked) return refuse('precondition_failed', `${entry.path} is locked; unlock it with git worktree unlock`)
  return null
}

async function forget(request: RemovalRequest): Promise<Outcome<RemovalProof>> {
  const { path } = request
  const { exists } = await folderState(path)
  if (exists)
    return refuse('precondition_failed', `${path} is no worktree of this repository; nothing was removed`, { path })

  if (request.dryRun !== true) await runGit(['worktree', 'prune'], { ...request, cwd: request.repoDir })
  return accept({
    path,
    removed: false,
    branch: null,
    head: null,
    clean: true,
    pushed: false,
    safeOn: 'nothing_to_lose',
    branchDeleted: false,
  })
}

async function folderState(path: string): Promise<{ exists: boolean }> {
  const { lstat } = await import('node:fs/promises')
  return await lstat(path).then(
    () => ({ exists: true }),
    () => ({ exists: false }),
  )
}

/** @returns the place that holds every commit of `head`, or `null` when none is known to */
async function findSafePlace(head: string | null, entry: OwnedWorktree, request: RemovalRequest) {
  if (head === null) return null
  const options = { ...request, cwd: request.repoDir }
  const { landedHead } = request
  if (landedHead && (await hasCommit(landedHead, options)) && (await isAncestor(head, landedHead, options))) {
    return 'merged_by_forge'
  }

  const branch = entry.branch ?? entry.owner?.branch
  const base = request.base ?? entry.owner?.base
  const names = [branch, base].filter((name) => name !== undefined)
  const { heads } = await freshen(names, { ...options, remote: request.remote ?? entry.owner?.remote ?? 'origin' })
  for (const [name, place] of [
    [branch, 'remote_branch'],
    [base, 'base_branch'],
  ] as const) {
    const at = name === undefined ? undefined : heads.get(name)
    if (at !== undefined && (await isAncestor(head, at, options))) return place
  }
  return null
}

async function readUnsaved(
  entry: OwnedWorktree,
  { head, safe }: { head: string | null; safe: boolean },
  request: RemovalRequest,
): Promise<Unsaved> {
  const options = { ...request, cwd: entry.path }
  const { modified, untracked, conflicted } = await readStatus(options)
  return {
    modified,
    untracked,
    conflicted,
    unfinished: await readUnfinished(options),
    stashes: await countStashes(entry.branch, options),
    unpushed: safe ? 0 : await countUnpushed(head, options),
  }
}

/** Stashes belong to the whole repository; git notes the branch that each was made on. */
async function countStashes(branch: string | null, options: GitAccess & { cwd: string }): Promise<number> {
  if (branch === null) return 0
  const { stdout } = await runGit(['stash', 'list', '-z', '--format=%gs'], options)
  return stdout.split('\0').filter((line) => line.startsWith(`WIP on ${branch}:`) || line.startsWith(`On ${branch}:`))
    .length
}

/** Without the remote's word the best known is what other refs here lack. */
async function countUnpushed(head: string | null, options: GitAccess & { cwd: string }): Promise<number | null> {
  if (head === null) return null
  const { stdout, exitCode } = await runGit(['rev-list', '--count', head, '--not', '--remotes'], {
    ...options,
    okCodes: [0, 128],
  })
  return exitCode === 0 ? Number(stdout) : null
}

function hasUnsaved({ modified, untracked, conflicted, unfinished, stashes }: Unsaved): boolean {
  return modified.length + untracked.length + conflicted.length + unfinished.length + stashes > 0
}

function refuseDirty(path: string, unsaved: Unsaved) {
  const found = describe(unsaved)
  return refuse('worktree_dirty', `${path} still holds ${found}; commit and push, or delete it by hand`, {
    path,
    unsaved,
  })
}

function describe({ modified, untracked, conflicted, unfinished, stashes, unpushed }: Unsaved): string {
  const counts = [
    [modified.length, 'modified'],
    [untracked.length, 'untracked'],
    [conflicted.length, 'in conflict'],
    [stashes, 'stashed'],
    [unpushed ?? 'an unknown number of', 'commits that the remote lacks'],
  ] as const
  const named = counts.filter(([count]) => count !== 0).map(([count, what]) => `${count} ${what}`)
  return [...named, ...unfinished.map((operation) => `an unfinished operation (${operation})`)].join(', ')
}

async function deleteBranch(entry: OwnedWorktree, head: string | null, request: RemovalRequest): Promise<boolean> {
  const { branch, owner } = entry
  if (request.deleteBranch !== true || branch === null || head === null || owner?.branch !== branch) return false
  const options = { ...request, cwd: request.repoDir }
  if ((await readCommit(`refs/heads/${branch}`, options)) !== head) return false
  // The old value is stated, so a commit that arrived meanwhile keeps its branch.
  await runGit(['update-ref', '-d', `refs/heads/${branch}`, head], options)
  return (await readGitLine(['for-each-ref', '--format=%(refname)', `refs/heads/${branch}`], options)) === ''
}
