/**
 * Was this repository known under another name? Then an alias is written before anything else, so that
 * both names meet in the same records.
 *
 * What is compared is the forge's node id of the repository, which the holder of a target notes with its
 * first decision. A name that somebody gave to a repository after another had left it has another id.
 */
import { type RepositoryName, readAlias, writeAlias } from '../ownership/alias.ts'
import { parseWork } from '../sessions/work.ts'
import type { Json, Store } from '../store/store.ts'
import { isTargetKey } from '../target.ts'

/** The ids of one name are all the same, so a few records without one do not make it unknown. */
const RECORDS_LOOKED_AT = 5

/** @returns whether the name now leads to the records of a former one; asked only where a target has no record */
export async function noteRename(name: RepositoryName, repositoryId: string, store: Store): Promise<boolean> {
  if ((await readAlias(name, store)) !== null) return false
  const keys = await store.list(`${name.host}/`)
  for (const [former, records] of otherNames(keys, name)) {
    if ((await repositoryIdOf(records, store)) !== repositoryId) continue
    if (await writeAlias({ name, former, repositoryId }, store)) return true
  }
  return false
}

function otherNames(keys: readonly string[], { repo }: RepositoryName): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>()
  for (const key of keys.filter(isTargetKey)) {
    const [, owner, name, kind] = key.split('/')
    const other = `${owner}/${name}`
    if (other === repo || kind !== 'number') continue
    names.set(other, [...(names.get(other) ?? []), key])
  }
  return names
}

async function repositoryIdOf(keys: readonly string[], store: Store): Promise<string | null> {
  for (const key of keys.slice(0, RECORDS_LOOKED_AT)) {
    const id = idIn((await store.read(key).catch(() => null))?.value ?? null)
    if (id !== null) return id
  }
  return null
}

/** A record that cannot be read says nothing here; whoever asks about its target is told. */
function idIn(record: Json): string | null {
  if (typeof record !== 'object' || record === null || !('work' in record)) return null
  try {
    return parseWork(record.work ?? null).repositoryId
  } catch {
    return null
  }
}
