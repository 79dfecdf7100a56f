/**
 * A decision as `next` prints it: the prompt as text, the exit code of its actor, one line for people.
 */
import { EXIT, type ExitCode } from '../codes.ts'
import type { Decision, DecisionActor } from '../loop/decision.ts'
import { formatTarget } from '../target.ts'
import { buildPrompt } from './agent/prompt.ts'
import type { Asked } from './next.ts'

export type NextAnswer = Omit<Decision, 'prompt'> & { readonly prompt?: string }

const EXIT_OF: Readonly<Record<DecisionActor, ExitCode>> = {
  command: EXIT.done,
  agent: EXIT.done,
  done: EXIT.done,
  wait: EXIT.waiting,
  human: EXIT.human,
  stop: EXIT.stopped,
}

export function answerOf({ decision }: Asked): NextAnswer {
  const { prompt, ...rest } = decision
  return prompt === undefined ? rest : { ...rest, prompt: buildPrompt(prompt) }
}

/** 3 while another run holds the target, else by who acts. */
export function exitOf({ actor, ownership }: Pick<Decision, 'actor' | 'ownership'>): ExitCode {
  if (actor === 'wait' && ownership.holder !== null && ownership.holder !== ownership.you) return EXIT.refused
  return EXIT_OF[actor]
}

/** `checks_failed  fix_checks, by agent (copilot/checks-failed)` and what to do about it. */
export function describeDecision(decision: NextAnswer): string {
  const rule = decision.because.at(-1) ?? 'no rule'
  const lines = [`${formatTarget(decision.target)}  ${decision.state}  (${rule})`]
  if (decision.step !== null) lines.push(`next  ${decision.step}, by ${decision.actor}`)
  if (decision.command !== undefined) lines.push(`run   ${decision.command.join(' ')}`)
  if (decision.prompt !== undefined) lines.push('', decision.prompt)
  if (decision.missing.length > 0) lines.push(`not known: ${decision.missing.join(', ')}`)
  if (decision.evidence.length > 0) lines.push(`evidence: ${decision.evidence.join(', ')}`)
  return lines.join('\n')
}

/** One line of progress: target, state, next step, who takes it, and the rule that said so. */
export function describeTurn({ target, state, step, actor, because }: Decision): string {
  const next = step === null ? actor : `${step}, by ${actor}`
  return `${formatTarget(target)}  ${state} -> ${next}  (${because.at(-1) ?? 'no rule'})`
}
