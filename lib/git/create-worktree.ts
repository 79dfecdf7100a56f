/**
 * One worktree for one branch: made once, found again by whoever continues the work.
 *
 * It starts from what the remote holds at this moment, never from a local base that may be old. A branch
 * that exists here with work that the remote lacks is kept as it is. A worktree that a person made by
 * hand is never used: the loop would commit into somebody's open editor.
 */
import { readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '../make-folder.ts'
import { accept, type Outcome, refuse } from '../outcome.ts'
import { listWorktrees, type OwnedWorktree, readGitFolder, readOwner, writeOwner } from './list-worktrees.ts'
import { freshen, isAncestor, type RemoteState, readCommit } from './remote.ts'
import { type GitAccess, runGit } from './run.ts'

export interface WorktreeRequest extends GitAccess {
  /** Any folder of the repository. */
  readonly repoDir: string
  readonly branch: string
  /** The branch that the work is to be merged into. */
  readonly base: string
  readonly runId: string
  /** Where it is to lie; absolute. */
  readonly path: string
  /** Default: `origin`. */
  readonly remote?: string
  /** How long another git may take to fill the worktree before it counts as killed. */
  readonly halfMadeAfterMs?: number
}

const HALF_MADE_AFTER_MS = 30_000

export interface Worktree {
  readonly path: string
  readonly branch: string
  readonly base: string
  readonly head: string
  /** False when it was there already. */
  readonly created: boolean
  /** The run that had it before, when another continues. */
  readonly previousRunId: string | null
}

/**
 * @returns the worktree; or a refusal: `precondition_failed` when the branch is checked out by hand, the
 *   folder holds something else, or the remote has no such base
 * @throws GitError
 */
export async function createWorktree(request: WorktreeRequest): Promise<Outcome<Worktree>> {
  const path = await realParent(request.path)
  const existing = await findByBranch({ ...request, path })
  if (existing) return await reuse(existing, { ...request, path })
  if (await isOccupied(path)) {
    return refuse('precondition_failed', `${path} is not empty and is no worktree of ${request.branch}; move it away`, {
      path,
    })
  }

  const state = await freshen([request.base, request.branch], remoteRequest(request))
  const start = await chooseStart(state, request)
  if (!start.ok) return start
  await addWorktree(start.value, path, request)
  await writeOwner(await readGitFolder({ ...request, cwd: path }), {
    schemaVersion: 1,
    runId: request.runId,
    branch: request.branch,
    base: request.base,
    remote: request.remote ?? 'origin',
    startedFrom: start.value.head,
    adopted: [],
  })
  const { branch, base } = request
  return accept({ path, branch, base, head: start.value.head, created: true, previousRunId: null })
}

/** git names worktrees by their real path, so ours is compared in that form too. */
async function realParent(path: string): Promise<string> {
  makeFolder(dirname(path))
  return join(await realpath(dirname(path)), basename(path))
}

async function findByBranch(request: WorktreeRequest): Promise<OwnedWorktree | null> {
  const options = { ...request, cwd: request.repoDir }
  const found = await whenFilled(request, options)
  if (found?.initializing && found.owner === null) return await discard(found, options)
  if (!found?.prunable) return found ?? null

  // Somebody deleted the folder; git forgets it, and the branch with its commits stays.
  await runGit(['worktree', 'prune'], options)
  return null
}

/** After a restart the git of the killed run may still be at work. */
async function whenFilled(request: WorktreeRequest, options: GitAccess & { cwd: string }) {
  const until = performance.now() + (request.halfMadeAfterMs ?? HALF_MADE_AFTER_MS)
  for (;;) {
    const found = (await listWorktrees(options)).find((entry) => isOurPlace(entry, request))
    if (!found?.initializing || performance.now() >= until) return found
    await sleep(200, undefined, { signal: request.signal })
  }
}

/** Half of the files look like a commit that deletes the others. Nobody was given it, so nothing is lost. */
async function discard(entry: OwnedWorktree, options: GitAccess & { cwd: string }): Promise<null> {
  await runGit(['worktree', 'remove', '--force', '--force', '--', entry.path], options)
  return null
}

function isOurPlace(entry: OwnedWorktree, { branch, path }: WorktreeRequest): boolean {
  // A rebase or a detached head hides the branch, but the place and the owner still tell.
  return entry.branch === branch || (entry.path === path && (entry.owner?.branch ?? branch) === branch)
}

async function reuse(existing: OwnedWorktree, request: WorktreeRequest): Promise<Outcome<Worktree>> {
  // Without its file it is ours only at our own place: a run was killed between making it and naming it.
  if (existing.main || (existing.owner === null && existing.path !== request.path)) {
    const message = `${request.branch} is checked out in ${existing.path}, which no run made; switch that checkout to another branch`
    return refuse('precondition_failed', message, { path: existing.path, branch: request.branch })
  }

  const head = await readCommit(`refs/heads/${request.branch}`, { ...request, cwd: existing.path })
  if (head === null) {
    return refuse(
      'precondition_failed',
      `the branch ${request.branch} is gone, but its worktree ${existing.path} is not`,
    )
  }
  const previous = await rememberRun(existing.path, head, request)
  const { branch, base } = request
  return accept({ path: existing.path, branch, base, head, created: false, previousRunId: previous })
}

async function rememberRun(path: string, head: string, request: WorktreeRequest): Promise<string | null> {
  const folder = await readGitFolder({ ...request, cwd: path })
  const owner = await readOwner(folder)
  const { runId, branch, base, remote = 'origin' } = request
  const kept = owner ?? { schemaVersion: 1, startedFrom: head, adopted: [] }
  await writeOwner(folder, { ...kept, runId, branch, base, remote })
  return owner !== null && owner.runId !== runId ? owner.runId : null
}

async function isOccupied(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).length > 0
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT')
  }
}

interface Start {
  readonly head: string
  /** Where the local branch stands now; `null` when there is none. */
  readonly local: string | null
}

async function chooseStart(state: RemoteState, request: WorktreeRequest): Promise<Outcome<Start>> {
  const options = { ...request, cwd: request.repoDir }
  const local = await readCommit(`refs/heads/${request.branch}`, options)
  const remote = state.heads.get(request.branch)
  if (local !== null) {
    const onlyBehind = remote !== undefined && (await isAncestor(local, remote, options))
    return accept({ head: onlyBehind ? remote : local, local })
  }

  const head = remote ?? state.heads.get(request.base)
  if (head !== undefined) return accept({ head, local })
  return refuse('precondition_failed', `the remote has no branch ${request.base}; name the base that exists`, {
    base: request.base,
  })
}

async function addWorktree({ head, local }: Start, path: string, request: WorktreeRequest): Promise<void> {
  const options = { ...request, cwd: request.repoDir }
  const ref = `refs/heads/${request.branch}`
  if (local !== head) await runGit(['update-ref', ref, head, local ?? ''], options)
  await runGit(['worktree', 'add', '--quiet', '--', path, request.branch], options)
}

function remoteRequest(request: WorktreeRequest) {
  return { ...request, cwd: request.repoDir, remote: request.remote ?? 'origin' }
}
