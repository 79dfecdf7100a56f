/**
 * What did runs leave that ended without cleaning up?
 *
 * Nothing here is in the way of the next run, which takes over what it finds; but a claim that ended is
 * a sign that a run died, and a worktree keeps its branch checked out and its disk used.
 */
import type { OwnedWorktree } from '../../git/list-worktrees.ts'
import type { ListedOwnership } from '../../ownership/service.ts'
import { formatTarget, type Target } from '../../target.ts'
import { type Check, fine, unknown, wrong } from './check.ts'

export function checkClaims(listed: readonly ListedOwnership[]): Check {
  const unreadable = listed.find(({ problem }) => problem !== null)
  if (unreadable !== undefined) {
    return wrong('claims', `${unreadable.problem}`, 'restore the record from a backup, or move its folder away')
  }
  const held = listed.filter(({ holder }) => holder !== null)
  const [ended, ...others] = held.filter(({ holder }) => holder?.alive === 'ended')
  if (ended === undefined) return fine('claims', `${held.length} held, none by a run that has ended`)

  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const detail = `run ${ended.holder?.runId} has ended and never released ${nameOf(ended)}${more}`
  return wrong('claims', detail, `continue with another run id, or give it back: ${releaseOf(ended)}`)
}

/** @param worktrees `null` outside a checkout */
export function checkWorktrees(worktrees: readonly OwnedWorktree[] | null, listed: readonly ListedOwnership[]): Check {
  if (worktrees === null) return unknown('worktrees', 'this is no checkout')

  const living = new Set(listed.flatMap(({ holder }) => (holder && holder.alive !== 'ended' ? [holder.runId] : [])))
  const died = new Set(listed.flatMap(({ holder }) => (holder?.alive === 'ended' ? [holder.runId] : [])))
  const ours = worktrees.filter(({ main, owner, path }) => !main && (owner !== null || isLook(path)))
  const left = ours.filter(({ owner }) => (owner === null ? living.size === 0 : !living.has(owner.runId)))
  // A run that stops for a person gives its target back and keeps its worktree for the next one.
  const isKept = ({ owner, prunable }: OwnedWorktree) => owner !== null && !prunable && !died.has(owner.runId)
  const [first, ...others] = [...left.filter((tree) => !isKept(tree)), ...left.filter(isKept)]
  if (first === undefined) return fine('worktrees', `${ours.length} made by runs, each in use`)

  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  const detail = `${describe(first)}${more}`
  return isKept(first) ? unknown('worktrees', detail, removalOf(first)) : wrong('worktrees', detail, removalOf(first))
}

/** Checkouts in which a gate's reviewer looks at a commit; the gate removes them unless it is killed. */
function isLook(path: string): boolean {
  return /[\\/]dev-loops-look-[^\\/]+[\\/]/.test(path)
}

function describe({ owner, path, prunable }: OwnedWorktree): string {
  if (prunable) return `${path} is registered, but its folder is gone`
  if (owner === null) return `${path} was left by a gate that was killed`
  return `${path} is left of run ${owner.runId}, which holds nothing any more`
}

function removalOf({ owner, path, prunable }: OwnedWorktree): string {
  if (prunable) return 'git worktree prune'
  if (owner === null) return `git worktree remove --force ${path}`
  return `look at it with dev-loops worktree status, then continue its target with dev-loops next, or: git worktree remove ${path}`
}

function nameOf({ target, key }: ListedOwnership): string {
  return target === null ? key : formatTarget(target)
}

function releaseOf({ target, holder }: ListedOwnership): string {
  if (target === null || holder === null) return 'dev-loops ownership list'
  return `dev-loops ownership release --repo ${target.repo} ${subjectOf(target)} --run-id ${holder.runId}`
}

function subjectOf(target: Target): string {
  if ('number' in target) return `--pr ${target.number}`
  return 'branch' in target ? `--branch ${target.branch}` : `--lease ${target.lease}`
}
