/**
 * Which files are in conflict on this machine, on the branch of the pull request and no other.
 *
 * A checkout of something else may be full of conflicts and says nothing about this pull request.
 */
import type { LocalFacts } from './local.ts'

/** @param branch head branch of the pull request */
export function conflictFilesOf(local: LocalFacts | null, branch: string): readonly string[] {
  if (local === null || local.branch !== branch || local.checkedOut !== branch) return []
  return [...new Set(local.conflicted ?? [])].filter((file) => file.trim() !== '')
}
