import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demo } from '../../lib/forge/seeds/demo.ts'
import { aClone, aForge, ask, type Clone, data, type Loose, type Started, until } from './with-forge.ts'

const CREATE = `mutation ($base: ID!, $head: ID!) {
  createPullRequest(input: { repositoryId: $base, headRepositoryId: $head, baseRefName: "main", headRefName: "offer",
    title: "An offer", body: "Closes #1", maintainerCanModify: false }) {
    pullRequest { id number isCrossRepository maintainerCanModify headRefOid headRepository { nameWithOwner isFork } viewerCanUpdate }
  }
}`

let started: Started
let clone: Clone
let ids: { base: string; head: string }

beforeAll(async () => {
  started = await aForge({ seed: { ...demo, forkedBy: 'stranger' } })
  clone = await aClone(started.forge, 'passer-by/parcel-price', 'stranger')
  await clone.git('switch', '--quiet', '--create', 'offer')
  await clone.commit({ 'src/price.js': 'export const price = () => 499\n' })
  await clone.git('push', '--quiet', 'origin', 'HEAD')
  const found = await data(
    started.forge,
    `query { base: repository(owner: "acme", name: "parcel-price") { id } head: repository(owner: "passer-by", name: "parcel-price") { id } }`,
  )
  ids = { base: found.base.id, head: found.head.id }
})

afterAll(async () => {
  await clone.remove()
  await started.end()
})

async function offer(selection: string): Promise<Loose> {
  const query = `query { repository(owner: "acme", name: "parcel-price") { pullRequest(number: 2) { ${selection} } } }`
  return (await data(started.forge, query)).repository.pullRequest
}

describe('a pull request from a fork', () => {
  it('cannot be opened by somebody who may not write to the fork', async () => {
    const { json } = await ask(started.forge, CREATE, ids, 'developer')
    expect(json.errors[0].type).toBe('FORBIDDEN')
  })

  it('says that it crosses repositories', async () => {
    const { createPullRequest } = await data(started.forge, CREATE, ids, 'stranger')
    expect(createPullRequest.pullRequest).toMatchObject({
      number: 2,
      isCrossRepository: true,
      maintainerCanModify: false,
      headRepository: { nameWithOwner: 'passer-by/parcel-price', isFork: true },
    })
  })

  it('has its commits and files in the base repository', async () => {
    const found = await offer('commits(first: 5) { totalCount } files(first: 5) { nodes { path } } mergeable')
    expect(found).toEqual({
      commits: { totalCount: 1 },
      files: { nodes: [{ path: 'src/price.js' }] },
      mergeable: 'MERGEABLE',
    })
  })

  it('follows pushes to the fork, and is checked', async () => {
    const head = await clone.commit({ 'src/price.js': 'export const price = () => 949\n' })
    await clone.git('push', '--quiet', 'origin', 'HEAD')
    expect((await offer('headRefOid')).headRefOid).toBe(head)
    await until('the head is checked', async () => {
      const { statusCheckRollup } = await offer('statusCheckRollup { state }')
      return statusCheckRollup?.state === 'FAILURE'
    })
  })

  it('cannot be merged by its author', async () => {
    const { id } = await offer('id')
    const merge = `mutation { mergePullRequest(input: { pullRequestId: "${id}" }) { clientMutationId } }`
    expect((await ask(started.forge, merge, {}, 'stranger')).json.errors[0].type).toBe('FORBIDDEN')
  })
})
