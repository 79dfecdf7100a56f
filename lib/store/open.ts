/**
 * Opens the store at a place that `locateState` found. Today every place is a folder.
 */
import { openFileStore } from './files/open-file-store.ts'
import type { StateLocation } from './location.ts'
import type { Store } from './store.ts'

export function openStore(location: Pick<StateLocation, 'folder' | 'scope'>): Store {
  return openFileStore(location.folder, { scope: location.scope })
}
