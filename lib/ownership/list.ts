/**
 * Every target of a store and who holds it. A record that cannot be read is listed with its problem:
 * one damaged file must not hide the others.
 */
import { StoreError } from '../errors.ts'
import type { ListedRecord, Store, Versioned } from '../store/store.ts'
import { isTargetKey, type Target, targetOfKey } from '../target.ts'
import { readAlias } from './alias.ts'
import { describeHolder, type Holder } from './answers.ts'
import type { OwnershipContext } from './context.ts'
import { gatherEvidence } from './evidence.ts'
import { parseRecord } from './parse.ts'
import type { OwnershipRecord } from './record.ts'
import { placeOf } from './stored.ts'

export interface ListedOwnership {
  readonly key: string
  readonly target: Target | null
  readonly record: OwnershipRecord | null
  readonly version: string | null
  readonly holder: Holder | null
  /** Why the record cannot be read. */
  readonly problem: string | null
}

/** @param prefix of the key, such as `github.com/acme/api/`; empty for all. What is archived is nobody's. */
export async function listOwnership(prefix: string, context: OwnershipContext): Promise<readonly ListedOwnership[]> {
  const { store } = context
  // Nothing is written here, so no record needs the time of its change.
  const looking = { ...context, at: '' }
  const read: ListedRecord[] = []
  for (const each of await prefixesOf(prefix, store)) {
    read.push(...(store.readLive ? await store.readLive(each) : await readEach(each, store)))
  }
  return read.filter(({ key }) => isTargetKey(key)).map((each) => describe(each, looking))
}

/**
 * The targets whose records are archived, by name alone: nobody holds them, and reading each would take a look
 * into the archive. A store that archives nothing has none.
 *
 * @param listed what is not archived
 */
export async function listArchived(
  prefix: string,
  listed: readonly ListedOwnership[],
  { store }: OwnershipContext,
): Promise<readonly Target[]> {
  if (store.readLive === undefined) return []
  const live = new Set(listed.map(({ key }) => key))
  const archived: Target[] = []
  for (const each of await prefixesOf(prefix, store)) {
    for (const key of await store.list(each)) {
      const target = live.has(key) ? null : targetOfKey(key)
      if (target !== null) archived.push(target)
    }
  }
  return archived
}

/** The records of a renamed repository are listed under both of its names, and once where all are. */
async function prefixesOf(prefix: string, store: Store): Promise<readonly string[]> {
  const [host, owner, name, rest, ...more] = prefix.split('/')
  if (!host || !owner || !name || rest !== '' || more.length > 0) return [prefix]
  const former = await readAlias({ host, repo: `${owner}/${name}` }, store)
  return former === null ? [prefix] : [prefix, `${host}/${former}/`]
}

async function readEach(prefix: string, store: Store): Promise<readonly ListedRecord[]> {
  const listed: ListedRecord[] = []
  for (const key of (await store.list(prefix)).filter(isTargetKey)) {
    const read = await store.read(key).catch(storeErrorOf)
    if (read !== null) listed.push({ key, read })
  }
  return listed
}

function describe({ key, read }: ListedRecord, context: OwnershipContext): ListedOwnership {
  const { store } = context
  try {
    if (read instanceof StoreError) throw read
    const record = parse(key, read, store)
    const { version } = read
    const holder = describeHolder(record, gatherEvidence({ key, record, version }, store.now(), context, false))
    return { key, target: record.target, record, version, holder, problem: null }
  } catch (error) {
    return { key, target: null, record: null, version: null, holder: null, problem: storeErrorOf(error).message }
  }
}

/** Where the record lies is only worth finding out when it must be told. */
function parse(key: string, { value }: Versioned, store: Store): OwnershipRecord {
  try {
    return parseRecord(value, null)
  } catch {
    return parseRecord(value, null, placeOf(key, store))
  }
}

function storeErrorOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  throw error
}
