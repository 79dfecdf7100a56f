/**
 * A store in a git remote: any number of machines, no service beside the one that has the repository.
 *
 * This file only joins the parts. Nothing is kept in memory between two calls but whether the remote
 * changes several refs in one step; what is remembered lies in the cache and may be deleted.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { RemoteAccess, Setting } from '../../git/credentials.ts'
import { readClock } from '../clock.ts'
import { takeTurn } from '../files/turn.ts'
import { checkKey } from '../key.ts'
import type { Instant, Store, Versioned } from '../store.ts'
import { withoutPassword } from './address.ts'
import { openCache, turnPath } from './cache.ts'
import { careFor } from './care.ts'
import { healing } from './commits.ts'
import { isSha, type Version } from './content.ts'
import { listKeys, readLive } from './list.ts'
import { look, nameOf, readVersions, recall } from './look.ts'
import type { Namespace } from './ref-names.ts'
import { type GitStorePlace, swap } from './swap.ts'
import { type TidyLimits, tidyCache } from './tidy.ts'
import { swapTogether } from './together.ts'

const CONFLICT = { ok: false, conflict: true } as const
const PATIENCE_MS = 30_000
/** A push over a network takes a second or two, and several may stand in the queue. */
const TURN_PATIENCE = { withOneMs: 5_000, inAllMs: PATIENCE_MS }

export interface GitStoreOptions {
  /** A folder, or an address that git reaches; see address.ts. */
  readonly url: string
  readonly namespace?: Namespace
  /** The state folder, in which the cache of this remote gets a folder of its own. */
  readonly folder: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly access?: RemoteAccess | null
  readonly settings?: readonly Setting[]
  readonly now?: () => Instant
  /** When the cache is tidied. */
  readonly limits?: TidyLimits
}

export function openGitStore(options: GitStoreOptions): Store {
  const { now = readClock } = options
  const place = placeFor(options)
  // Not after a single read: what is allowed by one may not wait.
  const tidying = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } finally {
      await tidyCache(place, options.limits)
    }
  }

  return {
    scope: 'every_machine',
    location: place.remote.shown,
    remote: place.remote.shown,
    patienceMs: PATIENCE_MS,
    now,

    async read(key) {
      checkKey(key)
      return versioned((await healing(() => look(key, place))).version)
    },

    async recall(key) {
      checkKey(key)
      const known = await healing(() => recall(key, place))
      return known === null ? undefined : versioned(known.version)
    },

    async compareAndSwap(key, version, value, entry) {
      checkKey(key)
      if (version !== null && !isSha(version)) return CONFLICT
      const next = await tidying(() => swap({ key, version, value, entry, wallMs: now().wallMs }, place))
      return next === null ? CONFLICT : { ok: true, version: next }
    },

    async swapTogether(changes, refs, options = {}) {
      for (const { key } of changes) checkKey(key)
      const { wallMs } = now()
      const dated = changes.map((change) => ({ ...change, wallMs }))
      return tidying(() => swapTogether(dated, { refs, options }, place))
    },

    list: (prefix) => tidying(() => healing(() => listKeys(prefix, place))),
    readLive: (prefix) => tidying(() => healing(() => readLive(prefix, place))),
    care: careFor(place),

    async journal(key, after) {
      checkKey(key)
      return healing(async (again) => {
        const { version } = await look(key, place)
        if (version === null) return []
        const versions = await readVersions(version, version.sequence - Math.max(0, after), place, again)
        return [...versions].reverse().map(({ sequence, at, entry }) => ({ sequence, at, entry }))
      })
    },

    takeTurn: (key) => takeTurn(turnPath(place.cache, key), TURN_PATIENCE),
    placeOf: (key) => nameOf(key, place).place,
  }
}

/** What all calls of one store share. */
function placeFor(options: GitStoreOptions): GitStorePlace {
  const { url, namespace = 'refs', folder, env = process.env, access = null, settings = [] } = options
  const shown = withoutPassword(url)
  const name = createHash('sha1').update(`${shown} ${namespace}`).digest('hex').slice(0, 16)
  return {
    remote: { url, shown, env, access, settings },
    cache: openCache(join(folder, 'git-store', name)),
    namespace,
    atomic: { supported: true },
  }
}

function versioned(version: Version | null): Versioned | null {
  return version && { value: version.value, version: version.sha }
}
