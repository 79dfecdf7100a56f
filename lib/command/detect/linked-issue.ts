/** An issue and what would close it, observed once for the detectors that start from an issue. */

import { summarizeSession } from '../../facts/copilot-session.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import { branchNameFor } from '../../git/branch-name.ts'
import { observeIssueByAny, observePullRequestByAny } from '../../github/observe-by-any.ts'
import { observeWorkflowRuns } from '../../github/observe-workflow-runs.ts'
import { forObserving } from '../../github/observing.ts'
import { type BootstrapAnswer, detectBootstrap, isAgentsDraft } from '../../loop/detectors/bootstrap.ts'
import { detectLinkedPr, type LinkedIssuePr } from '../../loop/detectors/linked-issue-pr.ts'
import { type Answer, refuse } from '../../outcome.ts'
import type { CommandContext } from '../define.ts'
import { loadedConfig, openGitHub, resolveTarget, type TargetWords } from '../services.ts'

/** As many as GitHub gives at once. */
const NEWEST_RUNS = 100

export async function detectLinkedIssue(
  words: TargetWords,
  context: CommandContext,
): Promise<Answer<LinkedIssuePr & ToldSource>> {
  const seen = await observe(words, context)
  return seen.linked === null ? missing(seen.target) : { ok: true, ...seen.linked, ...tellSource(seen.source) }
}

/** One request, and one more where a session of the coding agent is possible. */
export async function detectInitialPr(
  words: TargetWords,
  context: CommandContext,
): Promise<Answer<BootstrapAnswer & ToldSource>> {
  const { client, target, linked, pullRequest, source } = await observe(words, context)
  if (linked === null) return missing(target)
  const now = () => new Date()
  const named =
    pullRequest !== null || linked.prNumber === null
      ? pullRequest
      : await observePullRequestByAny(client, { ...target, number: linked.prNumber }, { now, signal: context.signal })
  const pr = named?.pr ?? null
  const asked = { repo: target.repo, branch: pr?.head.branch ?? '', limit: NEWEST_RUNS }
  const runs = () => observeWorkflowRuns(forObserving(client), asked, context.signal)
  const session = isAgentsDraft(pr) ? summarizeSession(await runs()) : null
  return { ok: true, ...detectBootstrap({ linked, pullRequest: named, session }), ...tellSource(source) }
}

async function observe(words: TargetWords, context: CommandContext) {
  const target = resolveTarget(words, context)
  const { config } = await loadedConfig(context)
  const client = await openGitHub(context)
  const branch = branchNameFor({ prefix: config.branch.prefix, issue: target.number })
  const observing = { branch, now: () => new Date(), signal: context.signal }
  const { facts, pullRequest } = await observeIssueByAny(client, target, observing)
  const linked = facts.issue === null ? null : detectLinkedPr(facts.issue, facts.repository.repo)
  return { client, target, linked, pullRequest, source: facts.source }
}

function missing({ repo, number }: { readonly repo: string; readonly number: number }) {
  return refuse('target_not_found', `${repo} has no issue ${number}; look at the number`)
}
