/**
 * `run`: asks for the next step, takes it, asks again, until somebody else has to act or all is done.
 *
 * It decides nothing. Commands are called as anybody would call them, agents are started and their
 * word is checked against what git and GitHub say at the next question. A step that leaves the world
 * exactly as it was is not tried for ever: after three tries a person is asked.
 */
import { EXIT, type ExitCode } from '../../codes.ts'
import type { Decision } from '../../loop/decision.ts'
import type { Executed } from '../../outcome.ts'
import { type AskedBlind, wasSeen } from '../ask-or-wait.ts'
import type { Asked } from '../next.ts'

const MOST_REPEATS = 3
const MOST_FAILURES = 5

export interface Turn {
  readonly state: string
  readonly step: string | null
  readonly actor: Decision['actor']
  readonly rule: string | null
  readonly target: string
  /** What came of it, such as `done`, `waited`, or the code of a refusal. */
  readonly outcome: string
}

export interface LoopDependencies {
  readonly ask: () => Promise<Asked | AskedBlind>
  readonly execute: (decision: Decision) => Promise<Executed>
  readonly startAgent: (asked: Asked) => Promise<string>
  /** Called with every decision before it is acted on. */
  readonly onDecision: (asked: Asked | AskedBlind) => void
  readonly onTurn: (turn: Turn, index: number) => void
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
  readonly once: boolean
}

export interface LoopEnd {
  readonly exit: ExitCode
  /** `done`, or the code of why it ended. */
  readonly reason: string
  /** In the words of the command that could not be done. */
  readonly said?: string
  readonly last: Decision
  readonly turns: readonly Turn[]
}

export async function runLoop(dependencies: LoopDependencies): Promise<LoopEnd> {
  const turns: Turn[] = []
  let before = { print: '', repeats: 0, failures: 0 }
  for (;;) {
    dependencies.signal.throwIfAborted()
    const asked = await dependencies.ask()
    const { decision } = asked
    dependencies.onDecision(asked)
    const ended = endOf(decision)
    if (ended !== null) return { ...ended, last: decision, turns }

    if (!wasSeen(asked)) {
      if (dependencies.once) return { exit: EXIT.waiting, reason: 'still_waiting', last: decision, turns }
      await waitFor(decision, dependencies)
      turns.push(turnOf(decision, 'waited'))
      continue
    }
    const print = decision.actor === 'wait' ? '' : asked.fingerprint
    const repeats = print !== '' && print === before.print ? before.repeats + 1 : 1
    if (repeats > MOST_REPEATS) return { exit: EXIT.human, reason: 'no_progress', last: decision, turns }

    const taken = await take(asked, before.failures, dependencies)
    const turn = turnOf(decision, taken.outcome)
    turns.push(turn)
    dependencies.onTurn(turn, turns.length)
    if (taken.end !== null) return { ...taken.end, reason: taken.outcome, last: decision, turns }
    if (dependencies.once) return { exit: EXIT.done, reason: 'once', last: decision, turns }
    before = { print, repeats, failures: taken.failed ? before.failures + 1 : 0 }
  }
}

interface Taken {
  readonly outcome: string
  readonly failed: boolean
  /** Not `null`: the loop cannot go on. */
  readonly end: Pick<LoopEnd, 'exit' | 'said'> | null
}

async function take(asked: Asked, failures: number, dependencies: LoopDependencies): Promise<Taken> {
  const { decision } = asked
  if (decision.actor === 'wait') {
    await waitFor(decision, dependencies)
    return { outcome: 'waited', failed: false, end: null }
  }
  if (decision.actor === 'agent') {
    return { outcome: await dependencies.startAgent(asked), failed: false, end: null }
  }
  return afterCommand(await dependencies.execute(decision), failures, dependencies)
}

function waitFor({ wait }: Decision, { sleep }: LoopDependencies): Promise<void> {
  return sleep(wait?.pollMs ?? 1_000)
}

/** A refusal is an answer to look at again; what failed outside may pass; the rest ends the run. */
async function afterCommand(
  { answer, exit }: Executed,
  failures: number,
  dependencies: LoopDependencies,
): Promise<Taken> {
  const outcome = answer.ok ? 'done' : answer.error
  if (exit === EXIT.done || exit === EXIT.refused || exit === EXIT.waiting) return { outcome, failed: false, end: null }
  const end = { exit, ...(answer.ok ? {} : { said: answer.message }) }
  if (exit !== EXIT.outside) return { outcome, failed: true, end }
  // Not a failure that may repeat itself: GitHub says when it takes calls again.
  if (!answer.ok && answer.error === 'rate_limited') {
    await dependencies.sleep(retryAfterMs(answer))
    return { outcome, failed: false, end: null }
  }
  if (failures + 1 >= MOST_FAILURES) return { outcome, failed: true, end }
  await dependencies.sleep(backoffMs(failures))
  return { outcome, failed: true, end: null }
}

function retryAfterMs(refusal: object): number {
  const said: unknown = 'retryAfterMs' in refusal ? refusal.retryAfterMs : null
  return typeof said === 'number' ? Math.max(1_000, said) : 60_000
}

export function backoffMs(failures: number): number {
  return Math.min(30_000, 500 * 2 ** failures)
}

function endOf(decision: Decision): Pick<LoopEnd, 'exit' | 'reason'> | null {
  if (decision.actor === 'done') return { exit: EXIT.done, reason: 'done' }
  if (decision.actor === 'human') return { exit: EXIT.human, reason: decision.state }
  if (decision.actor === 'stop') return { exit: EXIT.stopped, reason: decision.state }
  const { holder, you } = decision.ownership
  if (decision.actor === 'wait' && holder !== null && holder !== you) {
    return { exit: EXIT.refused, reason: 'active_run_exists' }
  }
  return null
}

function turnOf(decision: Decision, outcome: string): Turn {
  return {
    state: decision.state,
    step: decision.step,
    actor: decision.actor,
    rule: decision.because.at(-1) ?? null,
    target: `${decision.target.repo}#${decision.target.number}`,
    outcome,
  }
}
