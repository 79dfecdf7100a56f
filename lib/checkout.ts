/**
 * In which checkout does a folder lie, and where is the git directory that all of its worktrees share?
 *
 * Found by reading the two small files that git itself follows (`.git` of a linked worktree, then
 * `commondir`), because starting git would cost more than everything else a fast command does.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { within } from './within.ts'

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
    if (gitDir !== null) return { top, commonGitDir: commonDirOf(gitDir) }
    if (isGitDir(top) || dirname(top) === top) return null
  }
}

/** @returns the common git directory of the checkout or bare repository around `cwd`; `null` outside any */
export function findCommonGitDir(cwd: string): string | null {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const gitDir = gitDirOf(folder) ?? (isGitDir(folder) ? folder : null)
    if (gitDir !== null) return commonDirOf(gitDir)
    if (dirname(folder) === folder) return null
  }
}

/** @returns the git directory of the checkout itself: in a linked worktree its own, not the shared one */
export function findGitDir(cwd: string): string | null {
  const checkout = findCheckout(cwd)
  return checkout === null ? null : gitDirOf(checkout.top)
}

function gitDirOf(top: string): string | null {
  const dotGit = within(top, '.git')
  if (isGitDir(dotGit)) return dotGit
  const linked = readPointer(dotGit, 'gitdir: ', top)
  return linked !== null && existsSync(within(linked, 'HEAD')) ? linked : null
}

function commonDirOf(gitDir: string): string {
  return readPointer(within(gitDir, 'commondir'), '', gitDir) ?? gitDir
}

/** The marks that git itself looks for; a folder that is merely called `.git` has none of them. */
function isGitDir(folder: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => existsSync(within(folder, name)))
}

/** @returns the folder that a small file of git's names in its one line; `null` when there is no such file */
function readPointer(file: string, mark: string, base: string): string | null {
  try {
    const text = readFileSync(file, 'utf8').trim()
    const target = text.startsWith(mark) ? text.slice(mark.length).trim() : ''
    return target === '' ? null : resolve(base, target)
  } catch {
    return null
  }
}
