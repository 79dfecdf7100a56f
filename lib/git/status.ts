/**
 * What is in a worktree that no commit holds yet. One git process; reading it is pure.
 */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { readGitFolder } from './list-worktrees.ts'
import { type GitAccess, runGit } from './run.ts'

export interface WorktreeStatus {
  /** `null`: no commit yet. */
  readonly head: string | null
  /** `null`: detached. */
  readonly branch: string | null
  /** Changed tracked files, staged or not. */
  readonly modified: readonly string[]
  readonly untracked: readonly string[]
  readonly conflicted: readonly string[]
}

export async function readStatus(options: GitAccess & { cwd: string }): Promise<WorktreeStatus> {
  const flags = ['--porcelain=v2', '--branch', '-z', '--untracked-files=all', '--no-renames']
  return parseStatus((await runGit(['status', ...flags, '--ignore-submodules=none'], options)).stdout)
}

/** Reads `git status --porcelain=v2 --branch -z --no-renames`: one record, one NUL. */
export function parseStatus(text: string): WorktreeStatus {
  const modified: string[] = []
  const untracked: string[] = []
  const conflicted: string[] = []
  let head: string | null = null
  let branch: string | null = null

  for (const record of text.split('\0')) {
    if (record.startsWith('# branch.oid ')) head = unlessBracketed(record.slice(13), '(initial)')
    else if (record.startsWith('# branch.head ')) branch = unlessBracketed(record.slice(14), '(detached)')
    else if (record.startsWith('1 ')) modified.push(afterFields(record, 8))
    else if (record.startsWith('u ')) conflicted.push(afterFields(record, 10))
    else if (record.startsWith('? ')) untracked.push(record.slice(2))
  }
  return { head, branch, modified, untracked, conflicted }
}

const UNFINISHED = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply'] as const

/** Which of git's longer operations was begun here and not ended. */
export async function readUnfinished(options: GitAccess & { cwd: string }): Promise<readonly string[]> {
  const folder = await readGitFolder(options)
  const found = await Promise.all(
    UNFINISHED.map((name) =>
      access(join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return UNFINISHED.filter((_, index) => found[index])
}

function unlessBracketed(value: string, nothing: string): string | null {
  return value === nothing ? null : value
}

/** The rest of a record behind `count` fields; the path itself may hold spaces and line feeds. */
function afterFields(record: string, count: number): string {
  let at = 0
  for (let field = 0; field < count; field += 1) at = record.indexOf(' ', at) + 1
  return record.slice(at)
}
