/**
 * In which checkout does a folder lie, and where is the git directory that all of its worktrees share?
 *
 * Read from files, because starting git would cost more than everything else a fast command does.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export interface Checkout {
  /** The folder that holds `.git`; in a linked worktree that of the worktree. */
  readonly top: string
  readonly gitDir: string
  /** Shared by all worktrees; the same as `gitDir` in the main one. */
  readonly commonGitDir: string
}

/** @returns `null` outside any checkout, and where `.git` cannot be understood */
export function findCheckout(cwd: string): Checkout | null {
  for (let top = resolve(cwd); ; top = dirname(top)) {
    const found = kindOf(join(top, '.git'))
    if (found !== null) return openCheckout(top, found === 'folder')
    if (dirname(top) === top) return null
  }
}

function openCheckout(top: string, isFolder: boolean): Checkout | null {
  const dotGit = join(top, '.git')
  const gitDir = isFolder ? dotGit : readPointer(dotGit, /^gitdir: (.+)$/m, top)
  if (gitDir === null) return null
  return { top, gitDir, commonGitDir: readPointer(join(gitDir, 'commondir'), /^(.+)$/m, gitDir) ?? gitDir }
}

function kindOf(path: string): 'folder' | 'file' | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats) return null
    return stats.isDirectory() ? 'folder' : 'file'
  } catch {
    return null
  }
}

/** @returns the folder that a small file of git's names; `null` when there is no such file */
function readPointer(file: string, form: RegExp, base: string): string | null {
  try {
    const target = form.exec(readFileSync(file, 'utf8'))?.[1]
    return target ? resolve(base, target.trim()) : null
  } catch {
    return null
  }
}
