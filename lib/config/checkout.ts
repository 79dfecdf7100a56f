/**
 * In which checkout does a folder lie, and where is the git directory that all of its worktrees share?
 *
 * Read from files, because starting git would cost more than everything else a fast command does.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export interface Checkout {
  /** The folder that holds `.git`; in a linked worktree that of the worktree. */
  readonly top: string
  /** Shared by all worktrees. */
  readonly commonGitDir: string
}

/** @returns `null` outside any checkout; a bare repository has no files, so it is none */
export function findCheckout(cwd: string): Checkout | null {
  for (let top = resolve(cwd); ; top = dirname(top)) {
    const gitDir = gitDirOf(top)
    if (gitDir !== null)
      return { top, commonGitDir: readPointer(join(gitDir, 'commondir'), /^(.+)$/m, gitDir) ?? gitDir }
    if (dirname(top) === top) return null
  }
}

function gitDirOf(top: string): string | null {
  const dotGit = join(top, '.git')
  if (isGitDir(dotGit)) return dotGit
  const linked = readPointer(dotGit, /^gitdir: (.+)$/m, top)
  return linked !== null && existsSync(join(linked, 'HEAD')) ? linked : null
}

/** The marks that git itself looks for; a folder that is merely called `.git` has none of them. */
function isGitDir(folder: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name)))
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
