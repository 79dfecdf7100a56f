import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openPull } from './stage.ts'
import { aClone, aForge, ask, type Clone, data, git, type Loose, type Started } from './with-forge.ts'

const REPO = 'acme/parcel-price'
let started: Started
let clone: Clone
let repositoryId: string
let branches = 0

beforeAll(async () => {
  started = await aForge()
  clone = await aClone(started.forge, REPO)
  repositoryId = (await data(started.forge, onRepository('id'))).repository.id
})

afterEach(() => started.forge.behave())

afterAll(async () => {
  await clone.remove()
  await started.end()
})

function onRepository(selection: string): string {
  return `query { repository(owner: "acme", name: "parcel-price") { ${selection} } }`
}

async function aBranch(files: Record<string, string> = { [`notes/${branches}.md`]: 'a note\n' }): Promise<string> {
  const name = `work-${++branches}`
  await git(clone.dir, 'fetch', '--quiet', 'origin')
  await git(clone.dir, 'switch', '--quiet', '--create', name, 'origin/main')
  await clone.commit(files, `Work on ${name}`)
  await clone.git('push', '--quiet', 'origin', 'HEAD')
  return name
}

async function aPull(files?: Record<string, string>): Promise<Loose & { branch: string }> {
  const branch = await aBranch(files)
  return { ...(await openPull(started, repositoryId, branch)), branch }
}

function onPull(number: number, selection: string): Promise<Loose> {
  return data(started.forge, onRepository(`pullRequest(number: ${number}) { ${selection} }`)).then(
    (answer) => answer.repository.pullRequest,
  )
}

const MERGE = `mutation ($id: ID!, $head: GitObjectID, $method: PullRequestMergeMethod) {
  mergePullRequest(input: { pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method }) {
    pullRequest { state mergeCommit { oid messageHeadline parents(first: 2) { totalCount } } }
  }
}`

describe('opening a pull request', () => {
  it('is refused for a branch that has one already', async () => {
    const { branch } = await aPull()
    await expect(openPull(started, repositoryId, branch)).rejects.toThrow('A pull request already exists for acme:')
  })

  it('is refused for a branch without a commit of its own', async () => {
    await clone.git('push', '--quiet', 'origin', 'origin/main:refs/heads/empty')
    await expect(openPull(started, repositoryId, 'empty')).rejects.toThrow('No commits between main and empty')
  })

  it('is refused to an account that may not write', async () => {
    const branch = await aBranch()
    const query = `mutation ($id: ID!, $head: String!) { createPullRequest(input: {
      repositoryId: $id, baseRefName: "main", headRefName: $head, title: "Mine" }) { clientMutationId } }`
    const { json } = await ask(started.forge, query, { id: repositoryId, head: branch }, 'stranger')
    expect(json.errors[0].type).toBe('FORBIDDEN')
  })
})

describe('merging', () => {
  it('is refused when the head is not the expected one', async () => {
    const pull = await aPull()
    const { json } = await ask(started.forge, MERGE, { id: pull.id, head: '0'.repeat(40), method: 'MERGE' })
    expect([json.errors[0].type, (await onPull(pull.number, 'state')).state]).toEqual(['UNPROCESSABLE', 'OPEN'])
  })

  it('is refused while it is a draft', async () => {
    const pull = await aPull()
    await data(
      started.forge,
      `mutation { convertPullRequestToDraft(input: {pullRequestId: "${pull.id}"}) { clientMutationId } }`,
    )
    const { json } = await ask(started.forge, MERGE, { id: pull.id, head: pull.headRefOid, method: 'MERGE' })
    expect(json.errors[0].message).toBe('Pull Request is still a draft')
  })

  it('is refused to an account that may only read', async () => {
    const pull = await aPull()
    const { json } = await ask(started.forge, MERGE, { id: pull.id, method: 'MERGE' }, 'stranger')
    expect(json.errors[0].type).toBe('FORBIDDEN')
  })

  it.each([
    ['MERGE', 2],
    ['SQUASH', 1],
    ['REBASE', 1],
  ])('by %s puts a commit with %i parents on the base branch', async (method, parents) => {
    const pull = await aPull()
    const merged = await data(started.forge, MERGE, { id: pull.id, head: pull.headRefOid, method })
    const { state, mergeCommit } = merged.mergePullRequest.pullRequest
    const main = await git(clone.dir, 'ls-remote', 'origin', 'refs/heads/main')
    expect([state, mergeCommit.parents.totalCount, main.stdout.split('\t')[0]]).toEqual([
      'MERGED',
      parents,
      mergeCommit.oid,
    ])
  })

  it('twice is refused the second time', async () => {
    const pull = await aPull()
    await data(started.forge, MERGE, { id: pull.id, method: 'SQUASH' })
    const { json } = await ask(started.forge, MERGE, { id: pull.id, method: 'SQUASH' })
    expect(json.errors[0].message).toBe('Pull request is already merged')
  })

  it('of two at once on one base loses neither', async () => {
    const [one, two] = [await aPull(), await aPull()]
    await Promise.all([one, two].map((pull) => data(started.forge, MERGE, { id: pull.id, method: 'SQUASH' })))
    await git(clone.dir, 'fetch', '--quiet', 'origin')
    const subjects = (await git(clone.dir, 'log', '--format=%s', '-2', 'origin/main')).stdout.split('\n')
    expect(new Set(subjects)).toEqual(new Set([`Simplify (#${one.number})`, `Simplify (#${two.number})`]))
  })

  it('closes the issue that the text says it closes', async () => {
    const { issue } = (await data(started.forge, onRepository('issue(number: 1) { state stateReason }'))).repository
    expect(issue).toEqual({ state: 'CLOSED', stateReason: 'COMPLETED' })
  })
})

describe('mergeability', () => {
  it('is CONFLICTING and DIRTY when both sides changed a line', async () => {
    const pull = await aPull({ 'README.md': 'one\n' })
    const other = await aPull({ 'README.md': 'another\n' })
    await data(started.forge, MERGE, { id: other.id, method: 'SQUASH' })
    const found = await onPull(pull.number, 'mergeable mergeStateStatus')
    expect(found).toEqual({ mergeable: 'CONFLICTING', mergeStateStatus: 'DIRTY' })
    const { json } = await ask(started.forge, MERGE, { id: pull.id, method: 'SQUASH' })
    expect(json.errors[0].message).toBe('Pull Request is not mergeable')
  })
})

describe('the head of a pull request', () => {
  it('follows a push', async () => {
    const pull = await aPull()
    const next = await clone.commit({ 'more.md': 'more\n' })
    await clone.git('push', '--quiet', 'origin', 'HEAD')
    expect(await onPull(pull.number, 'headRefOid')).toEqual({ headRefOid: next })
  })

  it('is compared with the tip of its base and keeps the base commit it was pushed on', async () => {
    const pull = await aPull()
    const before = await onPull(pull.number, 'baseRefOid baseRef { target { oid } }')
    const other = await aPull()
    await data(started.forge, MERGE, { id: other.id, method: 'SQUASH' })
    const after = await onPull(
      pull.number,
      'baseRefOid baseRef { target { oid } } commits(first: 9) { totalCount } files(first: 9) { totalCount }',
    )
    expect(after.baseRefOid).toBe(before.baseRefOid)
    expect(after.baseRef.target.oid).not.toBe(before.baseRef.target.oid)
    expect([after.commits.totalCount, after.files.totalCount]).toEqual([1, 1])
  })

  it('that is deleted closes the pull request and keeps its commits', async () => {
    const pull = await aPull()
    await clone.git('push', '--quiet', 'origin', '--delete', pull.branch)
    const found = await onPull(pull.number, 'state headRefOid headRef { id } commits(first: 5) { totalCount }')
    expect(found).toEqual({ state: 'CLOSED', headRefOid: pull.headRefOid, headRef: null, commits: { totalCount: 1 } })
  })

  it('is brought up to date with its base only from the expected commit', async () => {
    const pull = await aPull()
    const other = await aPull()
    await data(started.forge, MERGE, { id: other.id, method: 'SQUASH' })
    const update = `mutation ($id: ID!, $head: GitObjectID) { updatePullRequestBranch(input: {pullRequestId: $id, expectedHeadOid: $head}) {
      pullRequest { headRefOid commits(last: 1) { nodes { commit { parents(first: 2) { totalCount } } } } } } }`
    const refused = await ask(started.forge, update, { id: pull.id, head: '1'.repeat(40) })
    expect(refused.json.errors[0].type).toBe('UNPROCESSABLE')
    const done = await data(started.forge, update, { id: pull.id, head: pull.headRefOid })
    expect(done.updatePullRequestBranch.pullRequest.commits.nodes[0].commit.parents.totalCount).toBe(2)
  })
})

describe('files of a pull request', () => {
  it('name a rename as one change', async () => {
    const branch = `work-${++branches}`
    await git(clone.dir, 'fetch', '--quiet', 'origin')
    await git(clone.dir, 'switch', '--quiet', '--create', branch, 'origin/main')
    await git(clone.dir, 'mv', 'package.json', 'parcel.json')
    await clone.commit({}, 'Rename')
    await clone.git('push', '--quiet', 'origin', 'HEAD')
    const pull = await openPull(started, repositoryId, branch)
    const found = await onPull(pull.number, 'files(first: 5) { nodes { path changeType } }')
    expect(found.files.nodes).toEqual([{ path: 'parcel.json', changeType: 'RENAMED' }])
  })
})

describe('links between issues and pull requests', () => {
  it('are read from the text, also by the issue', async () => {
    const pull = await aPull()
    const selection = `issue(number: 1) {
      closedByPullRequestsReferences(first: 50, includeClosedPrs: true) { nodes { number } }
      timelineItems(itemTypes: [CROSS_REFERENCED_EVENT], first: 50) { nodes { ... on CrossReferencedEvent {
        willCloseTarget source { ... on PullRequest { number } } } } }
    }`
    const { issue } = (await data(started.forge, onRepository(selection))).repository
    expect(issue.closedByPullRequestsReferences.nodes).toContainEqual({ number: pull.number })
    expect(issue.timelineItems.nodes).toContainEqual({ willCloseTarget: true, source: { number: pull.number } })
  })
})
