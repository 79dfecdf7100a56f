/**
 * A forge with one pull request that has one of everything: check, status, review, threads, comments,
 * labels, requests. And the variables with which each of our queries can be asked about it.
 */
import type { Seed } from '../../lib/forge/seeds/seed.ts'
import { aClone, aForge, type Clone, data, type Loose, rest, type Started, until } from './with-forge.ts'

const REPO = 'acme/parcel-price'
const BRANCH = 'dev-loops/issue-1'

export interface Stage extends Started {
  readonly clone: Clone
  readonly pull: Loose
  readonly repositoryId: string
  /** The values for the variables of a query; those that are not known here fail the test. */
  variablesFor(name: string, variables: readonly string[]): Record<string, unknown>
}

const BEFORE = `query {
  repository(owner: "acme", name: "parcel-price") {
    id
    issue(number: 1) { id }
    labels(first: 5) { nodes { id } }
  }
}`

const EVERYTHING = `query {
  viewer { login }
  maintainer: user(login: "mara") { id }
  repository(owner: "acme", name: "parcel-price") {
    id
    labels(first: 5) { nodes { id name } }
    issue(number: 1) { id }
    pullRequest(number: 2) {
      id number headRefOid
      comments(first: 5) { nodes { id } edges { cursor } }
      reviews(first: 5) { edges { cursor node { author { login } } } }
      reviewThreads(first: 5) { nodes { id comments(first: 5) { nodes { id } edges { cursor } } } edges { cursor } }
    }
  }
}`

/** @param seed the demo, unless told */
export async function aStage(seed: Seed | 'demo' = 'demo'): Promise<Stage> {
  const started = await aForge({ seed })
  const { forge } = started
  const clone = await aClone(forge, REPO)
  await clone.git('switch', '--quiet', '-c', BRANCH)
  await clone.commit({ 'src/price.js': 'export const price = () => 499\n' }, 'Simplify the price')
  await clone.git('push', '--quiet', 'origin', 'HEAD')

  await clone.git('push', '--quiet', 'origin', 'HEAD:another')

  const before = (await data(forge, BEFORE)).repository
  await openPull(started, before.id)
  const filled = await fill(started, before)
  const everything = await data(forge, EVERYTHING)
  const values = valuesFrom(everything)
  return {
    ...started,
    clone,
    pull: filled,
    repositoryId: before.id,
    variablesFor: (name, variables) => pick(values, name, variables),
    end: async () => {
      await clone.remove()
      await started.end()
    },
  }
}

export async function openPull({ forge }: Started, repositoryId: string, head = BRANCH): Promise<Loose> {
  const query = `mutation ($id: ID!, $head: String!) {
    createPullRequest(input: { repositoryId: $id, baseRefName: "main", headRefName: $head, title: "Simplify", body: "Closes #1" }) {
      pullRequest { id number headRefOid }
    }
  }`
  return (await data(forge, query, { id: repositoryId, head })).createPullRequest.pullRequest
}

async function fill({ forge }: Started, repository: Loose): Promise<Loose> {
  const state = `query { repository(owner: "acme", name: "parcel-price") { pullRequest(number: 2) {
    id headRefOid reviews(first: 9) { totalCount }
    statusCheckRollup { contexts(first: 9) { nodes { ... on CheckRun { status } } } } } } }`
  const pull = (await data(forge, state)).repository.pullRequest
  const sha = pull.headRefOid
  await rest(forge, `POST /repos/${REPO}/statuses/${sha}`, { body: { state: 'success', context: 'dev-loops/owner' } })
  await rest(forge, `POST /repos/${REPO}/pulls/2/requested_reviewers`, {
    body: { reviewers: ['copilot-pull-request-reviewer[bot]'] },
  })
  const words = `mutation ($pull: ID!, $issue: ID!, $label: ID!) {
    one: addComment(input: { subjectId: $pull, body: "Ready when you are." }) { clientMutationId }
    two: addComment(input: { subjectId: $issue, body: "Please." }) { clientMutationId }
    three: addLabelsToLabelable(input: { labelableId: $pull, labelIds: [$label] }) { clientMutationId }
  }`
  const label = repository.labels.nodes[0].id
  await data(forge, words, { pull: pull.id, issue: repository.issue.id, label })
  return until('the check and the review are done', async () => {
    const now = (await data(forge, state)).repository.pullRequest
    const runs = now.statusCheckRollup?.contexts.nodes ?? []
    return now.reviews.totalCount > 0 && runs.some((run: Loose) => run.status === 'COMPLETED') ? now : null
  })
}

function valuesFrom({ viewer, maintainer, repository }: Loose): Record<string, unknown> {
  const pull = repository.pullRequest
  const thread = pull.reviewThreads.nodes[0]
  return {
    key: 'a-key',
    owner: 'acme',
    name: 'parcel-price',
    number: 2,
    branch: BRANCH,
    head: pull.headRefOid,
    base: 'main',
    oid: pull.headRefOid,
    context: 'dev-loops/owner',
    login: viewer.login,
    repositoryId: repository.id,
    id: pull.id,
    pullRequestId: pull.id,
    issueId: repository.issue.id,
    subjectId: pull.id,
    threadId: thread.id,
    userIds: [maintainer.id],
    ids: [pull.id],
    first: 10,
    title: 'A title',
    body: 'Some words.',
    mergeMethod: 'SQUASH',
    cursor: pull.comments.edges[0].cursor,
    labelIds: [repository.labels.nodes[0].id],
    comment: pull.comments.nodes[0].id,
    threadComment: thread.comments.nodes[0].id,
    issue: repository.issue.id,
  }
}

/** The few queries whose `id` or `number` is not that of the pull request. */
const SPECIAL: Record<string, Record<string, string>> = {
  REVIEW_THREAD: { id: 'threadId' },
  THREAD_COMMENTS_PAGE: { id: 'threadId' },
  DELETE_THREAD_COMMENT: { id: 'threadComment' },
  UPDATE_COMMENT: { id: 'comment' },
  DELETE_COMMENT: { id: 'comment' },
  CLOSE_ISSUE: { id: 'issue' },
  CLOSING_PULL_REQUESTS_PAGE: { id: 'issue' },
}

function pick(values: Record<string, unknown>, name: string, variables: readonly string[]): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const variable of variables) {
    const source = SPECIAL[name]?.[variable] ?? variable
    if (!(source in values)) throw new Error(`${name} wants a variable that the stage does not have: ${variable}`)
    given[variable] = values[source]
  }
  if (name === 'ISSUE_FACTS' || name === 'ISSUE_STATE') given.number = 1
  if (name.startsWith('OPEN_PULL_REQUESTS')) given.cursor = null
  if (name === 'CREATE_PULL_REQUEST') given.head = 'another'
  return given
}
