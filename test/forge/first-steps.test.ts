import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aClone, aForge, ask, type Clone, data, rest, type Started } from './with-forge.ts'

const REPO = 'acme/parcel-price'
let started: Started
let clone: Clone

beforeAll(async () => {
  started = await aForge()
  clone = await aClone(started.forge, REPO)
})

afterAll(async () => {
  await clone.remove()
  await started.end()
})

describe('a forge with the demo seed', () => {
  it('answers a pull request that was pushed with git and opened over GraphQL', async () => {
    const { forge } = started
    await clone.git('switch', '--quiet', '-c', 'dev-loops/issue-1')
    const head = await clone.commit({ 'src/price.js': 'export const price = () => 499\n' }, 'Simplify the price')
    const pushed = await clone.git('push', '--quiet', 'origin', 'HEAD')
    expect(pushed.stderr).toBe('')

    const repository = await data(forge, `query { repository(owner: "acme", name: "parcel-price") { id } }`)
    const created = await data(
      forge,
      `mutation ($id: ID!) {
        createPullRequest(input: {repositoryId: $id, baseRefName: "main", headRefName: "dev-loops/issue-1",
          title: "Simplify", body: "Closes #1", draft: true, clientMutationId: "abc"}) {
          clientMutationId
          pullRequest { number isDraft headRefOid state closingIssuesReferences(first: 5) { nodes { number } } }
        }
      }`,
      { id: repository.repository.id },
    )
    expect(created.createPullRequest).toEqual({
      clientMutationId: 'abc',
      pullRequest: {
        number: 2,
        isDraft: true,
        headRefOid: head,
        state: 'OPEN',
        closingIssuesReferences: { nodes: [{ number: 1 }] },
      },
    })
  })

  it('keeps a commit status with its creator', async () => {
    const { forge } = started
    const head = (await clone.git('rev-parse', 'HEAD')).stdout
    const posted = await rest(forge, `POST /repos/${REPO}/statuses/${head}`, {
      body: { state: 'success', context: 'dev-loops/owner', description: 'run r-1' },
    })
    expect(posted.status).toBe(201)
    const found = await data(
      forge,
      `query ($oid: GitObjectID!) { repository(owner: "acme", name: "parcel-price") { object(oid: $oid) {
        ... on Commit { status { context(name: "dev-loops/owner") { state description creator { login } } } } } } }`,
      { oid: head },
    )
    expect(found.repository.object.status.context).toEqual({
      state: 'SUCCESS',
      description: 'run r-1',
      creator: { login: 'dev-loop' },
    })
  })

  it('names the field that it does not implement instead of answering null', async () => {
    const { json } = await ask(started.forge, `query { viewer { login bio } }`)
    expect(json.errors).toEqual([
      expect.objectContaining({
        type: 'UNIMPLEMENTED',
        path: ['viewer', 'bio'],
        message: 'unimplemented field User.bio',
      }),
    ])
  })

  it('refuses a request without a token', async () => {
    const response = await fetch(started.forge.graphqlUrl, { method: 'POST', body: '{"query":"{viewer{login}}"}' })
    expect(response.status).toBe(401)
  })
})
