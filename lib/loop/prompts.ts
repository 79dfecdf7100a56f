/**
 * What the prompt of an agent step is built from, taken out of the facts.
 */
import { failedChecks } from '../facts/ci.ts'
import type { IssueFacts } from '../facts/issue.ts'
import type { ThreadFact } from '../facts/pull-request.ts'
import { type BudgetReading, isBudgeted } from '../sessions/budgets.ts'
import type { DecisionInput, DecisionTarget } from './decision.ts'
import { AGENT_STEPS, type AgentStep, type OpenThread, type PromptInput } from './prompt-input.ts'
import type { PullRequestReading } from './readings/pull-request.ts'

export interface PromptGround {
  readonly input: DecisionInput
  readonly target: DecisionTarget
  readonly evidence: readonly string[]
  readonly budget: BudgetReading | null
  readonly pullRequest: PullRequestReading | null
  readonly issue: IssueFacts['issue']
}

export function isAgentStep(step: string): step is AgentStep {
  return AGENT_STEPS.some((known) => known === step) && isBudgeted(step)
}

/** @throws Error when a state hands out a step whose subject was not observed: a hole in the tables */
export function promptFor(step: AgentStep, ground: PromptGround): PromptInput {
  const base = baseOf(ground)
  switch (step) {
    case 'implement':
      return { ...base, step, issue: subjectOf(ground) }
    case 'commit_work':
      return { ...base, step }
    case 'fix_checks':
      return { ...base, step, failures: failedChecks(seen(ground).pr.checks) }
    case 'fix_gate':
      return { ...base, step, ...findingsOf(ground) }
    case 'address_review_feedback':
      return { ...base, step, ...feedbackOf(seen(ground)) }
    case 'resolve_merge_conflicts':
      return { ...base, step, conflicted: ground.input.local?.conflicted ?? [] }
  }
}

function baseOf({ input, target, evidence, budget, pullRequest }: PromptGround) {
  const { local } = input
  return {
    target,
    branch: pullRequest?.pr.head.branch ?? local?.branch ?? null,
    base: pullRequest?.pr.base.branch ?? local?.baseRef ?? null,
    head: pullRequest?.pr.head.sha ?? local?.head ?? null,
    evidence,
    attempt: (budget?.used ?? 0) + 1,
    attempts: budget?.limit ?? 1,
  }
}

function subjectOf({ issue }: PromptGround) {
  if (!issue) throw new Error('an issue that was not observed cannot be implemented')
  const { number, title, body, url } = issue
  return { number, title, body, url }
}

function seen({ pullRequest }: PromptGround): PullRequestReading {
  if (!pullRequest) throw new Error('this step needs a pull request that was observed')
  return pullRequest
}

/** The draft gate speaks first: the other one does not run before it has passed. */
function findingsOf(ground: PromptGround) {
  const gate = seen(ground).draftGate.state === 'findings' ? 'draft_gate' : 'pre_approval_gate'
  return { gate, findings: ground.input.work.verdicts[gate]?.findings ?? [] } as const
}

function feedbackOf({ threads, reviews }: PullRequestReading) {
  return {
    threads: threads.unanswered.map(openThread),
    reviews: reviews.changesRequested
      .filter(({ body }) => body.trim() !== '')
      .map(({ author, body }) => ({ author: author?.login ?? null, body })),
  }
}

function openThread({ id, path, line, comments }: ThreadFact): OpenThread {
  const said = comments.items.map(({ author, body }) => ({ author: author?.login ?? null, body }))
  return { id, path, line, comments: said }
}
