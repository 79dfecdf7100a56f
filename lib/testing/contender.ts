/**
 * One of the processes that `checkStore` starts: uses the store at random and notes every call, until it
 * is killed. What the store throws is noted and borne; anything else ends the process.
 */
import type { StoreError } from '../errors.ts'
import { recordHistory } from './history.ts'
import { type ContenderWords, contextOf, type HistoryKind, historyFile, openModule, WORDS } from './module.ts'
import type { OwnerOp, OwnerResult } from './owner-model.ts'
import type { PairOp, PairResult } from './pair-model.ts'
import { randomFrom } from './random.ts'
import type { RegisterOp, RegisterResult } from './register-model.ts'
import { useOwnership } from './use-ownership.ts'
import { canSwapTogether, usePair } from './use-pair.ts'
import { useRegisters } from './use-register.ts'

async function contend(words: ContenderWords): Promise<never> {
  const { folder, worker, host, keys, shortestTtlMs, leaseAlways } = words
  const store = await openModule(words.module, words.options, host)
  const context = contextOf(store, folder, host)
  const random = randomFrom(words.seed)
  const recorderOf = <Op, Result>(kind: HistoryKind) =>
    recordHistory<Op, Result>(historyFile(folder, kind, worker), worker, { changedNothing })

  const pids = context.host.pidNamespace ?? undefined
  const user = { run: worker, worker, host, pids, keys, random, shortestTtlMs, leaseAlways }
  const uses = [
    useRegisters(store, recorderOf<RegisterOp, RegisterResult>('register'), user),
    useOwnership(context, recorderOf<OwnerOp, OwnerResult>('ownership'), user),
    ...(canSwapTogether(store) ? [usePair(store, recorderOf<PairOp, PairResult>('pair'), user)] : []),
  ]
  for (;;) {
    for (const use of uses) {
      await use().catch(bear)
      await new Promise((resolve) => setTimeout(resolve, random() * words.pauseMs))
    }
  }
}

function changedNothing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, details } = error as Partial<StoreError>
  return code === 'store_contended' || details?.changed === 'no'
}

/** A bug in the rules must not hide behind a store that may fail. */
function bear(error: unknown): void {
  if (error instanceof TypeError || error instanceof ReferenceError) throw error
}

const words = process.env[WORDS]
if (words !== undefined) await contend(JSON.parse(words))
