/**
 * Which records are over and done with? Pure.
 *
 * A record goes when nobody holds it and what it is about has ended. What is not known is taken for open:
 * a record too many costs a line, and one too few nothing either, since it is found in the archive.
 */
import type { ListedOwnership } from '../../ownership/service.ts'
import type { RecordVersion } from '../../store/store.ts'

export interface Ended {
  /** Open issues and pull requests; `null`: not known. */
  readonly openNumbers: ReadonlySet<number> | null
  /** Branches of the repository; `null`: not known. */
  readonly branches: ReadonlySet<string> | null
}

export function chooseArchived(listed: readonly ListedOwnership[], known: Ended): readonly RecordVersion[] {
  return listed.flatMap((each) => {
    const { key, version, record } = each
    return version !== null && isFree(each) && record !== null && isOver(record.target, known) ? [{ key, version }] : []
  })
}

export function isFree({ record, holder }: ListedOwnership): boolean {
  return record !== null && record.activeRun === null && holder === null
}

/** A named lease is never over: the next conductor takes it. */
function isOver(target: NonNullable<ListedOwnership['target']>, { openNumbers, branches }: Ended): boolean {
  if ('number' in target) return openNumbers !== null && !openNumbers.has(target.number)
  return 'branch' in target && branches !== null && !branches.has(target.branch)
}
