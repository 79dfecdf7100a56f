/**
 * What all commands that change something on GitHub have in common: they need a run that holds the
 * target, they say what they would do with `--dry-run`, and they answer what was made or found.
 */

import { accept, type Outcome } from '../outcome.ts'
import type { Effect } from '../sessions/effect.ts'
import type { Json } from '../store/store.ts'
import type { CommandContext } from './define.ts'
import { dryRun, runId, targetOptions } from './index.ts'
import { type Acting, openEffects, type TargetWords } from './services.ts'

const { repo, pr, stateDir } = targetOptions

export const actingOptions = { repo, runId, dryRun, stateDir }
export const pullRequestOptions = { ...actingOptions, pr: pr.required() }

export interface ActingWords extends TargetWords {
  readonly runId?: string | undefined
  readonly dryRun: boolean
}

/** @returns `null` with `--dry-run`, which needs no right and uses none */
export async function openActing(words: ActingWords, context: CommandContext): Promise<Acting | null> {
  return words.dryRun ? null : openEffects(words, context)
}

export type Made<Result> =
  | { readonly action: 'made' | 'found'; readonly level: string; readonly value: Result }
  | { readonly action: 'planned'; readonly level: string; readonly value: null }

/** Makes the effect, or with `acting: null` only says that it would. */
export async function makeEffect<Result extends Json>(
  effect: Effect<Result>,
  acting: Acting | null,
): Promise<Outcome<Made<Result>>> {
  if (acting === null) return accept({ action: 'planned', level: effect.level, value: null })
  const { performEffect } = await import('../sessions/perform.ts')
  return performEffect(effect, acting)
}

export const madeFields = {
  action: 'made: done now; found: it was so already; planned: with --dry-run',
  level: 'what protects it from a run that lost its right: fenced, pinned or checked',
} as const

/** Beside the command's own; listed after a first one that says `refused:`. */
export const ACTING_REFUSALS = [
  'run_id_required',
  'ownership_missing',
  'ownership_lost',
  'lease_expired',
  'exit_signal_recorded (asked to stop)',
] as const
