/**
 * A decision told to a person: what it is, why, what is missing, who holds it, and what would change it.
 */
import { describeSource, type ToldSource, tellSource } from '../facts/source.ts'
import { consider } from '../loop/consider.ts'
import type { DecidedWait, Decision, DecisionInput } from '../loop/decision.ts'
import { type Explanation, explain, sayStep } from '../loop/explain.ts'
import { decideInDoubt, isInDoubt } from '../loop/in-doubt.ts'
import { sayMissing } from '../loop/words/missing.ts'
import { sayTask } from '../loop/words/steps.ts'
import { formatTarget } from '../target.ts'
import { listEvidence } from './answer.ts'

/**
 * Without the prompt: that is for whoever takes the step, and `next` has it. Without a source when GitHub could
 * not be asked at all.
 */
export type Explained = Omit<Decision, 'prompt'> & Explanation & Partial<ToldSource>

export function explainDecision(input: DecisionInput): Explained {
  const { prompt: _, ...decision } = decideInDoubt(input)
  const explained = { ...decision, ...explain(consider(input)), ...tellSource(input.facts.source) }
  return isInDoubt(decision) ? { ...explained, means: IN_DOUBT } : explained
}

const IN_DOUBT = 'it depends on what only GraphQL can tell, and the quota of GraphQL is spent'

export function describeExplained(told: Explained): string {
  const { target, state, means, missing, wait } = told
  const reasons = told.why.flatMap(({ machine, state, means, condition, rule }) => [
    `  ${machine.padEnd(10)}${state}: ${means}`,
    `  ${''.padEnd(10)}because ${condition}  (${rule})`,
  ])
  return [
    `${formatTarget(target)}  ${state}: ${means}`,
    `next      ${sayTaken(told)}`,
    ...(told.command === undefined ? [] : [`run       ${told.command.join(' ')}`]),
    `held by   ${holderOf(told)}`,
    ...(wait === undefined ? [] : describeEnd(wait)),
    ...missing.map((code) => `missing   ${sayMissing(code)}`),
    ...listEvidence('evidence  ', told),
    ...describeSource(told),
    '',
    'why, machine by machine; the last one has the word',
    ...reasons,
    ...(told.otherwise.length === 0 ? [] : ['', 'what would change it']),
    ...told.otherwise.map(({ says }) => `  ${says}`),
  ].join('\n')
}

function holderOf({ ownership: { holder, you, endsInMs } }: Explained): string {
  if (holder === null) return 'nobody'
  const who = holder === you ? `${holder}, which is you` : holder
  return endsInMs === null ? who : `${who}, for ${Math.ceil(endsInMs / 1000)} s unless renewed`
}

function describeEnd({ endsWhen, untilMs, afterwards }: DecidedWait): readonly string[] {
  const end = new Date(untilMs).toISOString()
  return [`until     ${endsWhen.replaceAll('_', ' ')}; at ${end} at the latest`, `then      ${sayTaken(afterwards)}`]
}

/** `claim, by command: take the target for this run` */
function sayTaken(taken: Pick<Decision, 'step' | 'actor'>): string {
  if (taken.step === null) return 'nothing is left to do'
  const task = sayTask(taken.step)
  return task === null ? sayStep(taken) : `${sayStep(taken)}: ${task}`
}
