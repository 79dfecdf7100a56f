/** From a target to a worktree that one can work in: found or made, with everything that others pushed. */

import { type Adopted, adoptRemote } from '../../git/adopt.ts'
import { createWorktree } from '../../git/create-worktree.ts'
import { type Updated, updateBranchFromBase } from '../../git/update-from-base.ts'
import { type Answer, accept, type Outcome, refuse } from '../../outcome.ts'
import type { CommandContext } from '../define.ts'
import type { Acting } from '../services.ts'
import { holdBranch, openWorkplace, type Workplace, type WorkplaceWords } from './workplace.ts'

export interface PrepareWords extends WorkplaceWords {
  readonly update: boolean
}

export interface Prepared {
  readonly status: 'created' | 'existing' | 'planned'
  readonly path: string
  readonly branch: string
  readonly base: string
  readonly head: string | null
  readonly adopted: Adopted['action'] | null
  readonly updated: Updated['action'] | null
  readonly conflicted: readonly string[]
  readonly previousRunId: string | null
}

/** @param acting `null`: only say what would be done */
export async function prepareWorktree(
  words: PrepareWords,
  acting: Acting | null,
  context: CommandContext,
): Promise<Answer<Prepared>> {
  const opened = await openWorkplace(words, context)
  if (!opened.ok) return opened
  const place = opened.value
  if (!place.open) return refuse('precondition_failed', 'the target is closed; there is nothing to work on, ask next')
  if (acting === null) return { ok: true, ...planned(place) }

  const held = await holdBranch(place, acting.runId, words, context)
  if (!held.ok) return held
  const { git, repoDir, branch, base, remote, path } = place
  const made = await createWorktree({ ...git, repoDir, branch, base, remote, path, runId: acting.runId })
  if (!made.ok) return made
  const worktree = made.value.path

  const adopted = await adopt(worktree, place)
  if (!adopted.ok) return adopted
  const updated = words.update ? await updateBranchFromBase({ ...git, worktree, branch, base }) : null
  if (updated?.ok === false) return updated
  return {
    ok: true,
    status: made.value.created ? 'created' : 'existing',
    path: worktree,
    branch,
    base,
    head: headOf(adopted.value, updated?.value ?? null, made.value.head),
    adopted: adopted.value?.action ?? null,
    updated: updated?.value.action ?? null,
    conflicted: updated !== null && 'conflicted' in updated.value ? updated.value.conflicted : [],
    previousRunId: made.value.previousRunId,
  }
}

/** A merge that an agent is in the middle of goes on; what others pushed is taken in after it. */
async function adopt(worktree: string, { git, branch, remote, input }: Workplace): Promise<Outcome<Adopted | null>> {
  if (input.local?.unfinished === true) return accept(null)
  return adoptRemote({ ...git, worktree, branch, remote })
}

function headOf(adopted: Adopted | null, updated: Updated | null, made: string): string {
  return updated !== null && 'head' in updated ? updated.head : (adopted?.head ?? made)
}

function planned({ path, worktree, branch, base }: Workplace): Prepared {
  return {
    status: 'planned',
    path: worktree?.path ?? path,
    branch,
    base,
    head: worktree?.head ?? null,
    adopted: null,
    updated: null,
    conflicted: [],
    previousRunId: worktree?.owner?.runId ?? null,
  }
}
