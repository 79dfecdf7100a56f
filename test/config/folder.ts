/** A home folder and a repository in it that exist only on disk as far as configuration looks. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface Place {
  readonly home: string
  readonly repository: string
  readonly env: { readonly HOME: string }
  /** @param path relative to the home folder; `repository/` is the checkout */
  write(path: string, text: string): string
}

export function aPlace(): Place {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'dev-loops-config-')))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))

  const repository = join(home, 'repository')
  aGitDir(join(repository, '.git'))
  return { home, repository, env: { HOME: home }, write: (path, text) => write(join(home, path), text) }
}

export function aGitDir(folder: string): void {
  mkdirSync(join(folder, 'objects'), { recursive: true })
  mkdirSync(join(folder, 'refs'), { recursive: true })
  writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/main\n')
}

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

/** Moves the time of the last change to an instant long ago; the time of the inode cannot be moved. */
export function makeOld(path: string, atSeconds = 1_000_000_000): void {
  utimesSync(path, atSeconds, atSeconds)
}
