/**
 * Which records are there, and many of them at once: one question for the names, one fetch for what is new.
 */
import { StoreError } from '../../errors.ts'
import type { ListedRecord } from '../store.ts'
import { readCommits } from './commits.ts'
import { type CommitText, openVersion, unreadable } from './content.ts'
import { type GitPlace, nameOf, readIndex } from './look.ts'
import { archiveRef, indexPrefix, keyOfFlatName, keyOfRef, NAMESPACES, recordRef } from './ref-names.ts'
import { fetchObjects, listRefs } from './remote.ts'

type Refs = ReadonlyMap<string, string>

/** Names of all records that start with the prefix, archived ones too, sorted. */
export async function listKeys(prefix: string, place: GitPlace): Promise<readonly string[]> {
  const refs = await listOurs(place)
  const keys = new Set([...liveRecords(refs, place).keys(), ...(await archivedKeys(refs, place))])
  return [...keys].filter((key) => key.startsWith(prefix)).sort()
}

/** The records that are not archived, with what they hold. */
export async function readLive(prefix: string, place: GitPlace): Promise<readonly ListedRecord[]> {
  const records = [...liveRecords(await listOurs(place), place)].filter(([key]) => key.startsWith(prefix))
  const commits = await obtainAll(
    records.map(([key, sha]) => ({ ref: recordRef(place.namespace, key), sha })),
    place,
  )
  return records.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, sha]) => open(key, sha, commits.get(sha), place))
}

export async function listOurs(place: GitPlace): Promise<Refs> {
  return listRefs(`${NAMESPACES[place.namespace]}/*`, place)
}

/** Version by key. */
export function liveRecords(refs: Refs, { namespace }: GitPlace): Refs {
  const records = new Map<string, string>()
  for (const [ref, sha] of refs) {
    const key = keyOfRef(namespace, ref)
    if (key !== null) records.set(key, sha)
  }
  return records
}

export async function archivedKeys(refs: Refs, place: GitPlace): Promise<readonly string[]> {
  if (!refs.has(archiveRef(place.namespace))) return []
  const parts = [...refs].filter(([ref]) => ref.startsWith(indexPrefix(place.namespace)))
  await obtainAll(
    parts.map(([ref, sha]) => ({ ref, sha })),
    place,
  )
  const names = await Promise.all(parts.map(async ([, sha]) => [...(await readIndex(sha, place)).tips.keys()]))
  return names
    .flat()
    .map(keyOfFlatName)
    .filter((key) => key !== null)
}

/** What is missing in the cache is fetched by the names of its refs, which any server gives out. */
async function obtainAll(
  wanted: readonly { readonly ref: string; readonly sha: string }[],
  place: GitPlace,
): Promise<ReadonlyMap<string, CommitText | null>> {
  const shas = wanted.map(({ sha }) => sha)
  const here = await readCommits(shas, place)
  const missing = wanted.filter(({ sha }) => !here.has(sha))
  if (missing.length === 0) return here

  await fetchObjects(
    missing.map(({ ref }) => ref),
    place,
  )
  return readCommits(shas, place)
}

function open(key: string, sha: string, commit: CommitText | null | undefined, place: GitPlace): ListedRecord {
  const name = nameOf(key, place)
  try {
    // Changed between the list and the fetch, by a push that replaced history: not by one of ours.
    if (commit === undefined) throw unreadable(name.place, sha, 'its content is gone')
    return { key, read: { value: openVersion(sha, commit, name).value, version: sha } }
  } catch (error) {
    if (error instanceof StoreError) return { key, read: error }
    throw error
  }
}
