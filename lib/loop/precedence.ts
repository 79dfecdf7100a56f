/**
 * Which of several machines has the word: the first, in a fixed order, whose state asks for a step.
 *
 * What is over is only cleaned up. Everything else waits for the right to act, then for what a dead run
 * left half done, then for readable policy, then for what git shows on this machine, and only then does
 * the work itself go on.
 */
import type { Asked, FactsIn, FactTable, Machine, StateRow } from './machine.ts'
import { ask } from './machine.ts'
import { cleanup } from './machines/cleanup.ts'
import { issue } from './machines/issue.ts'
import { local } from './machines/local.ts'
import { ownership } from './machines/ownership.ts'
import { policy } from './machines/policy.ts'
import { pullRequest } from './machines/pull-request.ts'
import { recovery } from './machines/recovery.ts'

export const STAGES = { cleanup, ownership, recovery, policy, local, issue, gates: pullRequest } as const
export type StageName = keyof typeof STAGES

/** Before the last stage each may pass the word on; the last one always has an answer. */
export const ORDER = {
  over: ['cleanup'],
  pull_request: ['ownership', 'recovery', 'policy', 'local', 'gates'],
  issue: ['ownership', 'recovery', 'policy', 'local', 'issue'],
} as const satisfies Readonly<Record<string, readonly StageName[]>>

/** Stages that do not touch the pull request itself, and so need neither budget nor leave for forks. */
export const HOUSEKEEPING: readonly StageName[] = ['cleanup', 'ownership', 'recovery', 'policy']

export interface Stage {
  readonly name: StageName
  readonly state: string
  readonly rule: string
  readonly row: Pick<StateRow<FactTable, string>, 'next' | 'wait'>
  /** What the machine was asked with. */
  readonly facts: FactsIn<FactTable>
}

export function stage<Facts extends FactTable, State extends string>(
  name: StageName,
  machine: Machine<Facts, State>,
  facts: FactsIn<Facts>,
): Stage {
  return stageIn(name, machine, ask(machine, facts))
}

export function stageIn<Facts extends FactTable, State extends string>(
  name: StageName,
  machine: Machine<Facts, State>,
  { state, rule, facts }: Asked<Facts, State>,
): Stage {
  return { name, state, rule, facts, row: machine.states[state] }
}

/** @param stages in their order; later ones are not asked once an earlier one has a step */
export function firstWithStep(stages: readonly (() => Stage)[]): { readonly decided: Stage; readonly passed: Stage[] } {
  const passed: Stage[] = []
  for (const ask of stages) {
    const asked = ask()
    if (asked.row.next !== null) return { decided: asked, passed }
    passed.push(asked)
  }
  const last = passed.pop()
  if (!last) throw new Error('a decision needs at least one stage')
  return { decided: last, passed }
}
