/**
 * Folds records into the archive: their refs go, their versions and journals stay, and the last value is
 * found again by whoever asks for it.
 *
 * The archive's commit has the folded versions as parents, so that nothing is thrown away and its history
 * only grows. All refs of a batch change in one atomic push, each with the value that was read: a record
 * that anybody changes meanwhile is left alone, and so is the batch, which is tried again without it.
 *
 * Before anything is folded into a part of the index, that part says that it is in use. A reader who finds
 * neither record nor entry then asks twice; see look.ts.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DevLoopsError } from '../../errors.ts'
import { newWriteId } from '../files/write-id.ts'
import type { Archived, RecordVersion } from '../store.ts'
import { withScratch, writeSeen } from './cache.ts'
import { writeCommit } from './commits.ts'
import { formatFields } from './content.ts'
import { EMPTY_INDEX, formatIndex, type Index } from './index-part.ts'
import { indexParts, listOurs, liveRecords, obtainAll } from './list.ts'
import { type Pushed, pushFrom, type RefUpdate } from './push.ts'
import { archiveRef, flatName, indexRef, recordRef } from './ref-names.ts'
import { fetchInto } from './remote.ts'
import type { GitStorePlace } from './swap.ts'

const BATCH = 64
/** Each round that fails means that somebody else changed one of the refs. */
const MOST_ROUNDS = 5

/** @throws DevLoopsError `precondition_failed`; StoreError, when what was folded by then stays folded */
export async function archive(wanted: readonly RecordVersion[], place: GitStorePlace): Promise<Archived> {
  if (place.namespace !== 'refs') {
    throw cannotArchive(place, 'keeps records as branches, which are not archived')
  }
  const archived: string[] = []
  for (let start = 0; start < wanted.length; start += BATCH) {
    archived.push(...(await foldBatch(wanted.slice(start, start + BATCH), place)))
  }
  const left = wanted.map(({ key }) => key).filter((key) => !archived.includes(key))
  return { archived, left }
}

async function foldBatch(batch: readonly RecordVersion[], place: GitStorePlace): Promise<readonly string[]> {
  let failure: DevLoopsError | null = null
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const refs = await listOurs(place)
    const live = liveRecords(refs, place)
    const unchanged = batch.filter(({ key, version }) => live.get(key) === version)
    if (unchanged.length === 0) return []

    await obtainAll(
      unchanged.map(({ key, version }) => ({ ref: recordRef(place.namespace, key), sha: version })),
      place,
    )
    failure = await fold(unchanged, refs, place)
    if (failure === null) return unchanged.map(({ key }) => key)
    if (failure.code !== 'store_unavailable') throw failure
  }
  throw failure
}

/** @returns why it was not done; null when it was */
async function fold(
  records: readonly RecordVersion[],
  refs: ReadonlyMap<string, string>,
  place: GitStorePlace,
): Promise<DevLoopsError | null> {
  const parts = await partsFor(records, refs, place)
  const unmarked = [...parts.values()].filter(({ index }) => !index.compacted)
  const marked = unmarked.map((part) => nextPart({ ...part, index: { ...part.index, compacted: true } }, place))
  if (marked.length > 0) {
    const failure = await pushAll(
      marked.map(({ update }) => update),
      null,
      place,
    )
    if (failure !== null) return failure
  }
  const inUse = new Map([...parts, ...marked.map(({ part }): [string, Part] => [part.ref, part])])
  return moveRecords(records, { archive: refs.get(archiveRef(place.namespace)) ?? null, parts: inUse }, place)
}

interface Part {
  readonly ref: string
  readonly sha: string | null
  readonly index: Index
}

type Parts = ReadonlyMap<string, Part>

async function partsFor(
  records: readonly RecordVersion[],
  refs: ReadonlyMap<string, string>,
  place: GitStorePlace,
): Promise<Parts> {
  const wanted = new Set(records.map(({ key }) => indexRef(place.namespace, key)))
  const found = await indexParts(
    [...wanted].flatMap((ref) => {
      const sha = refs.get(ref)
      return sha === undefined ? [] : [{ ref, sha }]
    }),
    place,
  )
  return new Map(
    [...wanted].map((ref) => [ref, { ref, sha: refs.get(ref) ?? null, index: found.get(ref) ?? EMPTY_INDEX }]),
  )
}

async function moveRecords(
  records: readonly RecordVersion[],
  { archive, parts }: { readonly archive: string | null; readonly parts: Parts },
  place: GitStorePlace,
): Promise<DevLoopsError | null> {
  const { namespace, cache } = place
  const filled = [...parts.values()].map((part) => {
    const own = records.filter(({ key }) => indexRef(namespace, key) === part.ref)
    const added = own.map(({ key, version }): [string, string] => [flatName(key), version])
    return nextPart({ ...part, index: { ...part.index, tips: new Map([...part.index.tips, ...added]) } }, place)
  })
  const message = formatFields(`Archive ${records.length} records`, {
    keys: records.map(({ key }) => key),
    write: newWriteId(),
  })
  const parents = [...(archive === null ? [] : [archive]), ...records.map(({ version }) => version)]
  const next = writeCommit(cache, { parents, message }, Date.now())

  const updates: RefUpdate[] = [
    { ref: archiveRef(namespace), expected: archive, next },
    ...filled.map(({ update }) => update),
    ...records.map(({ key, version }) => ({ ref: recordRef(namespace, key), expected: version, next: null })),
  ]
  const failure = await pushAll(updates, archive, place)
  if (failure !== null) return failure

  for (const { key, version } of records) {
    const index = filled.find(({ part }) => part.ref === indexRef(namespace, key))?.update.next
    if (index) writeSeen(cache, key, { place: 'archived', version, index })
  }
  return null
}

function nextPart(
  part: Part,
  place: GitStorePlace,
): { readonly part: Part; readonly update: RefUpdate & { next: string } } {
  const next = writeCommit(place.cache, formatIndex(part.index, newWriteId()), Date.now())
  return { part: { ...part, sha: next }, update: { ref: part.ref, expected: part.sha, next } }
}

/**
 * @param archive the commit that the new archive is built on: it alone is needed, not all that it keeps
 * @returns null when it was done; else why not, which may be that something moved
 */
async function pushAll(
  updates: readonly RefUpdate[],
  archive: string | null,
  place: GitStorePlace,
): Promise<DevLoopsError | null> {
  const pushed = await withScratch(place.cache, [], async (gitDir): Promise<Pushed> => {
    const objects = join(gitDir, 'objects')
    mkdirSync(objects)
    const call = { ...place, objects }
    if (archive !== null) await fetchInto(gitDir, archiveRef(place.namespace), call)
    return pushFrom(gitDir, updates, call)
  })
  if (pushed.ok) return null
  if (pushed.unsupported) throw cannotArchive(place, 'cannot change several refs in one step, which archiving needs')
  return pushed.failure
}

function cannotArchive({ remote }: GitStorePlace, why: string): DevLoopsError {
  return new DevLoopsError('precondition_failed', `${remote.shown} ${why}; the records stay as they are`, {
    location: remote.shown,
  })
}
