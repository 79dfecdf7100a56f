/** How much a range of commits changes, counted by git. */
import { UsageError } from '../errors.ts'
import { type GitAccess, runGit } from './run.ts'

export interface ChangeScope {
  readonly filesChanged: number
  /** Insertions and deletions; `null` when a binary file is among them, for whose size lines say nothing. */
  readonly linesChanged: number | null
}

/**
 * @param range `base` alone compares with the working tree; both are any names that git knows a commit by
 * @throws UsageError `invalid_value` for what is no commit; GitError `git_failed`, such as outside a repository
 */
export async function readChangeScope(
  { base, head }: { readonly base: string; readonly head: string | null },
  options: GitAccess & { readonly cwd: string },
): Promise<ChangeScope> {
  const commits = await Promise.all([base, ...(head === null ? [] : [head])].map((name) => commitOf(name, options)))
  const flags = ['--numstat', '-z', '--find-renames', '--no-ext-diff', '--no-textconv']
  const { stdout } = await runGit(['diff', ...flags, ...commits, '--'], options)
  return parseNumstat(stdout)
}

async function commitOf(name: string, options: GitAccess & { readonly cwd: string }): Promise<string> {
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const { stdout, exitCode } = await runGit(words, { ...options, okCodes: [0, 1] })
  if (exitCode === 0) return stdout.trim()
  const shown = JSON.stringify(name.slice(0, 60))
  throw new UsageError('invalid_value', `${shown} is no commit of this repository; fetch it, or name another one`, {
    value: name.slice(0, 60),
  })
}

/** Reads `git diff --numstat -z`: counts and a path; for a rename counts, and two paths as records of their own. */
export function parseNumstat(text: string): ChangeScope {
  const records = text.split('\0')
  const counts: (number | null)[] = []
  for (let at = 0; at < records.length; at += 1) {
    const [, added = '', deleted = '', path = ''] = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/.exec(records[at] ?? '') ?? []
    if (added === '') continue
    counts.push(added === '-' ? null : Number(added) + Number(deleted))
    if (path === '') at += 2
  }
  const known = counts.filter((count) => count !== null)
  const lines = known.reduce((sum, count) => sum + count, 0)
  return { filesChanged: counts.length, linesChanged: known.length === counts.length ? lines : null }
}
