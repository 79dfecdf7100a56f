/**
 * One compare-and-swap over git: exactly one push while the version to replace is known here.
 *
 * The remote compares. After a push that did not clearly succeed the record is read again: our commit in
 * its history means yes, another version means conflict, and the same version means that the push was
 * refused for a reason of its own, or may yet land; that is an error, because an answer would be a guess.
 */
import { type DevLoopsError, StoreError } from '../../errors.ts'
import { newWriteId } from '../files/write-id.ts'
import type { Json } from '../store.ts'
import { type Seen, versionOf, writeSeen } from './cache.ts'
import { healing, writeCommit } from './commits.ts'
import { formatContent, type Version } from './content.ts'
import { EMPTY_INDEX, formatIndex } from './index-part.ts'
import { type GitPlace, look, readIndex, readVersions, recall } from './look.ts'
import { push, type RefUpdate } from './push.ts'
import { indexRef, recordRef } from './ref-names.ts'

export interface GitStorePlace extends GitPlace {
  /** Changes to `false` when the remote turns out to change one ref at a time only. */
  readonly atomic: { supported: boolean }
}

export interface Draft {
  readonly key: string
  readonly version: string | null
  readonly value: Json
  readonly entry: Json
  readonly wallMs: number
}

/** A record's new commit, and from where it is to be replaced. */
export interface Prepared {
  readonly key: string
  readonly version: string | null
  readonly sequence: number
  readonly next: string
  readonly seen: Seen
  /** Writes the commit, also into a cache that was thrown away since. */
  readonly write: () => string
}

/** Others who create records in the same part of the index come between; each round lets one of them pass. */
const MOST_ROUNDS = 6

/** @returns the new version, or null when the record no longer has the stated one */
export async function swap(draft: Draft, place: GitStorePlace): Promise<string | null> {
  let prepared = await healing(() => prepare(draft, place))
  let repaired = false
  for (let round = 1; prepared !== null && round <= MOST_ROUNDS; round += 1) {
    const pushed = await push(await updatesFor([prepared], place), place)
    if (pushed.ok) return committed(prepared, place)
    if (pushed.unsupported) place.atomic.supported = false
    else {
      const now = await lookAfter(pushed.failure, prepared, place)
      if (now === 'committed') return prepared.next
      if (versionOf(now) !== prepared.version) return null
      if (isSame(now, prepared.seen) && (!pushed.damaged || repaired)) throw pushed.failure
      if (pushed.damaged) prepared.write()
      repaired ||= pushed.damaged
      prepared = { ...prepared, seen: now }
    }
  }
  return null
}

/** @returns null when the record surely has another version */
export async function prepare(draft: Draft, place: GitStorePlace): Promise<Prepared | null> {
  const { key, version, entry, value, wallMs } = draft
  const known = await recall(key, place)
  if (version === null && known?.version) return null

  const isKnown = known !== null && versionOf(known.seen) === version
  const current = isKnown ? known : await look(key, place)
  if (versionOf(current.seen) !== version) return null

  const sequence = (current.version?.sequence ?? 0) + 1
  const at = new Date(wallMs).toISOString()
  const message = formatContent({ key, sequence, at, writeId: newWriteId(), entry, value })
  const commit = { parents: version === null ? [] : [version], message }
  const write = () => writeCommit(place.cache, commit, wallMs)
  return { key, version, sequence, next: write(), seen: current.seen, write }
}

/** The records' refs, and the parts of the index that guard those which have none yet. */
export async function updatesFor(prepared: readonly Prepared[], place: GitStorePlace): Promise<readonly RefUpdate[]> {
  const updates = new Map<string, RefUpdate>()
  for (const { key, next, seen } of prepared) {
    const ref = recordRef(place.namespace, key)
    updates.set(ref, { ref, expected: seen.place === 'live' ? seen.version : null, next })
    if (seen.place === 'live' || place.namespace !== 'refs' || !place.atomic.supported) continue
    const guard = indexRef(place.namespace, key)
    updates.set(guard, { ref: guard, expected: seen.index, next: await renewIndex(seen.index, place) })
  }
  return [...updates.values()]
}

export function committed({ key, next }: Prepared, { cache }: GitStorePlace): string {
  writeSeen(cache, key, { place: 'live', version: next })
  return next
}

/** @throws the push's failure when what became of it cannot be seen either */
async function lookAfter(
  failure: DevLoopsError,
  prepared: Prepared,
  place: GitStorePlace,
): Promise<Seen | 'committed'> {
  return healing(async (again) => {
    const now = await look(prepared.key, place)
    const isCommitted = now.version !== null && (await contains(now.version, prepared, place, again))
    return isCommitted ? 'committed' : now.seen
  }).catch((error: unknown) => {
    throw error instanceof StoreError ? failure : error
  })
}

/** Whether our commit is this version, or one that later ones were built on. */
export async function contains(
  version: Version,
  { next, sequence }: Prepared,
  place: GitPlace,
  again: boolean,
): Promise<boolean> {
  if (version.sequence < sequence) return false
  const versions = await readVersions(version, version.sequence - sequence + 1, place, again)
  return versions.some(({ sha }) => sha === next)
}

async function renewIndex(index: string | null, place: GitStorePlace): Promise<string> {
  const part = index === null ? EMPTY_INDEX : await readIndex(index, place)
  return writeCommit(place.cache, formatIndex(part, newWriteId()), Date.now())
}

/** Whether a second push would state just what the first did. */
export function isSame(a: Seen, b: Seen | undefined): boolean {
  return b !== undefined && a.place === b.place && (a.place === 'live' || b.place === 'live' || a.index === b.index)
}
