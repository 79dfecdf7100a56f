/**
 * One look at a target for stale detection: its record, and what is judged of its runner.
 *
 * The record is not written. What this host saw of another machine's lease is kept, because only
 * a second look at the same version can ever prove that such a lease ran out.
 */
import type { NumberedTarget } from '../../target.ts'
import { gatherEvidence } from '../evidence.ts'
import { openForLibrary } from '../predecessor-open.ts'
import { targetOf, timeMs } from '../predecessor-target.ts'
import type { RunnerTarget, RunnerTime } from '../predecessor-types.ts'
import type { OwnershipRecord } from '../record.ts'
import { type Alive, judgeClaim } from '../rules/liveness.ts'
import { placeOf, readRecord } from '../stored.ts'
import { judgeRunner, maxAgeOf, type RunnerJudgement } from './rules/judge-runner.ts'

export interface StaleRunnerQuery extends RunnerTarget {
  /** Only for a claim without lease and process, whose age is by the wall clock. */
  readonly now?: RunnerTime | undefined
  readonly maxAgeMs?: number | undefined
}

export interface Examined {
  readonly target: NumberedTarget
  readonly record: OwnershipRecord | null
  readonly judged: RunnerJudgement
  readonly maxAgeMs: number | null
  /** Of the claim; `null`: nobody holds the target. */
  readonly alive: Alive | null
  readonly filePath: string
}

export async function examineRunner(query: StaleRunnerQuery, maxAgeMs: number): Promise<Examined> {
  const target = targetOf(query)
  const context = await openForLibrary(target, query)
  const seen = await readRecord(target, context)
  const now = context.store.now()
  const evidence = gatherEvidence(seen, now, context, true)
  const nowMs = query.now === undefined ? now.wallMs : timeMs(query.now)
  const claim = seen.record?.activeRun ?? null
  return {
    target,
    record: seen.record,
    judged: judgeRunner(seen.record, evidence, { nowMs, maxAgeMs }),
    maxAgeMs: maxAgeOf(claim, maxAgeMs),
    alive: claim && judgeClaim(claim, evidence).alive,
    filePath: placeOf(seen.key, context.store),
  }
}
