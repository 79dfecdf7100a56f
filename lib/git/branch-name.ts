/**
 * How branches are named, which are never pushed to, and how a branch becomes one folder name. Pure.
 */
import { createHash } from 'node:crypto'
import { UsageError } from '../errors.ts'
import { isBranchName } from '../target.ts'

const LONGEST_FOLDER_NAME = 120

/** @throws UsageError `invalid_value` when the prefix does not lead to a branch name */
export function branchNameFor({ prefix, issue }: { prefix: string; issue: number }): string {
  const branch = `${prefix}issue-${issue}`
  if (isBranchName(branch)) return branch
  throw new UsageError('invalid_value', `branch.prefix ${JSON.stringify(prefix)} does not lead to a branch name`, {
    key: 'branch.prefix',
    value: prefix,
  })
}

/** One folder name for each branch; names that are too long for a file system end in their digest. */
export function encodeBranch(branch: string): string {
  const encoded = encodeURIComponent(branch)
  if (encoded.length <= LONGEST_FOLDER_NAME) return encoded
  const digest = createHash('sha256').update(branch).digest('hex').slice(0, 16)
  return `${encoded.slice(0, 80).replace(/%[0-9A-F]?$/, '')}-${digest}`
}

/**
 * @param patterns names of branches; `*` stands for anything within one part of the name, `**` for anything
 */
export function isProtectedBranch(branch: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matcher(pattern).test(branch))
}

function matcher(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('')
  return new RegExp(`^${source}$`)
}
