/**
 * Whether a pull request changes nothing but internal files, in the predecessor's fields.
 *
 * The patterns are the policy's `review.internalPaths`. A list of files that is not whole proves nothing:
 * the file that is missing from it may be the one that needs a reviewer.
 */
import type { Listed } from '../../facts/pull-request.ts'
import { onlyTouches } from '../readings/files.ts'

export interface InternalOnly {
  readonly internalOnly: boolean
  readonly files: readonly string[]
  /** Whether `files` is the whole list. */
  readonly complete: boolean
  readonly reasonCode: 'all_internal' | 'other_files' | 'no_files' | 'files_not_whole'
  readonly reason: string
}

const REASONS: Readonly<Record<InternalOnly['reasonCode'], string>> = {
  all_internal: 'every changed file is internal by review.internalPaths',
  other_files: 'a changed file is not internal by review.internalPaths',
  no_files: 'no file is changed, which proves nothing',
  files_not_whole: 'the list of changed files is not whole, which proves nothing',
}

export function detectInternalOnly(files: Listed<string>, patterns: readonly string[]): InternalOnly {
  const internalOnly = onlyTouches(files, patterns)
  const reasonCode = internalOnly ? 'all_internal' : whyNot(files)
  return { internalOnly, files: files.items, complete: files.complete, reasonCode, reason: REASONS[reasonCode] }
}

function whyNot({ items, complete }: Listed<string>): InternalOnly['reasonCode'] {
  if (!complete) return 'files_not_whole'
  return items.length === 0 ? 'no_files' : 'other_files'
}
