/** GitHub's published example payloads, in the words of the facts. */
import { createRequire } from 'node:module'
import { isEnumType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { reduceCi } from '../../lib/facts/ci.ts'
import { IssueFacts } from '../../lib/facts/issue.ts'
import { reduceMergeability } from '../../lib/facts/mergeability.ts'
import {
  ChecksFact,
  CommentFact,
  PullRequestFacts,
  ReviewFact,
  ThreadCommentFact,
  ThreadFact,
} from '../../lib/facts/pull-request.ts'
import { isWebhookEvent, WEBHOOK_EVENTS, type WebhookNews, webhookNews } from '../../lib/github/translate/webhook.ts'
import { publishedSchema } from './schema.ts'

const require = createRequire(import.meta.url)
const examples: readonly { name: string; examples: object[] }[] = require('@octokit/webhooks-examples')

interface Example {
  readonly name: string
  readonly index: number
  readonly payload: object
}

const all: Example[] = examples.flatMap(({ name, examples: payloads }) =>
  payloads.map((payload, index) => ({ name, index, payload })),
)
const ours = all.filter(({ name }) => isWebhookEvent(name))

function newsOf({ name, index, payload }: Example): WebhookNews {
  const news = webhookNews(name, payload)
  if (news === null) throw new Error(`${name} ${index} was not understood`)
  return news
}

/** GitHub sends some events of a pull request, such as a milestone, as those of an issue. */
function isOfPullRequest({ payload }: Example): boolean {
  return Reflect.has(Object(Reflect.get(payload, 'issue')), 'pull_request')
}

const news = ours.map(newsOf)

function example(name: string, fits: (payload: object) => boolean = () => true): object {
  const found = ours.find((one) => one.name === name && fits(one.payload))
  if (!found) throw new Error(`no example of ${name}`)
  return structuredClone(found.payload)
}

const PARTS = {
  pullRequest: PullRequestFacts.shape.pr.unwrap().partial().strict(),
  issue: IssueFacts.shape.issue.unwrap().partial().strict(),
  review: ReviewFact.strict(),
  remark: ThreadCommentFact.strict(),
  comment: CommentFact.strict(),
  check: ChecksFact.shape.contexts.shape.items.element,
  thread: ThreadFact.pick({ id: true, isResolved: true, comments: true }).strict(),
} as const

describe('the published examples', () => {
  it('are there for every event that we read', () => {
    expect(new Set(ours.map(({ name }) => name))).toEqual(new Set(WEBHOOK_EVENTS))
    expect(ours.length).toBeGreaterThan(90)
    const counts = WEBHOOK_EVENTS.map((event) => `${event} ${ours.filter(({ name }) => name === event).length}`)
    console.log(`example payloads read into facts: ${counts.join(', ')}; ${all.length - ours.length} of other events`)
  })

  it.each(WEBHOOK_EVENTS)('of %s all become parts that the facts have', (event) => {
    for (const one of ours.filter(({ name }) => name === event)) {
      const { parts, repository } = newsOf(one)
      expect(repository.repo).toMatch(/^[a-z0-9._-]+\/[a-z0-9._-]+$/)
      expect(Object.keys(parts).length === 0, `${event} ${one.index}`).toBe(event === 'issues' && isOfPullRequest(one))
      for (const [name, schema] of Object.entries(PARTS)) {
        const part = new Map(Object.entries(parts)).get(name)
        if (part !== undefined) expect(schema.parse(part), `${event} ${one.index} ${name}`).toMatchObject(part)
      }
    }
  })

  it.each([
    ['pull_request', 'pullRequest'],
    ['pull_request_review', 'review'],
    ['pull_request_review_comment', 'remark'],
    ['pull_request_review_thread', 'thread'],
    ['issues', 'issue'],
    ['issue_comment', 'comment'],
    ['check_run', 'check'],
    ['check_suite', 'suite'],
    ['status', 'check'],
  ])('of %s each carry a %s', (event, part) => {
    const carrying = ours.filter((one) => one.name === event && !(event === 'issues' && isOfPullRequest(one)))
    for (const one of carrying) expect(newsOf(one).parts).toHaveProperty(part)
  })

  it('of every other event say nothing', () => {
    const others = all.filter(({ name }) => !isWebhookEvent(name))
    expect(others.length).toBeGreaterThan(100)
    for (const { name, payload } of others) expect(webhookNews(name, payload)).toBeNull()
  })

  it('name the pull request or issue, and the commit, that they are about', () => {
    for (const { event, numbers, head } of news) {
      const ofCommit = event === 'check_run' || event === 'check_suite' || event === 'status'
      if (!ofCommit) expect(numbers.length, event).toBe(1)
      if (!event.startsWith('issue')) expect(head, event).toMatch(/^[0-9a-f]{40}$/)
    }
  })
})

describe('each word of the examples', () => {
  const pulls = news.flatMap(({ parts }) => parts.pullRequest ?? [])
  const runs = news.flatMap(({ parts }) => (parts.check?.type === 'check_run' ? parts.check : []))
  const statuses = news.flatMap(({ parts }) => (parts.check?.type === 'status' ? parts.check : []))
  const suites = news.flatMap(({ parts }) => parts.suite ?? [])

  const words: [string, readonly (string | null | undefined)[]][] = [
    ['MergeStateStatus', pulls.map(({ mergeStateStatus }) => mergeStateStatus)],
    ['MergeableState', pulls.map(({ mergeable }) => mergeable)],
    ['PullRequestState', pulls.map(({ state }) => state)],
    ['PullRequestReviewState', news.map(({ parts }) => parts.review?.state)],
    ['CheckStatusState', [...runs, ...suites].map(({ status }) => status)],
    ['CheckConclusionState', [...runs, ...suites].map(({ conclusion }) => conclusion)],
    ['StatusState', statuses.map(({ state }) => state)],
    ['CommentAuthorAssociation', news.map(({ parts }) => parts.comment?.authorAssociation)],
    ['IssueState', news.map(({ parts }) => parts.issue?.state)],
  ]

  it.each(words)('for a %s is one of the published schema', (type, said) => {
    const found = publishedSchema().getType(type)
    const known = isEnumType(found) ? found.getValues().map(({ name }) => name) : []
    const given = [...new Set(said.filter((word) => word != null))]
    expect(given.length).toBeGreaterThan(0)
    expect(given.filter((word) => !known.includes(word))).toEqual([])
  })

  it('for a check is one that the reducer judges', () => {
    for (const check of [...runs, ...statuses]) {
      const contexts = { items: [check], total: 1, complete: true }
      const checks = { commit: 'a', withheld: false, suites: 1, contexts, committedAt: null }
      const reading = { head: 'a', whenNone: 'wait' as const, graceMs: 0, waitingSinceMs: null, nowMs: 0 }
      const { failed, approval, pending, passed } = reduceCi(checks, reading)
      expect([failed, approval, pending, passed].filter(Boolean), JSON.stringify(check)).toHaveLength(1)
    }
  })

  it('for merging is one that the reducer knows, and UNKNOWN is unknown', () => {
    for (const { mergeable, mergeStateStatus } of pulls) {
      if (mergeable === undefined || mergeStateStatus === undefined) continue
      const judged = reduceMergeability({ mergeable, mergeStateStatus })
      expect(judged === 'unknown', `${mergeable} ${mergeStateStatus}`).toBe(mergeable === 'UNKNOWN')
    }
  })

  it('for an instant has the form that instants are compared in', () => {
    const instants = JSON.stringify(news).matchAll(
      /"(?:createdAt|submittedAt|startedAt|completedAt|updatedAt)":"([^"]+)"/g,
    )
    for (const [, at] of instants) expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })
})

describe('what a payload does not carry', () => {
  it('is left out: a review event says nothing of mergeability', () => {
    const { parts } = newsOf({ name: 'pull_request_review', index: 0, payload: example('pull_request_review') })
    expect(parts.pullRequest).not.toHaveProperty('mergeable')
    expect(parts.pullRequest).not.toHaveProperty('reviewRequests')
  })

  it('is never filled in: who posted a status is not known', () => {
    expect(news.flatMap(({ parts }) => (parts.check?.type === 'status' ? parts.check.creator : []))).toContain(null)
  })

  it('is unknown where GitHub has not reckoned it yet', () => {
    const opened = example('pull_request', (payload) => Reflect.get(payload, 'action') === 'opened')
    expect(webhookNews('pull_request', opened)?.parts.pullRequest).toMatchObject({ mergeable: 'UNKNOWN' })
  })

  it('is the branch of a fork that was deleted', () => {
    const payload = example('pull_request')
    Reflect.set(Reflect.get(Reflect.get(payload, 'pull_request'), 'head'), 'repo', null)
    expect(webhookNews('pull_request', payload)?.parts.pullRequest).toMatchObject({
      isCrossRepository: true,
      head: { repo: null },
    })
  })

  it.each([
    ['nobody', null],
    ['the ghost', { login: 'ghost', type: 'User' }],
  ])('is the author where the account is gone: %s', (_what, user) => {
    const payload = example('issue_comment')
    Reflect.set(Reflect.get(payload, 'comment'), 'user', user)
    expect(webhookNews('issue_comment', payload)?.parts.comment?.author).toBeNull()
  })

  it('is the number of the pull request, where a check is of a fork', () => {
    const payload = example('check_run')
    Reflect.set(Reflect.get(payload, 'check_run'), 'pull_requests', [])
    expect(webhookNews('check_run', payload)).toMatchObject({
      numbers: [],
      head: expect.stringMatching(/^[0-9a-f]{40}$/),
    })
  })

  it('is an issue, where a comment stands on a pull request', () => {
    const payload = example('issue_comment')
    Reflect.set(Reflect.get(payload, 'issue'), 'pull_request', { url: '' })
    expect(webhookNews('issue_comment', payload)?.parts).not.toHaveProperty('issue')
  })
})

describe('a payload that is none', () => {
  it.each([null, undefined, 'x', 1, [], {}, { repository: {} }])('says nothing: %j', (payload) => {
    for (const event of [...WEBHOOK_EVENTS, 'toString', '__proto__', 'ping'])
      expect(webhookNews(event, payload)).toBeNull()
  })

  it('with a review in a state of tomorrow says all but that review', () => {
    const payload = example('pull_request_review')
    Reflect.set(Reflect.get(payload, 'review'), 'state', 'pondered')
    const { parts } = newsOf({ name: 'pull_request_review', index: 0, payload })
    expect(Object.keys(parts)).toEqual(['pullRequest'])
  })
})
