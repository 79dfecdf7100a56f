/**
 * What the service needs of the world: a store, who this host is, and where to remember what it saw.
 */
import type { Store } from '../store/store.ts'
import type { HostIdentity } from './host.ts'

export interface OwnershipContext {
  readonly store: Store
  readonly host: HostIdentity
  /** Folder for sightings of leases renewed on other machines; without it such a lease never ends for us. */
  readonly observations?: string | undefined
  /** Folders that may hold a predecessor's `.pi/runner-coordination/`. */
  readonly predecessorFolders?: readonly string[] | undefined
  /** A predecessor's record, named outright; looked at before those of the folders. */
  readonly predecessorFile?: string | undefined
  /** ISO 8601 UTC that is written for people instead of the store's wall clock. */
  readonly at?: string | undefined
}
