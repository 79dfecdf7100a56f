import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PullRequestFacts } from '../../lib/facts/pull-request.ts'
import type { GitHubClient } from '../../lib/github/client.ts'
import { closeIssue } from '../../lib/github/effects/close-issue.ts'
import { markReady } from '../../lib/github/effects/mark-ready.ts'
import { mergePullRequest } from '../../lib/github/effects/merge-pull-request.ts'
import { postStatus } from '../../lib/github/effects/post-status.ts'
import { replyToThread } from '../../lib/github/effects/reply-to-thread.ts'
import { requestReview } from '../../lib/github/effects/request-review.ts'
import { resolveThread } from '../../lib/github/effects/resolve-thread.ts'
import { upsertComment } from '../../lib/github/effects/upsert-comment.ts'
import { readHeadBranch } from '../../lib/github/head-branch.ts'
import { observeIssue } from '../../lib/github/observe-issue.ts'
import { observePullRequest } from '../../lib/github/observe-pull-request.ts'
import { observeRepository } from '../../lib/github/observe-repository.ts'
import { PULL_REQUEST_STATE } from '../../lib/github/queries/lookups.ts'
import { until } from '../forge/with-forge.ts'
import { BRANCH, checkEnded, draft, make, type OnForge, onForge, REPO } from './on-forge.ts'

const NOW = { now: () => new Date('2026-01-02T10:30:00Z') }

let at: OnForge
let head: string
let number: number

// One pull request goes its way through this file, as it would through the loop: the tests follow its life in order.
beforeAll(async () => {
  at = await onForge()
  head = await at.push('export const price = () => 499\n')
})

afterAll(() => at.end())

async function observe(): Promise<NonNullable<PullRequestFacts['pr']>> {
  const { pr } = await observePullRequest(at.client, { host: at.forge.host, repo: REPO, number }, NOW)
  if (pr === null) throw new Error('no pull request')
  return pr
}

describe('opening a draft', () => {
  it('is done once, however often it is tried and although the answer was lost', async () => {
    await at.forge.misbehave({ do: 'drop_answer', kind: 'createPullRequest' })
    await expect(make(draft(at.client))).rejects.toMatchObject({ code: 'github_unreachable' })
    const first = await make(draft(at.client))
    const second = await make(draft(at.client))
    expect(second).toEqual(first)
    expect(first).toMatchObject({ isDraft: true, head })
    expect(await at.received('createPullRequest')).toBe(1)
    number = first.number
  })

  it('carries its key where the forge can read it', async () => {
    const written = (await at.forge.effects()).find(({ kind }) => kind === 'createPullRequest')
    expect(written?.key).toBe(draft(at.client).key)
  })

  it('for a branch without commits of its own is refused as things stand', async () => {
    await at.clone.git('push', '--quiet', 'origin', 'origin/main:refs/heads/empty')
    const { createDraftPullRequest } = await import('../../lib/github/effects/create-draft-pull-request.ts')
    const wanted = { repo: REPO, branch: 'empty', base: null, title: 'Nothing', body: '' }
    await expect(make(createDraftPullRequest(wanted, at.client))).rejects.toMatchObject({ code: 'precondition_failed' })
  })
})

function withoutRequired(facts: PullRequestFacts | null) {
  const checks = facts?.pr?.checks
  const contexts = checks?.contexts.items.map((context) => ({ ...context, isRequired: null }))
  return { ...facts, pr: { ...facts?.pr, checks: { ...checks, contexts } } }
}

describe('observing', () => {
  it('loop-state 16.30: a pull request takes one request and sees the policy of the base', async () => {
    const before = at.client.requests
    const facts = await observePullRequest(at.client, { host: at.forge.host, repo: REPO, number }, NOW)
    expect(at.client.requests - before).toBe(1)
    expect(facts.policyFile).toMatchObject({ status: 'present', path: '.devloops' })
    expect(facts.pr).toMatchObject({
      isDraft: true,
      head: { sha: head, branch: BRANCH },
      closingIssues: { complete: true },
    })
    expect(facts.pr?.closingIssues.items).toMatchObject([{ number: 1, repo: REPO, state: 'OPEN' }])
  })

  it('loop-state 16.30: an issue takes one request, which brings all of the only pull request for it', async () => {
    await checkEnded(at, number)
    const before = at.client.requests
    const { facts, pullRequest } = await observeIssue(
      at.client,
      { host: at.forge.host, repo: REPO, number: 1 },
      { ...NOW, branch: BRANCH },
    )
    expect(at.client.requests - before).toBe(1)
    const alone = await observePullRequest(at.client, { host: at.forge.host, repo: REPO, number }, NOW)
    // Which checks are required is only told of a pull request that is asked for by its number.
    expect(withoutRequired(pullRequest)).toEqual(withoutRequired(alone))
    expect(facts.baseSha).toMatch(/^[0-9a-f]{40}$/)
    expect(facts.issue?.branchPullRequests.items.map((pull) => pull.number)).toEqual([number])
    expect(facts.issue?.pullRequests.items.map((pull) => pull.number)).toEqual([number])
  })

  it('a number that nothing has answers so for both', async () => {
    const target = { host: at.forge.host, repo: REPO, number: 4_000 }
    expect((await observePullRequest(at.client, target, NOW)).pr).toBeNull()
    expect((await observeIssue(at.client, target, { ...NOW, branch: BRANCH })).facts.issue).toBeNull()
  })

  it('an unknown repository is a failure', async () => {
    const target = { host: at.forge.host, repo: 'acme/nothing', number: 1 }
    await expect(observePullRequest(at.client, target, NOW)).rejects.toMatchObject({ code: 'target_not_found' })
  })

  it('a repository tells permission, policy and the ways to merge before there is a target', async () => {
    const seen = await observeRepository(at.client, { host: at.forge.host, repo: REPO })
    expect(seen).toMatchObject({ isArchived: false, policyFile: { status: 'present' } })
    expect(seen.repository).toMatchObject({ viewerPermission: 'WRITE', defaultBranch: 'main' })
    expect(seen.mergeMethods).toContain('squash')
  })

  it('the head branch of a pull request names it, and an issue has none', async () => {
    const target = { host: at.forge.host, repo: REPO }
    const found = await readHeadBranch(at.client, { ...target, number })
    expect(found).toMatchObject({ branch: BRANCH, repo: REPO, openAt: head })
    expect(await readHeadBranch(at.client, { ...target, number: 1 })).toBeNull()
  })
})

describe('a status', () => {
  const status = () => ({
    repo: REPO,
    sha: head,
    context: 'dev-loops/owner',
    state: 'success' as const,
    description: 'held by r-1',
    targetUrl: null,
  })

  it('is posted once while it says the same', async () => {
    expect(await make(postStatus(status(), at.client))).toEqual({ posted: true, warning: null })
    await make(postStatus(status(), at.client))
    expect(await at.received('POST statuses')).toBe(1)
  })

  it('is posted again when it says something else', async () => {
    await make(postStatus({ ...status(), description: 'held by r-2' }, at.client))
    expect(await at.received('POST statuses')).toBe(2)
  })

  it('of somebody else is not taken for ours', async () => {
    const judge = at.clientFor(at.forge.tokens.judge)
    await make(postStatus({ ...status(), description: 'held by r-2' }, judge))
    expect(await at.received('POST statuses')).toBe(3)
  })

  it('that the token may not write is a warning', async () => {
    const stranger = at.clientFor(at.forge.tokens.stranger)
    expect(await make(postStatus(status(), stranger))).toEqual({ posted: false, warning: 'status_not_permitted' })
  })

  it('on a commit that the repository lacks is a failure', async () => {
    const wanted = { ...status(), sha: 'f'.repeat(40) }
    await expect(make(postStatus(wanted, at.client))).rejects.toMatchObject({ code: 'target_not_found' })
  })
})

describe('a comment of ours', () => {
  it('is added once, then kept up to date in place', async () => {
    const { id } = await observe()
    const first = await make(upsertComment({ subjectId: id, topic: 'gate:draft_gate', body: 'one problem' }, at.client))
    await make(upsertComment({ subjectId: id, topic: 'gate:draft_gate', body: 'one problem' }, at.client))
    const second = await make(upsertComment({ subjectId: id, topic: 'gate:draft_gate', body: 'clean' }, at.client))
    expect(second.commentId).toBe(first.commentId)
    expect((await observe()).comments.items.map(({ body }) => body.split('\n')[0])).toEqual(['clean'])
    expect([await at.received('addComment'), await at.received('updateIssueComment')]).toEqual([1, 1])
  })

  it("is another's business when another account wrote the same mark", async () => {
    const { id } = await observe()
    const judge = at.clientFor(at.forge.tokens.judge)
    await make(upsertComment({ subjectId: id, topic: 'gate:draft_gate', body: 'clean' }, judge))
    expect((await observe()).comments.total).toBe(2)
  })
})

describe('marking ready', () => {
  it('is refused when the head moved since', async () => {
    const stale = markReady({ repo: REPO, number, head: 'e'.repeat(40) }, at.client)
    await expect(make(stale)).rejects.toMatchObject({ code: 'head_moved' })
    expect((await observe()).isDraft).toBe(true)
  })

  it('is done once', async () => {
    await make(markReady({ repo: REPO, number, head }, at.client))
    await make(markReady({ repo: REPO, number, head }, at.client))
    expect((await observe()).isDraft).toBe(false)
    expect(await at.received('markPullRequestReadyForReview')).toBe(1)
  })
})

describe('asking for a review', () => {
  const wanted = () => ({ repo: REPO, number, head, reviewer: 'copilot', askedBefore: null })

  it('of an account that does not exist is unavailable', async () => {
    const asked = await make(requestReview({ ...wanted(), reviewer: 'nobody-at-all' }, at.client))
    expect(asked).toMatchObject({ outcome: 'unavailable', reason: 'no_such_account' })
  })

  it('without permission is unavailable', async () => {
    const stranger = at.clientFor(at.forge.tokens.stranger)
    expect(await make(requestReview(wanted(), stranger))).toMatchObject({ outcome: 'unavailable' })
  })

  it('loop-state 16.32: of a person is asked once', async () => {
    const person = { ...wanted(), reviewer: at.forge.logins.maintainer }
    expect(await make(requestReview(person, at.client))).toMatchObject({ outcome: 'requested' })
    expect(await make(requestReview(person, at.client))).toMatchObject({ outcome: 'already_requested' })
    expect(await at.received('requestReviews')).toBe(1)
  })

  it('loop-state 16.32: of Copilot is asked once and seen', async () => {
    expect(await make(requestReview(wanted(), at.client))).toMatchObject({ outcome: 'requested' })
    await make(requestReview(wanted(), at.client))
    expect(await at.received('POST requested_reviewers')).toBe(1)
  })

  it('of Copilot is not repeated for a head that it has reviewed', async () => {
    const events = await until('a review', async () => {
      const { reviews, reviewRequestEvents } = await observe()
      return reviews.items.length > 0 ? reviewRequestEvents.items : null
    })
    const later = { ...wanted(), askedBefore: events.at(-1)?.at ?? null }
    expect(await make(requestReview(later, at.client))).toMatchObject({ outcome: 'already_reviewed' })
    expect(await at.received('POST requested_reviewers')).toBe(1)
  })
})

describe('a review thread', () => {
  let threadId: string

  beforeAll(async () => {
    threadId = await until('a thread of the reviewer', async () => (await observe()).threads.items[0]?.id)
  })

  it('is answered once for each text and head', async () => {
    const reply = { repo: REPO, number, threadId, head, body: 'Fixed as you said.' }
    const first = await make(replyToThread(reply, at.client))
    const second = await make(replyToThread(reply, at.client))
    expect(second).toEqual(first)
    expect(await at.received('addPullRequestReviewThreadReply')).toBe(1)
  })

  it('loses the later of two equal answers of ours', async () => {
    const reply = replyToThread({ repo: REPO, number, threadId, head, body: 'Said twice.' }, at.client)
    const signal = AbortSignal.timeout(20_000)
    const first = await reply.act(signal)
    await reply.act(signal)
    expect(await reply.find(signal)).toEqual(first)
    const thread = (await observe()).threads.items.find(({ id }) => id === threadId)
    expect(thread?.comments.items.filter(({ body }) => body.startsWith('Said twice.')).length).toBe(1)
  })

  it('of another pull request is refused before anything is written', async () => {
    const elsewhere = { repo: REPO, number: number + 1, threadId, head, body: 'Wrong place.' }
    await expect(make(replyToThread(elsewhere, at.client))).rejects.toMatchObject({ code: 'precondition_failed' })
    await expect(make(resolveThread(elsewhere, at.client))).rejects.toMatchObject({ code: 'precondition_failed' })
  })

  it('is resolved once', async () => {
    await make(resolveThread({ repo: REPO, number, threadId }, at.client))
    await make(resolveThread({ repo: REPO, number, threadId }, at.client))
    expect(await at.received('resolveReviewThread')).toBe(1)
  })

  it('that does not exist is not found', async () => {
    const nowhere = { repo: REPO, number, threadId: 'PRRT_nothing' }
    await expect(make(resolveThread(nowhere, at.client))).rejects.toMatchObject({ code: 'target_not_found' })
  })
})

describe('merging', () => {
  const merge = (sha: string) => mergePullRequest({ repo: REPO, number, head: sha, method: 'squash' }, at.client)

  it('is refused for a head that was overtaken', async () => {
    const old = head
    head = await at.push('export const price = () => 500\n')
    await expect(make(merge(old))).rejects.toMatchObject({ code: 'head_moved' })
    expect((await observe()).state).toBe('OPEN')
  })

  it('is refused by the forge itself when the push came after our last look', async () => {
    const old = head
    let looks = 0
    const client: GitHubClient = {
      ...at.client,
      async graphql(query, variables, options) {
        const answer = await at.client.graphql(query, variables, options)
        if (query === PULL_REQUEST_STATE) looks += 1
        if (query === PULL_REQUEST_STATE && looks === 2) head = await at.push('export const price = () => 501\n')
        return answer
      },
    }
    const effect = mergePullRequest({ repo: REPO, number, head: old, method: 'squash' }, client)
    await expect(make(effect)).rejects.toMatchObject({ code: 'head_moved' })
    expect((await at.forge.effects()).filter(({ kind, ok }) => kind === 'mergePullRequest' && !ok).length).toBe(1)
  })

  it('is done once although its answer was lost, and found again', async () => {
    await until('mergeability', async () => (await observe()).mergeable === 'MERGEABLE')
    await at.forge.misbehave({ do: 'drop_answer', kind: 'mergePullRequest' })
    await expect(make(merge(head))).rejects.toMatchObject({ code: 'github_unreachable' })
    const first = await make(merge(head))
    expect(first).toMatchObject({ number, head })
    expect(await make(merge(head))).toEqual(first)
    expect(await at.received('mergePullRequest')).toBe(1)
  })

  it('of another head than the merged one is no success', async () => {
    await expect(make(merge('d'.repeat(40)))).rejects.toMatchObject({ code: 'head_moved' })
  })

  it('closes the issue, so that closing it finds nothing to do', async () => {
    expect(await make(closeIssue({ repo: REPO, number: 1 }, at.client))).toEqual({ number: 1, state: 'CLOSED' })
    expect(await at.received('closeIssue')).toBe(0)
  })
})
