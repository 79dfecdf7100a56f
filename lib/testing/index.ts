/**
 * `dev-loops/testing`: check that a store keeps its promises, or that a history of your own is
 * linearizable. See "Check a store of your own" in docs/ownership.md.
 */
export { openFileStore } from '../store/files/open-file-store.ts'
export type { Instant, JournalEntry, Json, Store, StoreScope, Swap, Versioned } from '../store/store.ts'
export type { Answers } from './answers.ts'
export { type CheckStoreOptions, checkStore, type StoreReport } from './check-store.ts'
export type { Seat } from './contest.ts'
export type { Disturbance } from './disturb.ts'
export { clockMs, type Operation, type Recorder, type RecorderOptions, readHistory, recordHistory } from './history.ts'
export { checkLinearizable, type Linearizability, type Model, type Verdict } from './linearizability.ts'
export type { OpenStore } from './module.ts'
export { type Deaths, type OwnerOp, type OwnerResult, ownerModel } from './owner-model.ts'
export { type RegisterOp, type RegisterResult, registerModel } from './register-model.ts'
