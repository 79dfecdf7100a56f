/**
 * The file in which the outer loop keeps its checkpoint: replaced in one step, and never when it cannot be
 * read, because nobody could tell then what is lost.
 */
import { randomUUID } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StoreError } from '../../errors.ts'
import { Checkpoint } from '../../loop/detectors/outer-checkpoint.ts'
import { makeFolder } from '../../make-folder.ts'
import type { NumberedTarget } from '../../target.ts'

export function checkpointFile(folder: string, { repo, number }: Pick<NumberedTarget, 'repo' | 'number'>): string {
  return join(folder, ...repo.toLowerCase().split('/'), `pr-${number}`, 'outer-loop-state.json')
}

/**
 * @returns `null` when there is none yet, or when it is about another pull request
 * @throws StoreError `state_unreadable`
 */
export async function readCheckpoint(
  file: string,
  { repo, number }: Pick<NumberedTarget, 'repo' | 'number'>,
): Promise<Checkpoint | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw unreadable(file, error.code ?? 'unknown')
  })
  if (text === null) return null
  const parsed = Checkpoint.safeParse(parseJson(text))
  if (!parsed.success) throw unreadable(file, 'it holds something else')
  const { pr, repo: named } = parsed.data
  return pr === number && named.toLowerCase() === repo.toLowerCase() ? parsed.data : null
}

/** @throws StoreError `store_unavailable` */
export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.tmp`
  try {
    makeFolder(dirname(file))
    const handle = await open(unfinished, 'wx', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(checkpoint, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, file)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    throw new StoreError('store_unavailable', `the checkpoint could not be kept (${why}); nothing was changed`, {
      file,
    })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function unreadable(file: string, why: string): StoreError {
  const message = `the checkpoint ${file} cannot be read (${why}); it was kept as it is. Look at it, then move it away`
  return new StoreError('state_unreadable', message, { file })
}
