/**
 * What is looked at now and then: how many records there are, what the remote can do, and whether every
 * record and journal can be read.
 */
import { GitError, StoreError } from '../../errors.ts'
import type { Checked, Inspected, StoreCare } from '../store.ts'
import { archive } from './archive.ts'
import { withScratch } from './cache.ts'
import { healing, readCommit, writeCommit } from './commits.ts'
import { openVersion, unreadable } from './content.ts'
import { archivedRecords, listOurs, liveRecords, obtainAll } from './list.ts'
import { nameOf, readVersions } from './look.ts'
import { NAMESPACES, recordRef } from './ref-names.ts'
import { gitIn, STORE } from './remote.ts'
import type { GitStorePlace } from './swap.ts'

export function careFor(place: GitStorePlace): StoreCare {
  return {
    archive: (records) => archive(records, place),
    inspect: () => inspect(place),
    check: (prefix) => check(prefix, place),
  }
}

async function inspect(place: GitStorePlace): Promise<Inspected> {
  const refs = await listOurs(place)
  const live = liveRecords(refs, place)
  const archived = [...(await archivedRecords(refs, place)).keys()].filter((key) => !live.has(key))
  return { live: live.size, archived: archived.length, atomicPushes: await canPushAtomically(place) }
}

/** git looks at what the server offers also when it is to send nothing. */
async function canPushAtomically(place: GitStorePlace): Promise<boolean | null> {
  const commit = writeCommit(place.cache, { parents: [], message: 'Never sent\n' }, 0)
  const args = [
    'push',
    '--dry-run',
    '--atomic',
    '--no-verify',
    '--quiet',
    STORE,
    `${commit}:${NAMESPACES[place.namespace]}/none`,
  ]
  try {
    await withScratch(place.cache, [], (gitDir) => gitIn(args, gitDir, place))
    return true
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return /does not support --atomic/.test(String(error.details.stderr)) ? false : null
  }
}

async function check(prefix: string, place: GitStorePlace): Promise<Checked> {
  const refs = await listOurs(place)
  const records = [...new Map([...(await archivedRecords(refs, place)), ...liveRecords(refs, place)])]
    .filter(([key]) => key.startsWith(prefix))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const wanted = records.map(([key, sha]) => ({ ref: recordRef(place.namespace, key), sha }))
  await obtainAll(wanted, place)
  const damaged: { key: string; problem: StoreError }[] = []
  for (const [key, sha] of records) {
    const problem = await problemOf(() => requireWhole(key, sha, { wanted, place }))
    if (problem !== null) damaged.push({ key, problem })
  }
  return { records: records.length, damaged }
}

async function problemOf(look: () => Promise<void>): Promise<StoreError | null> {
  try {
    await look()
    return null
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}

/** The cache may be thrown away over one of them, and then all are fetched again. */
function requireWhole(key: string, sha: string, { wanted, place }: Checking): Promise<void> {
  const name = nameOf(key, place)
  return healing(async (again) => {
    const commit = again ? (await obtainAll(wanted, place)).get(sha) : await readCommit(sha, place)
    if (commit === undefined) throw unreadable(name.place, sha, 'the remote does not have its content')
    const newest = openVersion(sha, commit, name)
    const first = (await readVersions(newest, newest.sequence, place, again)).at(-1)
    if (first?.parent !== null) throw unreadable(name.place, sha, 'its journal does not begin with its first change')
  })
}

interface Checking {
  readonly wanted: Parameters<typeof obtainAll>[0]
  readonly place: GitStorePlace
}
