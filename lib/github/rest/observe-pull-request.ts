/**
 * Everything about one pull request that REST can tell, for when the quota of GraphQL is spent.
 *
 * It takes a dozen requests instead of one, which cost nothing as long as nothing changed. The pull
 * request is read first and last: when it moved in between everything is asked once more. Some things are
 * in GraphQL alone. They are named in `unproved`, and the lists that they stand in are not complete: nobody
 * can tell there whether something is missing.
 */
import { GitHubError } from '../../errors.ts'
import type {
  ChecksFact,
  Listed,
  ObservedPullRequest,
  PullRequestFacts,
  RepositoryFact,
} from '../../facts/pull-request.ts'
import type { NumberedTarget } from '../../target.ts'
import { restPath } from '../repository.ts'
import {
  RestCheckRuns,
  RestCheckSuites,
  RestComment,
  RestCommit,
  RestEvent,
  RestFile,
  RestPull,
  RestRepository,
  RestReview,
  RestReviewComment,
  RestStatus,
  RestViewer,
} from './answers.ts'
import { readTip } from './policy.ts'
import { listedFrom, type RestReading, readForEver, readIfThere, readList, readPages, readRest } from './read.ts'
import * as translate from './translate.ts'

export interface RestObserving extends RestReading {
  readonly target: NumberedTarget
  readonly now: () => Date
  /** When GraphQL answers again, ISO 8601. */
  readonly wholeAt: string
}

/** @throws GitHubError; `target_not_found` for the repository only */
export async function observePullRequestByRest(observing: RestObserving): Promise<PullRequestFacts> {
  const { target, now, wholeAt } = observing
  const { repository, viewerKnown } = await readRepository(observing)
  const seen = await consistentPull(underItsName(observing, repository))
  return {
    schema: 1,
    kind: 'pull_request',
    origin: 'target',
    source: { via: 'rest', unproved: unprovedIn(seen?.pr ?? null, viewerKnown), wholeAt },
    observedAt: now().toISOString(),
    repository: { ...repository, host: target.host },
    policyFile: seen?.policyFile ?? { status: 'unreadable', reason: 'the base branch cannot be read' },
    pr: seen?.pr ?? null,
  }
}

export async function readRepository(observing: RestObserving) {
  const { target } = observing
  const viewer = await readViewer(observing)
  const raw = await readRest(restPath(target.repo), RestRepository, observing)
  return {
    repository: translate.repositoryFrom(raw, { host: target.host, viewer }),
    viewerKnown: viewer !== null,
  }
}

/** Under a former name each question would be asked twice. */
export function underItsName(observing: RestObserving, { repo }: Pick<RepositoryFact, 'repo'>): RestObserving {
  return { ...observing, target: { ...observing.target, repo } }
}

/** The token of an installation may not ask whose it is. */
async function readViewer(reading: RestReading): Promise<string | null> {
  try {
    return (await readRest('/user', RestViewer, reading)).login
  } catch (error) {
    if (error instanceof GitHubError && error.code === 'not_permitted') return null
    throw error
  }
}

interface Seen {
  readonly pr: ObservedPullRequest
  readonly policyFile: PullRequestFacts['policyFile']
}

async function consistentPull(observing: RestObserving): Promise<Seen | null> {
  const path = pathOf(observing)
  for (let tries = 1; tries <= 2; tries += 1) {
    const before = await readIfThere(readRest(path, RestPull, observing))
    if (before === null) return null
    const seen = await readPull(before, observing)
    const after = await readIfThere(readRest(path, RestPull, observing))
    if (after !== null && JSON.stringify(movable(before)) === JSON.stringify(movable(after))) return seen
  }
  throw new GitHubError(
    'github_answer_invalid',
    'the pull request moved twice while it was looked at; try again in a moment',
    { number: observing.target.number },
  )
}

/** Whether it can be merged is computed in the background, and is nobody's doing. */
function movable({ mergeable: _, mergeable_state: __, ...rest }: RestPull) {
  return rest
}

async function readPull(raw: RestPull, observing: RestObserving): Promise<Seen> {
  const root = restPath(observing.target.repo)
  const path = pathOf(observing)
  const issuePath = `${root}/issues/${raw.number}`
  const { policyFile } = await readTip(root, raw.base.ref, observing)
  const reviews = listedFrom(await readList(`${path}/reviews`, RestReview, observing), translate.reviewFrom)
  const comments = listedFrom(await readList(`${issuePath}/comments`, RestComment, observing), translate.commentFrom)
  const events = await readList(`${issuePath}/events`, RestEvent, observing)
  const requested = translate.requestEventsFrom(events.items)
  const { commit } = await readForEver(`${root}/commits/${raw.head.sha}`, RestCommit, observing)
  const [newestHeadline = ''] = commit.message.split('\n', 1)
  const pr = {
    ...translate.pullFrom(raw),
    commits: { total: raw.commits, newestHeadline },
    history: null,
    reviewDecision: null,
    reviewRequestEvents: { items: requested, total: null, complete: false },
    reviews,
    threads: await readThreads(raw, reviews, observing),
    checks: { ...(await readChecks(raw.head.sha, observing)), committedAt: commit.committer?.date ?? null },
    comments: { ...comments, complete: comments.complete && comments.items.length === raw.comments },
    closingIssues: { items: [], total: null, complete: false },
    files: await readFiles(raw, observing),
  }
  return { pr, policyFile }
}

/**
 * Whether a thread is resolved stands in GraphQL alone. Without any remark there is no thread; remarks of a
 * review that is not submitted yet are not listed.
 */
async function readThreads(
  raw: RestPull,
  reviews: ObservedPullRequest['reviews'],
  observing: RestObserving,
): Promise<ObservedPullRequest['threads']> {
  const none = { items: [], total: 0, complete: true }
  const unknown = { items: [], total: null, complete: false }
  const mayHideSome = !reviews.complete || reviews.items.some(({ state }) => state === 'PENDING')
  if (raw.review_comments > 0 || mayHideSome) return unknown
  const { items } = await readList(`${pathOf(observing)}/comments`, RestReviewComment, observing)
  return items.length === 0 ? none : unknown
}

async function readChecks(sha: string, observing: RestObserving): Promise<Omit<ChecksFact, 'committedAt'>> {
  const path = `${restPath(observing.target.repo)}/commits/${sha}`
  try {
    const suitesOf = (page: RestCheckSuites) => page.check_suites
    const suites = await readPages(`${path}/check-suites`, RestCheckSuites, { ...observing, itemsOf: suitesOf })
    const runsOf = (page: RestCheckRuns) => page.check_runs
    const runs = await readPages(`${path}/check-runs`, RestCheckRuns, { ...observing, itemsOf: runsOf })
    const statuses = await readList(`${path}/statuses`, RestStatus, observing)
    const items = [...runs.items.map(translate.checkRunFrom), ...translate.statusesFrom(statuses.items)]
    const contexts = { items, total: items.length, complete: runs.reachedEnd && statuses.reachedEnd }
    const open = suites.items.filter(({ status }) => status !== 'completed').length
    const openSuites = suites.reachedEnd ? open : null
    return { commit: sha, withheld: false, suites: suites.items.length, openSuites, contexts }
  } catch (error) {
    if (!(error instanceof GitHubError && error.code === 'not_permitted')) throw error
    const contexts = { items: [], total: null, complete: false }
    return { commit: sha, withheld: true, suites: null, openSuites: null, contexts }
  }
}

async function readFiles(raw: RestPull, observing: RestObserving): Promise<Listed<string>> {
  const { items, reachedEnd } = await readList(`${pathOf(observing)}/files`, RestFile, observing)
  const former = items.flatMap(({ previous_filename }) => previous_filename ?? [])
  return {
    items: [...new Set([...items.map(({ filename }) => filename), ...former])],
    total: raw.changed_files,
    complete: reachedEnd && items.length === raw.changed_files,
  }
}

const NEVER_PROVED = ['review_decision', 'closing_issues', 'required_checks', 'review_requests', 'commit_history']

function unprovedIn(pr: ObservedPullRequest | null, viewerKnown: boolean): string[] {
  return [
    ...(viewerKnown ? [] : ['viewer']),
    ...(pr === null ? [] : NEVER_PROVED),
    ...(pr === null || pr.threads.complete ? [] : ['threads']),
  ]
}

function pathOf({ target }: RestObserving): string {
  return `${restPath(target.repo)}/pulls/${target.number}`
}
