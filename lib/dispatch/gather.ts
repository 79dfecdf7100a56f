/**
 * Observes everything that a decision about one target is made from: GitHub in one request, the
 * records, and git. Nothing is decided here and nothing is written.
 *
 * An issue whose pull request is known is looked at through that pull request: from then on it is the
 * pull request that is worked on.
 */
import { digestPolicy, readPolicy } from '../config/policy.ts'
import type { Preference } from '../config/schema.ts'
import type { IssueFacts } from '../facts/issue.ts'
import type { LocalFacts, StrayedBranch } from '../facts/local.ts'
import type { PullRequestFacts } from '../facts/pull-request.ts'
import { branchNameFor } from '../git/branch-name.ts'
import type { GitHubClient } from '../github/client.ts'
import { observeIssueByAny, observePullRequestByAny } from '../github/observe-by-any.ts'
import type { Purpose } from '../github/quota/ledger.ts'
import type { DecisionInput } from '../loop/decision.ts'
import type { OwnershipContext, OwnershipView } from '../ownership/service.ts'
import { parseWork, type Work } from '../sessions/work.ts'
import type { NumberedTarget, Target } from '../target.ts'

export interface Sources {
  readonly client: GitHubClient
  readonly config: Preference
  readonly runId: string | null
  readonly allowFork: boolean
  /** Looking for the sake of an effect may use what is kept of the quotas for effects. */
  readonly purpose: Purpose
  readonly signal: AbortSignal
  /** @returns the records' side of a target; opened once per repository */
  readonly ownership: OwnershipContext
  readonly readOwnership: (target: Target, ownership: OwnershipContext) => Promise<OwnershipView>
  /** @returns what git says of the branch here; `null` when this is no checkout of the repository */
  readonly observeLocal: (asked: LocalQuestion) => Promise<LocalFacts | null>
  /** Keeps what a decision was made from. @returns the digest that names it, also when it could not be kept */
  readonly keepFacts: (input: DecisionInput) => Promise<string>
  /** Wall clock in milliseconds. */
  readonly now: () => number
}

export interface LocalQuestion {
  readonly target: NumberedTarget
  readonly branch: string
  readonly base: string | null
  readonly remoteHead: string | null
  readonly strayed: readonly StrayedBranch[]
}

export type AskedTarget = NumberedTarget & { readonly kind: 'issue' | 'pull_request' }

export interface Gathered {
  readonly input: DecisionInput
  readonly view: OwnershipView
  readonly branch: string | null
  /** The issue that was asked about, when its record does not know yet that this pull request carries its work. */
  readonly unlinkedIssue?: { readonly target: NumberedTarget; readonly view: OwnershipView }
}

export interface GatheredIssue extends Gathered {
  readonly issue: IssueFacts
}

/** @throws GitHubError, GitError, StoreError */
export async function gather(asked: AskedTarget, sources: Sources): Promise<Gathered> {
  if (asked.kind === 'pull_request') return gatherPullRequest(asked, sources)
  const view = await sources.readOwnership(asked, sources.ownership)
  const work = parseWork(view.record?.work ?? null)
  if (work.pr !== null) return gatherPullRequest({ ...asked, number: work.pr }, sources)

  return gatherIssue(asked, { view, work }, sources)
}

async function gatherIssue(
  asked: NumberedTarget,
  { view, work }: { readonly view: OwnershipView; readonly work: Work },
  sources: Sources,
): Promise<GatheredIssue> {
  const branch = work.branch ?? branchNameFor({ prefix: sources.config.branch.prefix, issue: asked.number })
  const { facts, pullRequest } = await observeIssueByAny(sources.client, asked, { ...options(sources), branch })
  if (pullRequest?.pr == null) {
    return { ...(await complete({ target: asked, facts, branch, view }, sources)), issue: facts }
  }

  const target = { ...asked, number: pullRequest.pr.number }
  const seen = { target, facts: pullRequest, view: await sources.readOwnership(target, sources.ownership) }
  const gathered = await complete({ ...seen, branch: pullRequest.pr.head.branch }, sources)
  return { ...gathered, issue: facts, unlinkedIssue: { target: asked, view } }
}

/**
 * The same without ever leaving the issue out: what a record remembers of its pull request is not asked.
 *
 * @throws GitHubError, StoreError
 */
export async function lookAtIssue(asked: NumberedTarget, sources: Sources): Promise<GatheredIssue> {
  const view = await sources.readOwnership(asked, sources.ownership)
  return gatherIssue(asked, { view, work: parseWork(view.record?.work ?? null) }, sources)
}

async function gatherPullRequest(target: NumberedTarget, sources: Sources): Promise<Gathered> {
  const view = await sources.readOwnership(target, sources.ownership)
  const facts = await observePullRequestByAny(sources.client, target, options(sources))
  return complete({ target, facts, branch: facts.pr?.head.branch ?? null, view }, sources)
}

function options(sources: Sources) {
  return { now: () => new Date(sources.now()), signal: sources.signal, purpose: sources.purpose }
}

interface Observed {
  readonly target: NumberedTarget
  readonly facts: PullRequestFacts | IssueFacts
  readonly branch: string | null
  readonly view: OwnershipView
}

/** What was observed, with everything else that is decided from. */
export async function complete({ target, facts, branch, view }: Observed, sources: Sources): Promise<Gathered> {
  const { host, repo } = target
  const work = sinceGivenBack(parseWork(view.record?.work ?? null), view)
  const branchView = branch === null ? null : await holderOf({ host, repo, branch }, sources)
  const issue = facts.kind === 'pull_request' ? issueOf(facts, work) : null
  const issueHolder = issue === null ? null : await holderOf({ host, repo, number: issue }, sources)
  const policy = readPolicy(facts.policyFile)
  return {
    view,
    branch,
    input: {
      target: { host, repo, number: target.number },
      you: sources.runId,
      allowFork: sources.allowFork,
      facts,
      holdings: {
        target: view.holder,
        branch: branchView,
        issue: issue === null ? null : { number: issue, holder: issueHolder },
      },
      displaced: wasDisplaced(view, sources.runId),
      work,
      local: await observeLocal({ target, facts, branch, strayed: work.strayed }, sources),
      policy,
      policyDigest: policy.ok ? digestPolicy(policy.value) : null,
      preference: sources.config,
      nowMs: sources.now(),
    },
  }
}

async function holderOf(target: Target, sources: Sources) {
  return (await sources.readOwnership(target, sources.ownership)).holder
}

async function observeLocal(
  { target, facts, branch, strayed }: Pick<Observed, 'target' | 'facts' | 'branch'> & Pick<Work, 'strayed'>,
  sources: Sources,
): Promise<LocalFacts | null> {
  if (branch === null) return null
  const pr = facts.kind === 'pull_request' ? facts.pr : null
  const base = pr === null ? facts.repository.defaultBranch : pr.base.branch
  return sources.observeLocal({ target, branch, base, remoteHead: pr?.head.sha ?? null, strayed })
}

/**
 * Who gives a target back and takes it again begins anew, a person who wants it tried once more among them. A
 * crash gives nothing back, so a loop of crashes keeps its trail.
 */
function sinceGivenBack(work: Work, { record, holder }: OwnershipView): Work {
  const last = work.trail.at(-1)
  const givenBack = record?.previousRun !== null && record?.previousRun.replacedByRunId === null
  return givenBack && last !== undefined && last.token !== (holder?.token ?? null) ? { ...work, trail: [] } : work
}

/** `previousRun` is the one before the holder: only that one can learn here that it was displaced. */
export function wasDisplaced(view: OwnershipView, runId: string | null): boolean {
  const previous = view.record?.previousRun
  if (runId === null || previous?.runId !== runId || previous.replacedByRunId === null) return false
  return view.holder !== null && view.holder.runId !== runId
}

/** REST does not tell which issue it closes; the record knows the one that the work began with. */
function issueOf(facts: PullRequestFacts, work: Work): number | null {
  return facts.source.via === 'rest' ? work.issue : closingIssue(facts)
}

function closingIssue({ pr, repository }: PullRequestFacts): number | null {
  const here = pr?.closingIssues.items.filter((issue) => issue.repo === repository.repo) ?? []
  return here.length === 1 ? (here[0]?.number ?? null) : null
}
