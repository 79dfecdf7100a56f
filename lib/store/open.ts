/**
 * Opens the store that configuration names: files at the place that `locateState` found, or a git remote
 * with a cache there. Git is loaded only for whoever keeps records in it.
 */
import { openFileStore } from './files/open-file-store.ts'
import type { StateLocation } from './location.ts'
import type { Store } from './store.ts'

export interface StoreRequest {
  readonly location: Pick<StateLocation, 'folder' | 'scope' | 'commonGitDir'>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whose remote is meant by `store: git`; without one that of `origin`. */
  readonly target?: { readonly repo: string } | undefined
  /** Asked only when the remote is the forge itself; without a token git uses what the person has set up. */
  readonly askToken?: () => Promise<string | null>
}

export function openStore(location: Pick<StateLocation, 'folder' | 'scope'>): Store {
  return openFileStore(location.folder, { scope: location.scope })
}

/**
 * @param choice the preference `store`
 * @throws UsageError `invalid_value` for a choice that names no store, `not_a_checkout` for `git` without a
 *   checkout that has the repository as a remote
 */
export async function openChosenStore(choice: string, request: StoreRequest): Promise<Store> {
  if (choice === 'files') return openStore(request.location)
  const { openRemoteStore } = await import('./git/open-remote-store.ts')
  return openRemoteStore(choice, request)
}
