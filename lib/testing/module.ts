/**
 * What a process under check is told, and how it opens the store of a module that is given by its path.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type StoreError, UsageError } from '../errors.ts'
import { type HostIdentity, readHostIdentity } from '../ownership/host.ts'
import type { OwnershipContext } from '../ownership/service.ts'
import type { Json, Store } from '../store/store.ts'

/** The variable in which a contender finds its words, as JSON. */
export const WORDS = 'DEV_LOOPS_CONTENDER'

export interface ContenderWords {
  /** Path of the module that exports `openStore`. */
  readonly module: string
  readonly options: Json
  /** Folder for histories, and for what each host remembers. */
  readonly folder: string
  readonly worker: string
  /** A made-up machine: its boot id and pid namespace are unlike all others. */
  readonly host?: string | undefined
  readonly seed: number
  readonly keys: number
  readonly shortestTtlMs: number
  readonly leaseAlways: boolean
  /** Longest pause between two calls. */
  readonly pauseMs: number
}

/**
 * What a module under check exports; called once in each process.
 *
 * @param options as they were given to `checkStore`
 * @param host    name of the made-up machine that the process is on, for a store that keeps something on each
 */
export type OpenStore = (options: Json, host?: string) => Store | Promise<Store>

export async function openModule(path: string, options: Json, host?: string): Promise<Store> {
  if (!existsSync(path)) throw noModule(path, 'is no file')
  const exported: { readonly openStore?: OpenStore } = await import(pathToFileURL(path).href)
  if (typeof exported.openStore !== 'function') throw noModule(path, 'exports no function openStore')
  return exported.openStore(options, host)
}

function noModule(path: string, why: string): UsageError {
  const message = `${path} ${why}; give the path of a module whose openStore answers a store`
  return new UsageError('invalid_value', message, { what: 'module', value: path })
}

/** `pair`: only of a store that changes several records in one step. */
export const HISTORIES = ['register', 'ownership', 'pair'] as const
export type HistoryKind = (typeof HISTORIES)[number]

export const historyFile = (folder: string, kind: HistoryKind, worker: string) =>
  join(folder, `history.${kind}.${worker}.jsonl`)

/** @param host a made-up machine; not given: this one */
export function contextOf(store: Store, folder: string, host?: string): OwnershipContext {
  if (host === undefined) return { store, host: readHostIdentity(), observations: join(folder, 'seen.here') }
  // The real one is part of the name: a launcher may have put this process into a namespace of its own, where
  // the others' pids are nobody's.
  const pidNamespace = `pids ${readHostIdentity().pidNamespace} of ${host}`
  const identity: HostIdentity = { machineId: host, bootId: `boot of ${host}`, pidNamespace }
  return { store: bootedAs(store, `boot of ${host}`), host: identity, observations: join(folder, `seen.${host}`) }
}

/** The same store, read on the clock of another boot. */
function bootedAs(store: Store, bootId: string): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'now') return () => ({ ...target.now(), bootId })
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/** Whether a call that failed so is proved to have had no effect. */
export function changedNothing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, details } = error as Partial<StoreError>
  return code === 'store_contended' || details?.changed === 'no'
}

/** A bug in the rules must not hide behind a store that may fail. */
export function bear(error: unknown): null {
  if (error instanceof TypeError || error instanceof ReferenceError) throw error
  return null
}
