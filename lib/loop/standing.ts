/**
 * Where a pull request stands by what was observed of it, whoever holds it and whatever lies in worktrees.
 *
 * `next` asks first who may act at all, so of every target that nobody holds it says only that it may be
 * claimed. Whoever looks at many wants to know what there is to do in each; the claim comes when one of them
 * is taken up. Nothing is handed out here: the step is named, without its command or prompt.
 */
import type { DecisionActor, DecisionInput } from './decision.ts'
import { cleanup } from './machines/cleanup.ts'
import { policy } from './machines/policy.ts'
import { listMissing } from './missing.ts'
import { firstWithStep, type Stage, stage } from './precedence.ts'
import { readCleanupFacts } from './readings/ownership.ts'
import { type Reading, read } from './readings/target.ts'
import { waitFor } from './waits.ts'

export interface Standing {
  readonly state: string
  readonly step: string | null
  readonly actor: DecisionActor
  /** Ids of the rules that fired, outermost first. */
  readonly because: readonly string[]
  readonly missing: readonly string[]
  /** Wall clock; `null` when it does not wait. */
  readonly waitUntilMs: number | null
}

export function standingOf(input: DecisionInput): Standing {
  const reading = read(input)
  const { decided, passed } = firstWithStep(stagesOf(input, reading))
  const step = decided.row.next?.step ?? null
  const wait = waitFor(decided, { input, reading })
  return {
    state: decided.state,
    step,
    actor: wait?.over ? 'human' : (decided.row.next?.by ?? 'done'),
    because: [...passed, decided].map(({ rule }) => rule),
    missing: listMissing(decided, step, { input, reading }),
    waitUntilMs: wait && !wait.over ? wait.untilMs : null,
  }
}

function stagesOf(input: DecisionInput, reading: Reading): readonly (() => Stage)[] {
  if (reading.life === 'missing') return [reading.work]
  if (reading.life === 'over') return [() => stage('cleanup', cleanup, readCleanupFacts(input))]
  return [() => stage('policy', policy, { policy: input.policy.ok ? 'read' : 'unreadable' }), reading.work]
}
