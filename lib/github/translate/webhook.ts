/**
 * What a webhook says, in the words of the facts: which repository, numbers and commit it is about, and the parts
 * of the facts that it carries.
 *
 * A payload is news, not an observation. What it does not carry is left out and never filled in; no list that
 * could be longer is said to be whole; who posted a status is not in it, so nobody is trusted for one. It tells
 * where to look, and what is decided needs a look of its own.
 */
import { z } from 'zod'
import type { IssueFacts } from '../../facts/issue.ts'
import type {
  CheckRunFact,
  CommentFact,
  ObservedPullRequest,
  ReviewFact,
  StatusContextFact,
  ThreadCommentFact,
  ThreadFact,
} from '../../facts/pull-request.ts'
import * as hook from '../answers/webhook.ts'
import {
  checkFrom,
  commentFrom,
  issueFrom,
  pullFrom,
  remarkFrom,
  reviewFrom,
  statusFrom,
  threadFrom,
  upper,
} from './webhook-parts.ts'

type ObservedIssue = NonNullable<IssueFacts['issue']>

interface WebhookParts {
  readonly pullRequest?: Partial<ObservedPullRequest>
  readonly issue?: Partial<ObservedIssue>
  readonly review?: ReviewFact
  readonly thread?: Pick<ThreadFact, 'id' | 'isResolved' | 'comments'>
  readonly remark?: ThreadCommentFact
  readonly comment?: CommentFact
  readonly check?: CheckRunFact | StatusContextFact
  readonly suite?: { readonly app: string | null; readonly status: string | null; readonly conclusion: string | null }
}

export interface WebhookNews {
  readonly event: WebhookEvent
  /** `null` for events that have only one. */
  readonly action: string | null
  readonly repository: { readonly id: string; readonly repo: string }
  /** Issues and pull requests that it names; for a check of a fork's commit GitHub names none. */
  readonly numbers: readonly number[]
  /** The commit that it is about. */
  readonly head: string | null
  readonly parts: WebhookParts
}

const Common = z.object({ action: z.string().optional(), repository: hook.HookRepository })

type Told = Pick<WebhookNews, 'numbers' | 'head' | 'parts'>

const EVENTS = {
  pull_request: reading(z.object({ pull_request: hook.HookPullRequest }), ({ pull_request: pull }) => ofPull(pull, {})),
  pull_request_review: reading(
    z.object({ pull_request: hook.HookPullRequest, review: hook.HookReview }),
    ({ pull_request: pull, review }) => ofPull(pull, { review: reviewFrom(review) }),
  ),
  pull_request_review_comment: reading(
    z.object({ pull_request: hook.HookPullRequest, comment: hook.HookComment }),
    ({ pull_request: pull, comment }) => ofPull(pull, { remark: remarkFrom(comment) }),
  ),
  pull_request_review_thread: reading(
    z.object({ pull_request: hook.HookPullRequest, thread: hook.HookThread, action: z.string() }),
    ({ pull_request: pull, thread, action }) => ofPull(pull, { thread: threadFrom(thread, action === 'resolved') }),
  ),
  issues: reading(z.object({ issue: hook.HookIssue }), ({ issue }) => ofIssue(issue, {})),
  issue_comment: reading(z.object({ issue: hook.HookIssue, comment: hook.HookComment }), ({ issue, comment }) =>
    ofIssue(issue, { comment: commentFrom(comment) }),
  ),
  check_run: reading(z.object({ check_run: hook.HookCheckRun }), ({ check_run: run }) =>
    ofCommit(run.head_sha, run.pull_requests, { check: checkFrom(run) }),
  ),
  check_suite: reading(z.object({ check_suite: hook.HookCheckSuite }), ({ check_suite: suite }) =>
    ofCommit(suite.head_sha, suite.pull_requests, {
      suite: { app: suite.app?.slug ?? null, status: upper(suite.status), conclusion: upper(suite.conclusion) },
    }),
  ),
  status: reading(hook.HookStatus, (status) => ofCommit(status.sha, [], { check: statusFrom(status) })),
} as const
export type WebhookEvent = keyof typeof EVENTS

/** The events that say something of a pull request or issue. */
export const WEBHOOK_EVENTS = Object.keys(EVENTS).filter(isWebhookEvent)

export function isWebhookEvent(name: string): name is WebhookEvent {
  return Object.hasOwn(EVENTS, name)
}

/**
 * @param name of the event, as in the header `x-github-event`
 * @returns `null` for an event that says nothing of a pull request or issue, and for a payload that is none
 */
export function webhookNews(name: string, payload: unknown): WebhookNews | null {
  const common = Common.safeParse(payload)
  if (!isWebhookEvent(name) || !common.success) return null
  const told = EVENTS[name](payload)
  if (told === null) return null
  const { action = null, repository } = common.data
  return {
    event: name,
    action,
    repository: { id: repository.node_id, repo: repository.full_name.toLowerCase() },
    ...told,
  }
}

function reading<Payload extends z.ZodType>(schema: Payload, tell: (payload: z.output<Payload>) => Told) {
  return (payload: unknown): Told | null => {
    const read = schema.safeParse(payload)
    return read.success ? tell(read.data) : null
  }
}

/** A part that cannot be understood is left out. */
function ofPull(
  pull: hook.HookPullRequest,
  { review, ...parts }: Omit<WebhookParts, 'review'> & { review?: ReviewFact | null },
): Told {
  const known = review ? { ...parts, review } : parts
  return { numbers: [pull.number], head: pull.head.sha, parts: { ...known, pullRequest: pullFrom(pull) } }
}

function ofIssue(issue: hook.HookIssue, parts: WebhookParts): Told {
  const own = issue.pull_request === undefined ? { issue: issueFrom(issue) } : {}
  return { numbers: [issue.number], head: null, parts: { ...parts, ...own } }
}

function ofCommit(head: string, pulls: readonly { readonly number: number }[] = [], parts: WebhookParts): Told {
  return { numbers: pulls.map(({ number }) => number), head, parts }
}
