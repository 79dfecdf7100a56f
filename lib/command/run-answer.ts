/**
 * How a run ended, as one answer: done, or a refusal with the code that says who has to act.
 */
import { CODES, type Code, EXIT } from '../codes.ts'
import type { LoopEnd, Turn } from '../dispatch/run/loop.ts'
import { DevLoopsError } from '../errors.ts'
import type { Decision } from '../loop/decision.ts'
import { type Answer, refuse } from '../outcome.ts'
import { formatTarget } from '../target.ts'

interface RunFields {
  readonly status: string
  readonly runId: string
  readonly target: Decision['target'] | null
  readonly state: string | null
  readonly because: readonly string[]
  readonly evidence: readonly string[]
  readonly turns: readonly Turn[]
  readonly warnings?: readonly string[]
}

export type RunAnswer = Answer<RunFields, Partial<RunFields>>

export function answerOfRun(end: LoopEnd, runId: string): RunAnswer {
  const { last, turns, reason } = end
  const fields = {
    runId,
    target: last.target,
    state: last.state,
    because: last.because,
    evidence: last.evidence,
    turns,
  }
  if (end.exit === EXIT.done) return { ok: true, status: reason, ...fields }
  const holder = last.ownership.holder
  const where = `${formatTarget(last.target)} is ${last.state} (${last.because.at(-1) ?? 'no rule'})`
  if (reason === 'active_run_exists') {
    return refuse('active_run_exists', `run ${holder} holds ${formatTarget(last.target)}; do other work`, fields)
  }
  if (end.exit === EXIT.human) {
    const why = reason === 'no_progress' ? 'the same step changed nothing three times' : (last.step ?? 'a decision')
    const evidence = last.evidence.length > 0 ? `; evidence: ${last.evidence.join(', ')}` : ''
    return refuse('person_needed', `${where}; a person is needed: ${why}${evidence}`, { status: reason, ...fields })
  }
  if (last.state === 'displaced')
    return refuse('ownership_lost', `run ${holder} holds ${where}; this run stops`, fields)
  if (end.exit === EXIT.stopped) return refuse('exit_signal_recorded', `${where}; this run was asked to stop`, fields)
  return refuse(
    codeFor(reason) ?? 'internal_error',
    `${where}; ${last.step ?? 'the step'} ended with ${reason}${end.said === undefined ? '' : `: ${end.said}`}`,
    fields,
  )
}

/** @param reason why the work was ended: a refusal by the records, or a signal to this process */
export function answerOfStop(reason: unknown, runId: string): RunAnswer {
  if (reason instanceof DevLoopsError) return refuse(reason.code, reason.message, { runId })
  return refuse('cancelled', 'stopped before it was done; call it again to go on', { runId })
}

/** Noticed in the middle of a step, before the next question could answer `stop`. */
export function endsTheRun(error: unknown): boolean {
  return error instanceof DevLoopsError && (error.code === 'ownership_lost' || error.code === 'exit_signal_recorded')
}

function codeFor(reason: string): Code | null {
  return Object.hasOwn(CODES, reason) ? (reason as Code) : null
}
