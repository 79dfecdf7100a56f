/**
 * How a change becomes the newest version, for everybody or for nobody.
 *
 * The commit is one rename, of the head that was read to the head that is to be. A name can be
 * renamed away once, so of all writers who read the same head exactly one succeeds and the others
 * find it absent. Nothing is checked again and no name is used twice. A record begins by renaming a
 * prepared folder into place, which fails when one with content stands there. Record folders are
 * never removed: a writer could then commit into a folder that nobody will look at.
 *
 * See docs/decisions/0001-commit-by-renaming-the-head.md
 */
import { dirname, join } from 'node:path'
import { StoreError } from '../../errors.ts'
import { dataPath, type Head, headPath, journalFolder, preparedFolder } from './layout.ts'
import { type Content, sealContent } from './seal.ts'
import { type Files, type Renamed, type Steps, step } from './steps.ts'

/** What a writer wants to commit; where it stands in the record follows from the head it replaces. */
export type Draft = Omit<Content, 'sequence' | 'previous'>

/** @returns the head now standing, or null when somebody else came first and nothing was changed */
export function* commitChange(record: string, replaced: Head, draft: Draft): Steps<Head | null> {
  const head: Head = { sequence: replaced.sequence + 1, writeId: draft.writeId }
  const text = sealContent({ ...draft, sequence: head.sequence, previous: replaced.writeId })
  const data = dataPath(record, head)
  if ((yield* step((files) => files.write(data, text))) === 'absent') return null

  const renamed = yield* renameOrClear(headPath(record, replaced), headPath(record, head), (files) =>
    files.remove(data),
  )
  if (renamed !== 'done') return null
  yield* syncCommitted(record)
  return head
}

interface Creation {
  readonly root: string
  readonly record: string
  readonly pid: number
}

/** To be swept away twice in one creation takes two others who each take the creator for dead. */
const MOST_CREATIONS = 2

/** @returns the head now standing, or null when the record is there already */
export function* createRecord(creation: Creation, draft: Draft): Steps<Head | null> {
  for (let tries = 1; tries <= MOST_CREATIONS; tries += 1) {
    const created = yield* tryToCreate(creation, draft)
    if (created !== 'swept') return created
  }
  return null
}

/** @returns `swept` when somebody took the unfinished folder for a dead writer's */
function* tryToCreate({ root, record, pid }: Creation, draft: Draft): Steps<Head | null | 'swept'> {
  const head: Head = { sequence: 1, writeId: draft.writeId }
  const prepared = join(preparedFolder(root), `${pid}.${head.writeId}`)
  const clear = (files: Files) => files.removeFolder(prepared)
  if (!(yield* orClear(prepare({ folder: prepared, record, head }, draft), clear))) return 'swept'

  const renamed = yield* renameOrClear(prepared, record, clear)
  if (renamed !== 'done') return renamed === 'absent' ? 'swept' : null
  yield* syncCommitted(dirname(record))
  return head
}

/** @returns false when the folder is gone */
function* prepare(
  { folder, record, head }: { folder: string; record: string; head: Head },
  draft: Draft,
): Steps<boolean> {
  const text = sealContent({ ...draft, sequence: head.sequence, previous: null })
  yield* step((files) => files.makeFolder(dirname(record)))
  yield* step((files) => files.makeFolder(journalFolder(folder)))

  const written = yield* step((files) => files.write(dataPath(folder, head), text))
  if (written === 'absent' || (yield* step((files) => files.write(headPath(folder, head), ''))) === 'absent')
    return false
  yield* step((files) => files.sync(folder))
  return true
}

type Clear = (files: Files) => void | Promise<void>

/** Where `from` surely is not `to` now, what was written for it is cleared away. */
function* renameOrClear(from: string, to: string, clear: Clear): Steps<Renamed> {
  let renamed: Renamed
  try {
    renamed = yield* step((files) => files.rename(from, to))
  } catch (error) {
    if (isUnchanged(error)) yield* cleared(clear)
    throw unsettled(error)
  }
  if (renamed !== 'done') yield* step(clear)
  return renamed
}

function* orClear<T>(work: Steps<T>, clear: Clear): Steps<T> {
  try {
    return yield* work
  } catch (error) {
    yield* cleared(clear)
    throw error
  }
}

/** After a failure the failure is the news, not that clearing away failed as well. */
function* cleared(clear: Clear): Steps<void> {
  try {
    yield* step(clear)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
  }
}

function* syncCommitted(folder: string): Steps<void> {
  try {
    yield* step((files) => files.sync(folder))
  } catch (error) {
    throw unsettled(error)
  }
}

/** From the rename on, a failure leaves open whether the change is in; that must not be hidden. */
function unsettled(error: unknown): unknown {
  if (!(error instanceof StoreError) || isUnchanged(error)) return error
  const message = `${error.message}. The change may have been made: read the record before trying again`
  return new StoreError(error.code, message, { ...error.details, changed: 'unknown' }, { cause: error })
}

function isUnchanged(error: unknown): boolean {
  return error instanceof StoreError && error.details.changed === 'no'
}
