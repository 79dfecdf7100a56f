/**
 * Which clone is this folder part of?
 *
 * All worktrees of a clone share one common git directory, and records live there. It is found by
 * reading the two small files that git itself follows (`.git` of a linked worktree, then `commondir`),
 * because the fastest commands must not start a git process.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** @returns the common git directory of the checkout or bare repository around `cwd`; null outside any */
export function findCommonGitDir(cwd: string): string | null {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const gitDir = gitDirOf(folder)
    if (gitDir !== null) return commonDirOf(gitDir)
    if (dirname(folder) === folder) return null
  }
}

function gitDirOf(folder: string): string | null {
  const dotGit = join(folder, '.git')
  if (isGitDir(dotGit)) return dotGit
  const named = /^gitdir: (.+)$/m.exec(readText(dotGit) ?? '')?.[1]
  if (named && existsSync(join(resolve(folder, named), 'HEAD'))) return resolve(folder, named)
  return isGitDir(folder) ? folder : null
}

function commonDirOf(gitDir: string): string {
  const named = readText(join(gitDir, 'commondir'))?.trim()
  return named ? resolve(gitDir, named) : gitDir
}

/** The same three marks that git looks for; a folder that is merely called `.git` has none of them. */
function isGitDir(folder: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name)))
}

function readText(path: string): string | null {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : null
  } catch {
    return null
  }
}
