/**
 * The lists of one pull request, each whole or marked as not: what came with the facts, and further
 * pages of those that are longer. One after the other, as GitHub asks of its clients.
 */
import type { z } from 'zod'
import type { ChecksFact, Listed, ObservedPullRequest, ThreadFact } from '../facts/pull-request.ts'
import { RawLabel, type RawPage } from './answers/parts.ts'
import {
  RawCheckContext,
  RawClosingIssue,
  RawComment,
  type RawCommit,
  RawFile,
  type RawPullRequest,
  RawReview,
  RawReviewRequest,
  RawReviewRequestEvent,
  RawThread,
  RawThreadComment,
} from './answers/pull-request.ts'
import { changedPaths } from './changed-paths.ts'
import type { Reading } from './observe-pull-request.ts'
import { listed, type PageSource, type Whole, wholeList } from './pages.ts'
import * as queries from './queries/pull-request-pages.ts'
import { ownerAndName } from './repository.ts'
import { reviewerOf } from './translate/parts.ts'
import {
  checkContextOf,
  closingIssueOf,
  commentOf,
  reviewOf,
  reviewRequestEventOf,
  threadCommentOf,
  threadOf,
} from './translate/pull-request.ts'

type Lists = Pick<
  ObservedPullRequest,
  | 'reviewRequests'
  | 'reviewRequestEvents'
  | 'reviews'
  | 'threads'
  | 'checks'
  | 'comments'
  | 'closingIssues'
  | 'labels'
  | 'files'
>

export async function readLists(raw: RawPullRequest, reading: Reading): Promise<Lists> {
  const list = <Node>(query: string, first: RawPage<Node> | null, node: z.ZodType<Node>) =>
    whole(first, node, { query, variables: { id: raw.id } }, reading)

  const requests = await list(queries.REVIEW_REQUESTS_PAGE, raw.reviewRequests, RawReviewRequest)
  const events = await list(queries.REVIEW_REQUEST_EVENTS_PAGE, raw.timelineItems, RawReviewRequestEvent)
  const reviews = await list(queries.REVIEWS_PAGE, raw.reviews, RawReview)
  const comments = await list(queries.COMMENTS_PAGE, raw.comments, RawComment)
  const issues = await list(queries.CLOSING_ISSUES_PAGE, raw.closingIssuesReferences, RawClosingIssue)
  const labels = await list(queries.LABELS_PAGE, raw.labels, RawLabel)
  const files = await list(queries.FILES_PAGE, raw.files, RawFile)
  return {
    reviewRequests: listed(requests, (request) => reviewerOf(request.requestedReviewer)),
    reviewRequestEvents: listed(events, reviewRequestEventOf),
    reviews: listed(reviews, reviewOf),
    threads: await readThreads(await list(queries.REVIEW_THREADS_PAGE, raw.reviewThreads, RawThread), reading),
    checks: await readChecks(raw, reading),
    comments: listed(comments, commentOf),
    closingIssues: listed(issues, closingIssueOf),
    labels: listed(labels, (label) => label.name),
    files: await changedPaths(files, reading),
  }
}

async function readThreads(threads: Whole<RawThread>, reading: Reading): Promise<Listed<ThreadFact>> {
  const items: (ThreadFact | null)[] = []
  for (const thread of threads.nodes) items.push(thread === null ? null : await readThread(thread, reading))
  return listed({ ...threads, nodes: items }, (thread) => thread)
}

async function readThread(raw: RawThread, reading: Reading): Promise<ThreadFact> {
  const source = { query: queries.THREAD_COMMENTS_PAGE, variables: { id: raw.id } }
  return threadOf(raw, listed(await whole(raw.comments, RawThreadComment, source, reading), threadCommentOf))
}

/** What the token may not read looks like a commit without checks, so the paths of the errors decide. */
const CHECKS = /\.commits\.nodes\.\d+\.commit\.(checkSuites|statusCheckRollup)(\.|$)/

export function isOfChecks(path: string): boolean {
  return CHECKS.test(path)
}

/** Further pages name the commit, so that they belong to the same head whatever is pushed meanwhile. */
async function readChecks(raw: RawPullRequest, reading: Reading): Promise<ChecksFact> {
  const commit = raw.commits.nodes?.at(-1)?.commit
  const { withheld } = reading
  if (!commit) return { commit: raw.headRefOid, withheld, suites: null, contexts: UNKNOWN, committedAt: null }

  const { oid, committedDate, checkSuites, statusCheckRollup } = commit
  const source = {
    query: queries.CHECK_CONTEXTS_PAGE,
    variables: { ...ownerAndName(reading.target.repo), oid },
    at: ['repository', 'object', 'statusCheckRollup', 'list'],
  }
  // GitHub gives no rollup when a commit has neither checks nor statuses.
  const contexts = statusCheckRollup
    ? listed(await whole(statusCheckRollup.contexts, RawCheckContext, source, reading), checkContextOf)
    : NONE
  const complete = contexts.complete && checkSuites !== null && !withheld
  return {
    commit: oid,
    withheld,
    suites: checkSuites?.totalCount ?? null,
    openSuites: openSuitesOf(checkSuites),
    contexts: { ...contexts, complete },
    committedAt: committedDate,
  }
}

/** Those beyond the first few count as open: a debounce may last too long, it must not end too early. */
function openSuitesOf(suites: RawCommit['checkSuites']): number | null {
  if (!suites?.nodes) return null
  const ended = suites.nodes.filter((suite) => suite?.status === 'COMPLETED').length
  return suites.totalCount - ended
}

const NONE = { items: [], total: 0, complete: true }
const UNKNOWN = { items: [], total: null, complete: false }

function whole<Node>(
  first: RawPage<Node> | null,
  node: z.ZodType<Node>,
  source: PageSource,
  { client, signal }: Reading,
): Promise<Whole<Node>> {
  return wholeList(first, source, { client, node, options: { signal } })
}
