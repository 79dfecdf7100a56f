/**
 * One of the processes that `checkStore` starts: uses the store at random and notes every call, until it
 * is killed. What the store throws is noted and borne; anything else ends the process.
 */
import { recordHistory } from './history.ts'
import {
  bear,
  type ContenderWords,
  changedNothing,
  contextOf,
  type HistoryKind,
  historyFile,
  openModule,
  WORDS,
} from './module.ts'
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

const words = process.env[WORDS]
if (words !== undefined) await contend(JSON.parse(words))
