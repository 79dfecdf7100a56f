/** How far the store's promises reach, for people. */
import type { StoreScope } from '../store/store.ts'

export const REACH: Readonly<Record<StoreScope, string>> = {
  process: 'this process only',
  clone: 'this clone only; other clones and machines do not see it',
  machine: 'this machine only; other machines do not see it',
  every_machine: 'every machine',
}
