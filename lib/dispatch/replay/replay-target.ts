/**
 * Replays one target: reads its journal and the facts that this clone kept, and writes nothing.
 */
import { type Outcome, refuse } from '../../outcome.ts'
import { locate } from '../../ownership/stored.ts'
import type { Store } from '../../store/store.ts'
import { formatTarget, type NumberedTarget, targetKey } from '../../target.ts'
import type { FactsArchive, FoundFacts } from './facts-archive.ts'
import { listDecisions, type Replay, replay } from './replay.ts'

export interface Replaying {
  readonly store: Store
  readonly archive: FactsArchive
  /** Only decisions from then on, by the store's wall clock; `null`: all. */
  readonly sinceMs: number | null
}

/** @returns a refusal `target_not_found` when nobody ever worked on the target, as far as this store knows */
export async function replayTarget(
  target: NumberedTarget,
  { store, archive, sinceMs }: Replaying,
): Promise<Outcome<Replay>> {
  const { at, current } = await locate(target, store)
  if (current === null) {
    const message = `there is no record of ${formatTarget(target)} here; look at the number, and at --state-dir`
    return refuse('target_not_found', message)
  }
  const decisions = listDecisions(await store.journal(targetKey(at), 0)).filter(
    ({ at }) => sinceMs === null || Date.parse(at) >= sinceMs,
  )
  const found = new Map<string, FoundFacts>()
  for (const { factsDigest } of decisions.map(({ decision }) => decision)) {
    if (!found.has(factsDigest)) found.set(factsDigest, await archive.find(factsDigest))
  }
  return { ok: true, value: replay(decisions, found) }
}
