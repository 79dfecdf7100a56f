/**
 * Which of the changed files the patterns of the policy mean. A list that is not whole proves nothing good.
 */
import { matchesAny } from '../../config/patterns.ts'
import type { Listed } from '../../facts/pull-request.ts'

/** @returns `null` when the list of files is not whole and none of the known ones matches */
export function touchesAny(files: Listed<string>, patterns: readonly string[]): boolean | null {
  if (files.items.some((file) => matchesAny(patterns, file))) return true
  return files.complete ? false : null
}

/** Whether there are changed files and each of them matches. */
export function onlyTouches(files: Listed<string>, patterns: readonly string[]): boolean {
  return files.complete && files.items.length > 0 && files.items.every((file) => matchesAny(patterns, file))
}
