/**
 * Parameters and results of the predecessor's library, with what is new beside what always was there.
 */
import type { Code } from '../codes.ts'
import type { Json, StoreScope } from '../store/store.ts'
import type { Holder, ShownRun } from './answers.ts'
import type { ExitSignal, PreviousRun, SCHEMA_VERSION, WorkerIdentity } from './record.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface RunnerTarget {
  readonly repo: string
  readonly pr: number | string
  readonly cwd?: string | undefined
  /** A predecessor's file; it is taken over at the first change. */
  readonly filePath?: string | null | undefined
  readonly env?: Environment | undefined
  /** Forge host; by default the one that commands find in the environment. */
  readonly host?: string | undefined
  /** Whose records are meant outside a checkout: `command` the user's, `library` (default) those in `./.dev-loops`. */
  readonly caller?: 'command' | 'library' | undefined
}

/** Written for people into the record; terms are counted on the store's clock. */
export type RunnerTime = string | number | Date

export interface RunnerClaim extends RunnerTarget {
  readonly runId?: string | null | undefined
  readonly mode?: 'claim' | 'takeover' | undefined
  readonly now?: RunnerTime | undefined
  readonly ttlMs?: number | null | undefined
  readonly process?: WorkerIdentity | null | undefined
  readonly expectedToken?: number | undefined
  readonly force?: boolean | undefined
  readonly reason?: string | null | undefined
}

export interface RunnerAssertion extends RunnerTarget {
  readonly runId?: string | null | undefined
  readonly requireExisting?: boolean | undefined
}

export interface RunnerRelease extends RunnerTarget {
  readonly runId?: string | null | undefined
  readonly now?: RunnerTime | undefined
}

export interface RunnerExitSignal extends RunnerRelease {
  readonly reason?: string | null | undefined
  readonly requireActiveOwner?: boolean | undefined
}

export interface AsyncRunner extends Omit<RunnerTarget, 'filePath'> {
  readonly claimIfMissing?: boolean | undefined
  readonly requireExisting?: boolean | undefined
}

export interface RunnerCoordinationState {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly target: { readonly repo: string; readonly pr: number }
  readonly token: number
  readonly activeRun: ShownRun | null
  readonly previousRun: PreviousRun | null
  readonly history: readonly Json[]
  readonly exitSignals: readonly ExitSignal[]
}

interface RunnerFields {
  readonly repo: string
  readonly pr: number
  readonly runId: string | null
  readonly activeRun: ShownRun | null
  readonly filePath: string | null
  readonly token?: number
  readonly expiresAt?: string | null
  readonly scope?: StoreScope
}

export type RunnerOwnershipResult =
  | (RunnerFields & {
      readonly ok: true
      readonly status: string
      readonly previousRun?: PreviousRun | null
      readonly exitSignals: readonly ExitSignal[]
    })
  | (RunnerFields & {
      readonly ok: false
      readonly error: Code
      readonly message: string
      readonly exitSignals?: readonly ExitSignal[]
      readonly holder?: Holder | null
      readonly observedForMs?: number | null
      readonly freeForYouInMs?: number | null
    })
