/** The things that a webhook carries, each in the words of the facts. */
import type { IssueFacts } from '../../facts/issue.ts'
import type {
  CheckRunFact,
  CommentFact,
  ObservedPullRequest,
  ReviewFact,
  StatusContextFact,
  ThreadCommentFact,
} from '../../facts/pull-request.ts'
import type * as hook from '../answers/webhook.ts'
import { accountFrom } from '../rest/translate.ts'
import { oneOf } from './parts.ts'
import { REVIEW_STATES } from './pull-request.ts'

type ObservedIssue = NonNullable<IssueFacts['issue']>

export function pullFrom(raw: hook.HookPullRequest): Partial<ObservedPullRequest> {
  const headRepo = raw.head.repo?.full_name.toLowerCase() ?? null
  const labels = raw.labels.map(({ name }) => name)
  return {
    id: raw.node_id,
    number: raw.number,
    url: raw.html_url,
    title: raw.title,
    body: raw.body ?? '',
    state: raw.merged_at !== null ? 'MERGED' : raw.state === 'open' ? 'OPEN' : 'CLOSED',
    author: accountFrom(raw.user),
    head: { sha: raw.head.sha, branch: raw.head.ref, repo: headRepo },
    base: { sha: raw.base.sha, branch: raw.base.ref },
    isCrossRepository: headRepo === null || headRepo !== raw.base.repo?.full_name.toLowerCase(),
    labels: { items: labels, total: labels.length, complete: true },
    mergedAt: raw.merged_at,
    ...(raw.draft === undefined ? {} : { isDraft: raw.draft }),
    ...(raw.maintainer_can_modify === undefined ? {} : { maintainerCanModify: raw.maintainer_can_modify }),
    ...(raw.mergeable === undefined ? {} : { mergeable: mergeableFrom(raw.mergeable) }),
    ...(raw.mergeable_state === undefined ? {} : { mergeStateStatus: raw.mergeable_state.toUpperCase() }),
  }
}

function mergeableFrom(mergeable: boolean | null): ObservedPullRequest['mergeable'] {
  if (mergeable === null) return 'UNKNOWN'
  return mergeable ? 'MERGEABLE' : 'CONFLICTING'
}

export function issueFrom(raw: hook.HookIssue): Partial<ObservedIssue> {
  const labels = raw.labels?.map(({ name }) => name)
  const assignees = raw.assignees.flatMap((user) => user?.login ?? [])
  return {
    id: raw.node_id,
    number: raw.number,
    url: raw.html_url,
    title: raw.title,
    body: raw.body ?? '',
    author: accountFrom(raw.user),
    assignees: { items: assignees, total: raw.assignees.length, complete: !raw.assignees.includes(null) },
    ...(raw.state === undefined ? {} : { state: raw.state === 'open' ? 'OPEN' : 'CLOSED' }),
    ...(labels === undefined ? {} : { labels: { items: labels, total: labels.length, complete: true } }),
  }
}

export function reviewFrom(raw: hook.HookReview): ReviewFact | null {
  const state = oneOf(REVIEW_STATES, raw.state.toUpperCase())
  if (state === null) return null
  return {
    id: raw.node_id,
    state,
    author: accountFrom(raw.user),
    commit: raw.commit_id,
    submittedAt: instant(raw.submitted_at),
    url: raw.html_url,
    body: raw.body ?? '',
  }
}

export function threadFrom({ node_id, comments }: hook.HookThread, isResolved: boolean) {
  return { id: node_id, isResolved, comments: { items: comments.map(remarkFrom), total: null, complete: false } }
}

export function remarkFrom(raw: hook.HookComment): ThreadCommentFact {
  const { node_id: id, body, html_url: url } = raw
  return { id, author: accountFrom(raw.user), body, createdAt: instant(raw.created_at), url }
}

export function commentFrom(raw: hook.HookComment): CommentFact {
  return { ...remarkFrom(raw), authorAssociation: raw.author_association, updatedAt: instant(raw.updated_at) }
}

export function checkFrom(raw: hook.HookCheckRun): CheckRunFact {
  return {
    type: 'check_run',
    name: raw.name,
    app: raw.app?.slug ?? null,
    status: raw.status.toUpperCase(),
    conclusion: upper(raw.conclusion),
    startedAt: instant(raw.started_at),
    completedAt: instant(raw.completed_at),
    url: raw.details_url ?? null,
    summary: raw.output?.summary ?? null,
  }
}

export function statusFrom(raw: hook.HookStatus): StatusContextFact {
  const { context, description, target_url: targetUrl } = raw
  const createdAt = instant(raw.created_at)
  return { type: 'status', context, state: raw.state.toUpperCase(), description, targetUrl, createdAt, creator: null }
}

export function upper(word: string | null): string | null {
  return word?.toUpperCase() ?? null
}

/** Statuses say `+00:00` where everything else says `Z`, and instants are compared as text. */
function instant<Text extends string | null>(text: Text): Text | string {
  const at = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? text : `${new Date(at).toISOString().slice(0, 19)}Z`
}
