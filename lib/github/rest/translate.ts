/**
 * The words of REST into ours, so that the facts are those that GraphQL gives. Pure.
 *
 * REST writes states in lower case, calls a bot `name[bot]`, and names an account that is gone `ghost`.
 */
import { SOME_TEAM } from '../../facts/identity.ts'
import type { LinkedPullRequestFact } from '../../facts/issue.ts'
import type {
  Account,
  CheckRunFact,
  CommentFact,
  ObservedPullRequest,
  RepositoryFact,
  ReviewFact,
  StatusContextFact,
} from '../../facts/pull-request.ts'
import { asAuthor, oneOf } from '../translate/parts.ts'
import { REVIEW_STATES } from '../translate/pull-request.ts'
import type {
  RestCheckRun,
  RestComment,
  RestEvent,
  RestOpenPull,
  RestPull,
  RestRepository,
  RestReview,
  RestStatus,
  RestUser,
} from './answers.ts'

export function accountFrom(user: RestUser): Account | null {
  if (user === null || user.login === 'ghost') return null
  return { login: asAuthor(user.login), isBot: user.type === 'Bot' || user.login.endsWith('[bot]') }
}

/** @param viewer `null` when this token may not ask whose it is; then it is nobody's */
export function repositoryFrom(
  raw: RestRepository,
  { host, viewer }: { readonly host: string; readonly viewer: string | null },
): RepositoryFact {
  return {
    id: raw.node_id,
    host,
    repo: raw.full_name.toLowerCase(),
    defaultBranch: raw.default_branch,
    viewerPermission: permissionOf(raw.permissions),
    viewer: asAuthor(viewer ?? ''),
  }
}

function permissionOf(permissions: RestRepository['permissions']): RepositoryFact['viewerPermission'] {
  if (permissions?.admin) return 'ADMIN'
  if (permissions?.maintain) return 'MAINTAIN'
  if (permissions?.push) return 'WRITE'
  if (permissions?.triage) return 'TRIAGE'
  return permissions?.pull ? 'READ' : null
}

type PlainFields = Omit<
  ObservedPullRequest,
  | 'commits'
  | 'history'
  | 'reviewDecision'
  | 'reviewRequestEvents'
  | 'reviews'
  | 'threads'
  | 'checks'
  | 'comments'
  | 'closingIssues'
  | 'files'
>

/** What stands in the answer about the pull request itself. */
export function pullFrom(raw: RestPull): PlainFields {
  const headRepo = raw.head.repo?.full_name.toLowerCase() ?? null
  const labels = raw.labels.map(({ name }) => name)
  return {
    id: raw.node_id,
    number: raw.number,
    url: raw.html_url,
    title: raw.title,
    body: raw.body ?? '',
    state: raw.merged ? 'MERGED' : raw.state === 'open' ? 'OPEN' : 'CLOSED',
    isDraft: raw.draft ?? false,
    author: accountFrom(raw.user),
    head: { sha: raw.head.sha, branch: raw.head.ref, repo: headRepo },
    base: { sha: raw.base.sha, branch: raw.base.ref },
    isCrossRepository: headRepo === null || headRepo !== raw.base.repo?.full_name.toLowerCase(),
    maintainerCanModify: raw.maintainer_can_modify,
    mergeable: raw.mergeable === null ? 'UNKNOWN' : raw.mergeable ? 'MERGEABLE' : 'CONFLICTING',
    mergeStateStatus: raw.mergeable_state.toUpperCase(),
    reviewRequests: requestsFrom(raw),
    labels: { items: labels, total: labels.length, complete: true },
    mergedAt: raw.merged_at,
  }
}

/** REST is known to leave bots out here, so who is not listed may still be asked. */
function requestsFrom({ requested_reviewers = [], requested_teams = [] }: RestPull): PlainFields['reviewRequests'] {
  const people = requested_reviewers.flatMap((user) => accountFrom(user) ?? [])
  const teams = requested_teams.map(() => ({ login: SOME_TEAM, isBot: false }))
  return { items: [...people, ...teams], total: null, complete: false }
}

export function reviewFrom(raw: RestReview): ReviewFact | null {
  const state = oneOf(REVIEW_STATES, raw.state)
  if (state === null) return null
  return {
    id: raw.node_id,
    state,
    author: accountFrom(raw.user),
    commit: raw.commit_id,
    submittedAt: raw.submitted_at ?? null,
    url: raw.html_url,
    body: raw.body,
  }
}

export function commentFrom(raw: RestComment): CommentFact {
  return {
    id: raw.node_id,
    author: accountFrom(raw.user),
    authorAssociation: raw.author_association ?? 'NONE',
    body: raw.body ?? '',
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    url: raw.html_url,
  }
}

type RequestEvent = ObservedPullRequest['reviewRequestEvents']['items'][number]

/** @returns nothing for an event of another kind */
export function requestEventsFrom(events: readonly RestEvent[]): RequestEvent[] {
  return events
    .filter(({ event }) => event === 'review_requested')
    .map(({ created_at, requested_reviewer, requested_team }) => ({
      at: created_at,
      reviewer: requested_team ? { login: SOME_TEAM, isBot: false } : accountFrom(requested_reviewer ?? null),
    }))
}

export function checkRunFrom(raw: RestCheckRun): CheckRunFact {
  return {
    type: 'check_run',
    name: raw.name,
    app: raw.app?.slug ?? null,
    status: raw.status.toUpperCase(),
    conclusion: raw.conclusion?.toUpperCase() ?? null,
    startedAt: raw.started_at,
    completedAt: raw.completed_at,
    url: raw.details_url,
    summary: raw.output.summary,
    isRequired: null,
  }
}

/** Newest first, as REST lists them: of each context the first counts. */
export function statusesFrom(raw: readonly RestStatus[]): StatusContextFact[] {
  const latest = new Map<string, StatusContextFact>()
  for (const status of raw) {
    if (!latest.has(status.context)) latest.set(status.context, statusFrom(status))
  }
  return [...latest.values()]
}

function statusFrom(raw: RestStatus): StatusContextFact {
  return {
    type: 'status',
    context: raw.context,
    state: raw.state.toUpperCase(),
    description: raw.description,
    targetUrl: raw.target_url,
    createdAt: raw.created_at,
    creator: accountFrom(raw.creator),
    isRequired: null,
  }
}

export function openPullFrom(raw: RestOpenPull): LinkedPullRequestFact | null {
  if (raw.base.repo === null) return null
  return {
    number: raw.number,
    repo: raw.base.repo.full_name.toLowerCase(),
    state: 'OPEN',
    isDraft: raw.draft ?? false,
    headBranch: raw.head.ref,
    headRepo: raw.head.repo?.full_name.toLowerCase() ?? null,
    author: accountFrom(raw.user),
  }
}
