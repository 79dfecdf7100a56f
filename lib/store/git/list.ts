/**
 * Which records are there, and many of them at once: one question for the names, one fetch for what is new.
 */
import { StoreError } from '../../errors.ts'
import type { ListedRecord } from '../store.ts'
import { readCommits } from './commits.ts'
import { type CommitText, openVersion, unreadable } from './content.ts'
import { type Index, openIndex } from './index-part.ts'
import { type GitPlace, nameOf } from './look.ts'
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
  return records.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, sha]) => openListed(key, sha, commits.get(sha), place))
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

async function archivedKeys(refs: Refs, place: GitPlace): Promise<readonly string[]> {
  return [...(await archivedRecords(refs, place)).keys()]
}

/** Version by key. A record that was used again since is among them at its last archived version. */
export async function archivedRecords(refs: Refs, place: GitPlace): Promise<Refs> {
  if (!refs.has(archiveRef(place.namespace))) return new Map()
  const prefix = indexPrefix(place.namespace)
  const parts = [...refs].filter(([ref]) => ref.startsWith(prefix)).map(([ref, sha]) => ({ ref, sha }))
  const tips = [...(await indexParts(parts, place)).values()].flatMap((part) => [...part.tips])
  return new Map(
    tips.flatMap(([name, version]): [string, string][] => {
      const key = keyOfFlatName(name)
      return key === null ? [] : [[key, version]]
    }),
  )
}

/** Parts of the index by their refs. @throws StoreError `state_unreadable` */
export async function indexParts(parts: readonly Wanted[], place: GitPlace): Promise<ReadonlyMap<string, Index>> {
  const commits = await obtainAll(parts, place)
  return new Map(
    parts.map(({ ref, sha }) => [ref, openIndex(sha, commits.get(sha) ?? null, `${place.remote.shown} ${ref}`)]),
  )
}

interface Wanted {
  readonly ref: string
  readonly sha: string
}

/**
 * What is missing in the cache is fetched by its name, since git compares each name of a ref with every other;
 * by the refs only from a server that gives out nothing else.
 */
export async function obtainAll(
  wanted: readonly Wanted[],
  place: GitPlace,
): Promise<ReadonlyMap<string, CommitText | null>> {
  const shas = wanted.map(({ sha }) => sha)
  const here = await readCommits(shas, place)
  const missing = wanted.filter(({ sha }) => !here.has(sha))
  if (missing.length === 0) return here

  const names = missing.map(({ sha }) => sha)
  await fetchObjects(names, place).catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error
    return fetchObjects([...new Set(missing.map(({ ref }) => ref))], place)
  })
  return new Map([...here, ...(await readCommits(names, place))])
}

function openListed(key: string, sha: string, commit: CommitText | null | undefined, place: GitPlace): ListedRecord {
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
