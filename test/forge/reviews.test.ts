import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aStage, type Stage } from './stage.ts'
import { ask, data, type Loose, rest, until } from './with-forge.ts'

let stage: Stage

beforeAll(async () => {
  stage = await aStage()
})

afterAll(() => stage.end())

async function onPull(selection: string, as: Parameters<typeof data>[3] = 'developer'): Promise<Loose> {
  const query = `query { repository(owner: "acme", name: "parcel-price") { pullRequest(number: 2) { ${selection} } } }`
  return (await data(stage.forge, query, {}, as)).repository.pullRequest
}

const REVIEW = `mutation ($id: ID!, $event: PullRequestReviewEvent, $threads: [DraftPullRequestReviewThread]) {
  addPullRequestReview(input: { pullRequestId: $id, body: "As I see it.", event: $event, threads: $threads }) {
    pullRequestReview { id state author { login } commit { oid } }
  }
}`

describe('the reviewer', () => {
  it('leaves two threads in its first round and takes itself off the list', async () => {
    const found = await onPull(`reviewRequests(first: 5) { totalCount }
      reviews(first: 5) { nodes { state author { __typename login } commit { oid } } }
      reviewThreads(first: 5) { nodes { isResolved path comments(first: 5) { totalCount nodes { author { login } } } } }`)
    expect(found.reviewRequests.totalCount).toBe(0)
    expect(found.reviews.nodes).toEqual([
      {
        state: 'COMMENTED',
        author: { __typename: 'Bot', login: 'copilot-pull-request-reviewer' },
        commit: { oid: stage.pull.headRefOid },
      },
    ])
    expect(found.reviewThreads.nodes.map((thread: Loose) => [thread.isResolved, thread.path])).toEqual([
      [false, 'src/price.js'],
      [false, 'src/price.js'],
    ])
  })

  it('has nothing to add in its second round', async () => {
    await rest(stage.forge, 'POST /repos/acme/parcel-price/pulls/2/requested_reviewers', {
      body: { reviewers: ['copilot-pull-request-reviewer[bot]'] },
    })
    const found = await until('a second review', async () => {
      const now = await onPull('reviews(first: 9) { totalCount } reviewThreads(first: 9) { totalCount }')
      return now.reviews.totalCount > 1 ? now : null
    })
    expect(found).toEqual({ reviews: { totalCount: 2 }, reviewThreads: { totalCount: 2 } })
  })

  it('is in the history twice, once for each time it was asked', async () => {
    const found = await onPull(`timelineItems(itemTypes: [REVIEW_REQUESTED_EVENT], last: 5) { filteredCount
      nodes { ... on ReviewRequestedEvent { requestedReviewer { __typename ... on Bot { login } } } } }`)
    expect(found.timelineItems.filteredCount).toBe(2)
    expect(found.timelineItems.nodes[0].requestedReviewer).toEqual({
      __typename: 'Bot',
      login: 'copilot-pull-request-reviewer',
    })
  })

  it('cannot be asked to review by somebody who may only read', async () => {
    const asked = await rest(stage.forge, 'POST /repos/acme/parcel-price/pulls/2/requested_reviewers', {
      body: { reviewers: ['mara'] },
      as: 'stranger',
    })
    expect(asked.status).toBe(403)
  })
})

describe('a review', () => {
  it.each(['APPROVE', 'REQUEST_CHANGES'])('cannot be %s by the author of the pull request', async (event) => {
    const { json } = await ask(stage.forge, REVIEW, { id: stage.pull.id, event })
    expect(json.errors[0].type).toBe('UNPROCESSABLE')
  })

  it('that is pending is seen by its author only, with its threads', async () => {
    const threads = [{ path: 'src/price.js', line: 1, body: 'Hm.' }]
    await data(stage.forge, REVIEW, { id: stage.pull.id, threads }, 'maintainer')
    const selection = 'reviews(first: 9) { totalCount } reviewThreads(first: 9) { totalCount }'
    const own = await onPull(selection, 'maintainer')
    const others = await onPull(selection)
    expect([
      own.reviews.totalCount - others.reviews.totalCount,
      own.reviewThreads.totalCount - others.reviewThreads.totalCount,
    ]).toEqual([1, 1])
  })

  it('is seen by all once it is submitted', async () => {
    const submit = `mutation ($id: ID!) { submitPullRequestReview(input: { pullRequestId: $id, event: REQUEST_CHANGES }) {
      pullRequestReview { state submittedAt } } }`
    const before = await onPull('reviewThreads(first: 9) { totalCount }')
    const done = await data(stage.forge, submit, { id: stage.pull.id }, 'maintainer')
    expect(done.submitPullRequestReview.pullRequestReview.state).toBe('CHANGES_REQUESTED')
    const after = await onPull('reviewThreads(first: 9) { totalCount }')
    expect(after.reviewThreads.totalCount).toBe(before.reviewThreads.totalCount + 1)
  })

  it('on a line that is not in the file is refused and leaves nothing behind', async () => {
    const threads = [{ path: 'src/price.js', line: 999, body: 'Here?' }]
    const before = await onPull('reviews(first: 9) { totalCount }', 'judge')
    const { json } = await ask(stage.forge, REVIEW, { id: stage.pull.id, event: 'COMMENT', threads }, 'judge')
    expect(json.errors[0].message).toBe('Line could not be resolved')
    expect(await onPull('reviews(first: 9) { totalCount }', 'judge')).toEqual(before)
  })
})

describe('a thread', () => {
  async function firstThread(): Promise<Loose> {
    const found = await onPull(
      'reviewThreads(first: 1) { nodes { id isResolved isOutdated comments(first: 9) { totalCount } } }',
    )
    return found.reviewThreads.nodes[0]
  }

  it('takes a reply, which GitHub wraps in a review of its own', async () => {
    const thread = await firstThread()
    const before = await onPull('reviews(first: 20) { totalCount }')
    const reply = `mutation ($id: ID!) { addPullRequestReviewThreadReply(input: { pullRequestReviewThreadId: $id, body: "Done." }) {
      comment { author { login } pullRequestReview { state } } } }`
    const { comment } = (await data(stage.forge, reply, { id: thread.id })).addPullRequestReviewThreadReply
    expect(comment).toEqual({ author: { login: 'dev-loop' }, pullRequestReview: { state: 'COMMENTED' } })
    const after = await onPull('reviews(first: 20) { totalCount }')
    expect(after.reviews.totalCount).toBe(before.reviews.totalCount + 1)
  })

  it.each([
    ['resolveReviewThread', true],
    ['unresolveReviewThread', false],
  ])('is settled by %s of the author', async (call, isResolved) => {
    const { id } = await firstThread()
    await data(stage.forge, `mutation { ${call}(input: { threadId: "${id}" }) { clientMutationId } }`)
    expect((await firstThread()).isResolved).toBe(isResolved)
  })

  it('cannot be resolved by a stranger', async () => {
    const { id } = await firstThread()
    const { json } = await ask(
      stage.forge,
      `mutation { resolveReviewThread(input: { threadId: "${id}" }) { clientMutationId } }`,
      {},
      'stranger',
    )
    expect(json.errors[0].type).toBe('FORBIDDEN')
  })

  it('is outdated once its line has gone from the file', async () => {
    expect((await firstThread()).isOutdated).toBe(false)
    await stage.clone.commit({ 'src/price.js': '// rewritten\nexport const price = (grams) => grams\n' })
    await stage.clone.git('push', '--quiet', 'origin', 'HEAD')
    expect((await firstThread()).isOutdated).toBe(true)
  })
})
