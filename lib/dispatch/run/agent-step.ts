/**
 * One step by an agent: counted, announced, carried out in its own process group, and then judged by
 * what git says. What the agent says of itself moves nothing on.
 */
import { join } from 'node:path'
import type { Preference } from '../../config/schema.ts'
import { DevLoopsError, UsageError } from '../../errors.ts'
import type { LocalFacts, StrayedBranch } from '../../facts/local.ts'
import { readIdentity } from '../../git/identity.ts'
import type { PromptInput } from '../../loop/prompt-input.ts'
import { isBudgeted, spendBudget } from '../../sessions/budgets.ts'
import { announce, settle, withProcess } from '../../sessions/intents.ts'
import { changeWork, type EffectContext } from '../../sessions/perform.ts'
import type { Work } from '../../sessions/work.ts'
import { claimedVersusFacts } from '../agent/evidence.ts'
import { buildPrompt } from '../agent/prompt.ts'
import { parseAgentResult } from '../agent/results.ts'
import { type AgentRun, startAgent } from '../agent/start.ts'

export interface AgentStep {
  readonly prompt: PromptInput
  readonly head: string | null
  readonly before: LocalFacts
}

export interface AgentSetting {
  readonly acting: EffectContext
  readonly agents: Preference['agents']
  /** Where logs and results of this run are kept; absolute. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Looks at the worktree again, after the agent. */
  readonly observe: () => Promise<AfterAgent>
  readonly progress: (line: string, fields: Readonly<Record<string, unknown>>) => void
}

/** What git says once the agent has ended; see lib/dispatch/agent/evidence.ts for what is made of it. */
export interface AfterAgent {
  readonly local: LocalFacts
  readonly headGrew: boolean | null
  readonly pushedElsewhere: readonly StrayedBranch[] | null
}

/**
 * @returns `done`, or what speaks against the agent, such as `no_commit`
 * @throws UsageError `agent_not_configured`, AgentError, or the refusal's code when ownership was lost
 */
export async function takeAgentStep({ prompt, head, before }: AgentStep, setting: AgentSetting): Promise<string> {
  const { command, timeLimitMs } = setting.agents.developer
  if (command === null) throw notConfigured(prompt.step)
  if (before.worktree === null) throw new DevLoopsError('precondition_failed', 'there is no worktree for the agent')

  const key = `agent:${prompt.step}:${head ?? 'none'}:${prompt.attempt}`
  const intent = { key, kind: 'agent', level: 'checked' as const, params: { step: prompt.step, head }, deadlineMs: 0 }
  await change(setting.acting, (work, now) => {
    const { runId, token } = setting.acting
    const announced = announce(count(work, prompt, head), intent, { runId, token }, now)
    return { work: announced.work, entry: announced.entry }
  })

  const name = `${prompt.step}-${prompt.attempt}-${(head ?? 'none').slice(0, 12)}`
  const logFile = join(setting.folder, `${name}.log`)
  const run = await startAgent({
    argv: command,
    prompt: buildPrompt(prompt),
    promptVia: setting.agents.promptVia,
    cwd: before.worktree,
    env: { inherited: setting.env, pass: setting.agents.environment },
    identity: await readIdentity({ cwd: before.worktree, env: setting.env }),
    timeLimitMs,
    logFile,
    resultFile: join(setting.folder, `${name}.result.json`),
    signal: setting.acting.signal,
    onStarted: async (process) => {
      await change(setting.acting, (work) => ({
        work: withProcess(work, key, process),
        entry: { type: 'agent_started', key, pid: process.pid },
      }))
      setting.progress(`agent works on ${prompt.step}; its output is in ${logFile}`, { agent: prompt.step, logFile })
    },
  })
  return conclude(run, { key, step: prompt.step, before, ...(await setting.observe()) }, setting)
}

async function conclude(
  run: AgentRun,
  {
    key,
    step,
    before,
    local,
    headGrew,
    pushedElsewhere,
  }: AfterAgent & {
    readonly key: string
    readonly step: PromptInput['step']
    readonly before: LocalFacts
  },
  { acting }: AgentSetting,
): Promise<string> {
  const claim = parseAgentResult(run.result)
  const result = claim.ok ? claim.value : null
  const seen = { step, before, after: local, run, result, headGrew, pushedElsewhere }
  const { progress, evidence } = claimedVersusFacts(seen)
  const answers = progress ? (result?.answers ?? []) : []
  await change(
    acting,
    (work) => {
      const settled = settle(work, key, run.cancelled ? 'interrupted' : 'made', {
        exit: run.exit,
        timedOut: run.timedOut,
        evidence: [...evidence],
      })
      const judged = { ...withAnswers(settled.work, answers), evidence: [...evidence] }
      return { work: withStrayed(judged, pushedElsewhere ?? []), entry: settled.entry }
    },
    'done',
  )
  return progress ? 'done' : (evidence[0] ?? 'no_progress')
}

function count(work: Work, { step }: PromptInput, head: string | null): Work {
  return isBudgeted(step) ? spendBudget(work, step, { head, started: true }) : work
}

function withAnswers(work: Work, answers: readonly { thread: string; body: string }[]): Work {
  const added = Object.fromEntries(answers.map(({ thread, body }) => [thread, { body, head: null }]))
  return { ...work, answers: { ...work.answers, ...added } }
}

/** Kept beyond this agent: a person is to look at each of them, whatever the next agent does. */
function withStrayed(work: Work, strayed: readonly StrayedBranch[]): Work {
  const others = work.strayed.filter(({ branch }) => !strayed.some((one) => one.branch === branch))
  return { ...work, strayed: [...others, ...strayed] }
}

async function change(
  acting: EffectContext,
  next: (work: Work, now: Parameters<Parameters<typeof changeWork>[1]>[1]) => Pick<ChangeOf, 'work' | 'entry'>,
  when: 'before' | 'done' = 'before',
): Promise<void> {
  const changed = await changeWork(acting, (work, now) => ({ ...next(work, now), result: null }), when)
  if (!changed.ok) throw new DevLoopsError(changed.error, changed.message)
}

type ChangeOf = ReturnType<Parameters<typeof changeWork>[1]>

function notConfigured(step: string): UsageError {
  return new UsageError(
    'agent_not_configured',
    `${step} needs an agent; set agents.developer.command, such as ["claude", "-p"], or use "dev-loops next" and do the step yourself`,
  )
}
