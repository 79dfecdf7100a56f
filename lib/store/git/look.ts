/**
 * Where does a record stand in the remote now, and what does it hold?
 *
 * A record that has no ref may be in the archive, so its part of the index is asked for too. One answer
 * of the remote need not show one instant: a record that is archived meanwhile can be missing in both.
 * So where records are archived at all, "there is none" is believed when the index did not change
 * between two questions.
 */
import { StoreError } from '../../errors.ts'
import { readSeen, type Seen, versionOf, writeSeen } from './cache.ts'
import { madeAnew, type Place, readCommit, readHistory } from './commits.ts'
import { openVersion, unreadable, type Version } from './content.ts'
import { type Index, openIndex } from './index-part.ts'
import { readLoose } from './objects.ts'
import { archiveRef, flatName, indexRef, type Namespace, recordRef } from './ref-names.ts'
import { type Call, fetchObjects, fetchRefs } from './remote.ts'

export interface GitPlace extends Place {
  readonly namespace: Namespace
}

export interface Looked {
  readonly seen: Seen
  readonly version: Version | null
}

const MOST_QUESTIONS = 20

/** Asks the remote. @throws StoreError `state_unreadable`, `store_unavailable` */
export async function look(key: string, place: GitPlace, signal?: AbortSignal): Promise<Looked> {
  const before = readSeen(place.cache, key)
  const call = { ...place, haves: havesOf(before, place), signal }
  let asksIndex = place.namespace === 'refs' && before?.place !== 'live'
  let confirmed: string | null = null

  for (let question = 1; question <= MOST_QUESTIONS; question += 1) {
    const { record, index } = await ask(key, asksIndex, call)
    if (record !== null) return remember(key, { place: 'live', version: record }, call)
    if (place.namespace !== 'refs') return remember(key, { place: 'absent', index: null }, call)
    if (asksIndex) {
      if (index === null) return remember(key, { place: 'absent', index }, call)
      const part = await readIndex(index, call)
      const version = part.tips.get(flatName(key))
      if (version !== undefined) return remember(key, { place: 'archived', version, index }, call)
      if (!part.compacted || index === confirmed) return remember(key, { place: 'absent', index }, call)
      confirmed = index
    }
    asksIndex = true
  }
  throw new StoreError('store_contended', `${key} is being archived and used again; try again`, { key })
}

/** What was seen last, when its content is in the cache too. */
export async function recall(key: string, place: GitPlace): Promise<Looked | null> {
  const seen = readSeen(place.cache, key)
  if (seen === null) return null
  const version = versionOf(seen)
  if (version === null) return { seen, version: null }
  const commit = await readCommit(version, place)
  return commit === undefined ? null : { seen, version: openVersion(version, commit, nameOf(key, place)) }
}

/** The part of the index that a writer states. @throws StoreError `state_unreadable` */
export async function readIndex(sha: string, place: GitPlace): Promise<Index> {
  const commit = await readCommit(sha, place)
  return openIndex(sha, commit ?? null, place.remote.shown)
}

/**
 * The version and so many before it, newest first: each must follow upon the one before it, down to the first.
 *
 * @param again whether the cache was made anew for this: a gap is the remote's own then
 * @throws StoreError `state_unreadable` for a gap, `store_unavailable` for one that may be the cache's
 */
export async function readVersions(
  { sha, key, sequence }: Pick<Version, 'sha' | 'key' | 'sequence'>,
  count: number,
  place: GitPlace,
  again: boolean,
): Promise<readonly Version[]> {
  const startedMs = Date.now()
  const wanted = Math.max(0, Math.min(count, sequence))
  const name = nameOf(key, place)
  const history = await readHistory(sha, wanted, place)
  const versions = history.map(([each, commit]) => openVersion(each, commit, name))
  const whole = versions.length === wanted && versions.every((version, i) => version.sequence === sequence - i)
  if (whole) return versions
  throw again ? unreadable(name.place, sha, 'its journal has a gap') : madeAnew(place, startedMs)
}

export function nameOf(key: string, { remote, namespace }: GitPlace): { key: string; place: string } {
  return { key, place: `${remote.shown} ${recordRef(namespace, key)}` }
}

type LookCall = GitPlace & Call

async function ask(key: string, asksIndex: boolean, call: LookCall) {
  const record = recordRef(call.namespace, key)
  if (!asksIndex) return { ...(await fetchRefs({ record }, call)), index: null }
  return fetchRefs({ record, index: indexRef(call.namespace, key) }, call)
}

async function remember(key: string, seen: Seen, call: LookCall): Promise<Looked> {
  const version = versionOf(seen)
  if (version === null) {
    writeSeen(call.cache, key, seen)
    return { seen, version }
  }
  const opened = openVersion(version, await obtain(version, seen, key, call), nameOf(key, call))
  writeSeen(call.cache, key, seen)
  return { seen, version: opened }
}

async function obtain(sha: string, seen: Seen, key: string, call: LookCall) {
  const here = await readCommit(sha, call)
  if (here !== undefined) return here

  // Damaged in the cache, and removed there when it was read; or in the archive, which nobody fetches whole.
  const without = { ...call, haves: [] }
  const source = seen.place === 'live' ? recordRef(call.namespace, key) : sha
  await fetchObjects([source], without).catch((error: unknown) => {
    if (seen.place !== 'archived' || !(error instanceof StoreError)) throw error
    // A server that gives out only what a ref names.
    return fetchObjects([archiveRef(call.namespace)], without)
  })
  const commit = await readCommit(sha, call)
  if (commit === undefined) throw unreadable(nameOf(key, call).place, sha, 'the remote does not have its content')
  return commit
}

/** Only what is surely there: git refuses to work beside a ref without an object. */
function havesOf(seen: Seen | null, { cache }: GitPlace): readonly string[] {
  const shas = seen === null ? [] : [versionOf(seen), seen.place === 'live' ? null : seen.index]
  return shas.filter((sha) => sha !== null).filter((sha) => readLoose(cache.objects, sha) !== null)
}
