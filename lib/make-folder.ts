/**
 * Makes a folder and those above it.
 *
 * Node's own way never comes back from a file system that answers "not there" to a folder whose parent is
 * there, as /proc does: it makes the parent again, for ever, and remembers each time.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** @returns the first folder that had to be made; `undefined` when all of them were there */
export function makeFolder(path: string): string | undefined {
  if (isFolder(path)) return undefined
  const above = dirname(path)
  const first = above === path ? undefined : makeFolder(above)
  try {
    mkdirSync(path)
    return first ?? path
  } catch (error) {
    if (isFolder(path)) return first
    // Somebody removed the folder above in the meantime.
    if (!existsSync(above)) return makeFolder(path)
    throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
