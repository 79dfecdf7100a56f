/**
 * Wires the loop to this machine: claims with this process, a heartbeat, commands run in-process,
 * agents started, everything given back at the end.
 */
import { randomUUID } from 'node:crypto'
import { CODES, type Code, EXIT } from '../codes.ts'
import type { Preference } from '../config/schema.ts'
import { describeTurn } from '../dispatch/answer.ts'
import { type AskedBlind, askOrWait, wasSeen } from '../dispatch/ask-or-wait.ts'
import type { AskedTarget } from '../dispatch/gather.ts'
import type { Asked } from '../dispatch/next.ts'
import { type Heartbeat, startHeartbeat } from '../dispatch/run/heartbeat.ts'
import { backoffMs, runLoop } from '../dispatch/run/loop.ts'
import { formatDuration } from '../duration.ts'
import { DevLoopsError } from '../errors.ts'
import type { Decision } from '../loop/decision.ts'
import { type Answer, refuse } from '../outcome.ts'
import { acknowledgeStop, type OwnershipContext, releaseTarget, renewTarget } from '../ownership/service.ts'
import { formatTarget, sameTarget, type Target } from '../target.ts'
import { type Asking, openAsking } from './asking.ts'
import type { CommandContext } from './define.ts'
import { agentsFor } from './named-agent.ts'
import { letAgentWork } from './run-agent.ts'
import { answerOfRun, answerOfStop, endsTheRun, type RunAnswer } from './run-answer.ts'
import { openRunPresence, type RunPresence } from './run-presence.ts'
import { runTerms } from './run-terms.ts'
import { type TargetWords, validConfig } from './services.ts'
import { type OwnerMarks, openOwnerMarks } from './show-owner.ts'

export interface RunWords extends TargetWords {
  readonly runId: string | undefined
  readonly agent: string | undefined
  readonly once: boolean
  readonly allowFork: boolean
}

export async function runTarget(words: RunWords, outer: CommandContext): Promise<RunAnswer> {
  await validConfig(outer)
  const runId = words.runId ?? `run-${randomUUID().slice(0, 8)}`
  const ending = new AbortController()
  const context: CommandContext = { ...outer, signal: AbortSignal.any([outer.signal, ending.signal]) }
  const asking = await openAsking({ ...words, runId }, context)
  const run: Running = {
    words,
    runId,
    context,
    asking,
    agents: agentsFor(words, asking.loaded.config),
    marks: openOwnerMarks(asking.sources, context),
    current: asking.target,
    held: [],
  }
  const presence = openRunPresence(run)
  const answer = await workOn(run, ending, presence).finally(() => presence.leave())
  const warnings = [...presence.warnings, ...run.marks.warnings]
  return warnings.length === 0 ? answer : { ...answer, warnings }
}

async function workOn(run: Running, ending: AbortController, presence: RunPresence): Promise<RunAnswer> {
  const { words, runId, context } = run
  const heartbeat = openHeartbeat(run, ending)
  try {
    const end = await runLoop({
      ask: () => withRetries(() => askAgain(run), context),
      execute: (decision) => {
        // What is being given back must not be missed by a renewal that comes a moment too late.
        if (decision.step?.startsWith('release')) heartbeat.hold([])
        return context.execute(argvFor(decision, run), context)
      },
      startAgent: (asked) => letAgentWork(asked, run),
      onDecision: (asked) => {
        onDecision(asked, run, heartbeat)
        if (run.held.length > 0) presence.appear(asked.decision.target)
      },
      onTurn: ({ outcome, step }) => {
        if (outcome !== 'done' && outcome !== 'waited') context.progress(`  ${step}: ${outcome}`, { outcome, step })
      },
      sleep: (ms) => sleep(ms, context.signal),
      signal: context.signal,
      once: words.once,
    })
    return answerOfRun(end, runId)
  } catch (error) {
    if (context.signal.aborted) return answerOfStop(context.signal.reason, runId)
    if (endsTheRun(error)) return answerOfStop(error, runId)
    throw error
  } finally {
    heartbeat.stop()
    if (!words.once) await giveBack(run)
  }
}

interface Running {
  readonly words: RunWords
  readonly runId: string
  readonly context: CommandContext
  readonly asking: Asking
  readonly agents: Preference['agents']
  readonly marks: OwnerMarks
  /** What is asked about: the pull request from when there is one, also after it was merged. */
  current: AskedTarget
  /** What this run held at the last question. */
  held: readonly Target[]
}

async function askAgain(run: Running): Promise<Asked | AskedBlind> {
  const asked = await askOrWait(run.current, run.asking.sources)
  run.current = asked.decision.target
  if (wasSeen(asked)) await run.marks.after(asked)
  return asked
}

function openHeartbeat({ asking, runId }: Running, ending: AbortController): Heartbeat {
  const { ttlMs, renewEveryMs } = runTerms(asking.loaded, asking.sources.ownership.store)
  return startHeartbeat({
    everyMs: renewEveryMs,
    ttlMs,
    renew: (target) => keepAlive(target, runId, asking.sources.ownership),
    lose: (reason) => ending.abort(reason),
    monotonicMs: () => performance.now(),
  })
}

/** Whoever asks for a stop will not wait for an agent's hour: it is acknowledged here, and the work ended. */
async function keepAlive(target: Target, runId: string, ownership: OwnershipContext): Promise<Answer> {
  const renewed = await renewTarget(target, { runId }, ownership)
  if (!renewed.ok || renewed.stopRequested === null) return renewed
  await acknowledgeStop(target, { runId, token: renewed.token }, ownership)
  const { reason } = renewed.stopRequested
  const why = reason === null ? '' : ` (${reason})`
  return refuse('exit_signal_recorded', `run ${runId} was asked to stop on ${formatTarget(target)}${why}`)
}

/** While nothing can be seen, what was held is held. */
function onDecision(asked: Asked | AskedBlind, run: Running, heartbeat: Heartbeat): void {
  const { decision } = asked
  if (wasSeen(asked)) run.held = heldBy(asked, run)
  heartbeat.hold(run.held)
  run.context.progress(describeTurn(decision), {
    target: formatTarget(decision.target),
    state: decision.state,
    step: decision.step,
    actor: decision.actor,
    because: decision.because,
    runId: run.runId,
  })
}

/**
 * An issue that was held before and is not linked to its pull request stays held until it is given back. What a
 * process of this run claimed that has died is not held any more, and cannot be renewed: it is claimed again when
 * a step asks for it.
 */
function heldBy({ input, branch }: Asked, { runId, held, asking }: Running): readonly Target[] {
  const { host, repo } = input.target
  const { target, branch: branchHolder, issue } = input.holdings
  const isMine = (holder: typeof target) => holder?.runId === runId && holder.alive !== 'ended'
  const mine: Target[] = isMine(target) ? [input.target] : []
  if (branch !== null && isMine(branchHolder)) mine.push({ host, repo, branch })
  if (issue !== null && isMine(issue.holder)) mine.push({ host, repo, number: issue.number })
  const unlinked = issue === null && asking.target.number !== input.target.number
  const before = held.filter((other) => unlinked && sameTarget(other, asking.target))
  return [...mine, ...before]
}

/** A run is a process with a short lease; a single step outlives its process and needs the long one. */
function argvFor({ command = [] }: Decision, { words, asking }: Running): readonly string[] {
  const place = words.stateDir === undefined ? [] : ['--state-dir', words.stateDir]
  const isClaim = command[1] === 'ownership' && (command[2] === 'claim' || command[2] === 'takeover')
  if (!isClaim || words.once) return [...command, ...place]
  const ttl = formatDuration(runTerms(asking.loaded, asking.sources.ownership.store).ttlMs)
  return [...command, '--ttl', ttl, '--worker-pid', String(process.pid), ...place]
}

/** What failed outside may pass: a busy store, a forge that answers 502. */
async function withRetries<Result>(ask: () => Promise<Result>, context: CommandContext): Promise<Result> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask()
    } catch (error) {
      const outside = error instanceof DevLoopsError && CODES[error.code] === EXIT.outside
      if (!outside || !PASSING.has(error.code) || failures >= 4) throw error
      context.progress(`  ${error.code}: ${error.message}; asking again`, { error: error.code })
      await sleep(backoffMs(failures), context.signal)
    }
  }
}

const PASSING: ReadonlySet<Code> = new Set([
  'github_unreachable',
  'github_failed',
  'github_answer_invalid',
  'store_contended',
  'git_failed',
])

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const { setTimeout: wait } = await import('node:timers/promises')
  await wait(ms, undefined, { signal })
}

/** Whoever continues need not wait for a lease to run out. What was lost already is not ours to give. */
async function giveBack({ held, runId, asking, context }: Running): Promise<void> {
  for (const target of held) {
    const released = await releaseTarget(target, { runId }, asking.sources.ownership).catch(() => null)
    if (released?.ok && released.status === 'released') context.progress(`gave back ${formatTarget(target)}`)
  }
}
