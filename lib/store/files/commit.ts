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
import { type Renamed, type Steps, step } from './steps.ts'

/** What a writer wants to commit; where it stands in the record follows from the head it replaces. */
export type Draft = Omit<Content, 'sequence' | 'previous'>

/** @returns the head now standing, or null when somebody else came first and nothing was changed */
export function* commitChange(record: string, replaced: Head, draft: Draft): Steps<Head | null> {
  const head: Head = { sequence: replaced.sequence + 1, writeId: draft.writeId }
  const text = sealContent({ ...draft, sequence: head.sequence, previous: replaced.writeId })
  const data = dataPath(record, head)
  if ((yield* step((files) => files.write(data, text))) === 'absent') return null

  if ((yield* renameOnce(headPath(record, replaced), headPath(record, head))) !== 'done') {
    yield* step((files) => files.remove(data))
    return null
  }
  yield* syncCommitted(record)
  return head
}

interface Creation {
  readonly root: string
  readonly record: string
  readonly pid: number
}

/** @returns the head now standing, or null when the record is there already */
export function* createRecord({ root, record, pid }: Creation, draft: Draft): Steps<Head | null> {
  const head: Head = { sequence: 1, writeId: draft.writeId }
  const prepared = join(preparedFolder(root), `${pid}.${head.writeId}`)
  if (!(yield* prepare(prepared, head, draft))) return null

  yield* step((files) => files.makeFolder(dirname(record)))
  if ((yield* renameOnce(prepared, record)) !== 'done') {
    yield* step((files) => files.removeFolder(prepared))
    return null
  }
  yield* syncCommitted(dirname(record))
  return head
}

/** @returns false when somebody took the unfinished folder for a dead writer's; try again then */
function* prepare(folder: string, head: Head, draft: Draft): Steps<boolean> {
  const text = sealContent({ ...draft, sequence: head.sequence, previous: null })
  yield* step((files) => files.makeFolder(journalFolder(folder)))

  const written = yield* step((files) => files.write(dataPath(folder, head), text))
  if (written === 'absent' || (yield* step((files) => files.write(headPath(folder, head), ''))) === 'absent')
    return false
  yield* step((files) => files.sync(folder))
  return true
}

function* renameOnce(from: string, to: string): Steps<Renamed> {
  try {
    return yield* step((files) => files.rename(from, to))
  } catch (error) {
    throw unsettled(error)
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
  if (!(error instanceof StoreError) || error.details.changed === 'no') return error
  const message = `${error.message}. The change may have been made: read the record before trying again`
  return new StoreError(error.code, message, { ...error.details, changed: 'unknown' }, { cause: error })
}
