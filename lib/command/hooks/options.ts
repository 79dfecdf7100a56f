/** What the commands that change the hook have in common. */
import type { Outcome } from '../../outcome.ts'
import { dryRun, flag, targetOptions } from '../index.ts'
import type { HookWords, TendedHook } from './tend-hook.ts'

export const hookOptions = {
  stateDir: targetOptions.stateDir,
  shared: flag().describe('Also when other repositories take their hooks from the same folder'),
  dryRun,
}

export const concernFields = {
  hooksPath: 'what core.hooksPath says, or null',
  reach: 'who runs it: clone (with all worktrees), worktree (this one only), or shared with other repositories',
  warnings: 'hooks_of_one_worktree, hooks_of_other_repositories',
} as const

export const hookFields = {
  action: 'the same; with --dry-run what would be done',
  hook: 'its file',
  kept: 'the hook from before, or null',
  ...concernFields,
} as const

export function tellHook(done: Outcome<TendedHook>, { dryRun }: Pick<HookWords, 'dryRun'>) {
  if (!done.ok) return done
  return { ok: true as const, status: dryRun ? 'planned' : done.value.action, ...done.value }
}
