import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Forge, startForge } from '../../lib/forge/forge.ts'
import { aStage, type Stage } from './stage.ts'
import { data, type Loose } from './with-forge.ts'

const EVERYTHING = `query {
  repository(owner: "acme", name: "parcel-price") {
    id
    issue(number: 1) { id title state comments(first: 5) { nodes { id body createdAt } } }
    pullRequest(number: 2) {
      id headRefOid state labels(first: 5) { nodes { id name } }
      reviews(first: 5) { edges { cursor node { id state } } }
      reviewThreads(first: 5) { nodes { id isResolved comments(first: 5) { nodes { id databaseId body } } } }
      timelineItems(first: 20) { edges { cursor } }
      commits(last: 1) { nodes { commit { id statusCheckRollup { id contexts(first: 9) { nodes {
        ... on CheckRun { id conclusion } ... on StatusContext { id context creator { login } } } } } } } }
    }
  }
}`

let stage: Stage
let before: Loose
let again: Forge

beforeAll(async () => {
  stage = await aStage()
  before = await data(stage.forge, EVERYTHING)
  await stage.forge.stop()
  again = await startForge({ folder: stage.folder })
})

afterAll(async () => {
  await again.stop()
  await stage.end()
})

describe('a forge that is started again on its folder', () => {
  it('answers everything with the same ids and cursors', async () => {
    expect(await data(again, EVERYTHING)).toEqual(before)
  })

  it('keeps host, address and tokens', () => {
    const { host, url, tokens } = stage.forge
    expect({ host: again.host, url: again.url, tokens: again.tokens }).toEqual({ host, url, tokens })
  })

  it('finds each thing by its node id', async () => {
    const { pullRequest, issue } = before.repository
    const ids = [pullRequest.id, issue.id, pullRequest.reviewThreads.nodes[0].id, pullRequest.labels.nodes[0].id]
    const found = await data(again, 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids })
    expect(found.nodes.map((node: Loose) => [node.__typename, node.id])).toEqual([
      ['PullRequest', ids[0]],
      ['Issue', ids[1]],
      ['PullRequestReviewThread', ids[2]],
      ['Label', ids[3]],
    ])
  })

  it('does not plant a seed that is there already', async () => {
    await again.stop()
    again = await startForge({ folder: stage.folder, seed: 'demo' })
    expect(await data(again, EVERYTHING)).toEqual(before)
  })

  it('refuses a second start while it runs', async () => {
    await expect(startForge({ folder: stage.folder })).rejects.toMatchObject({ code: 'usage' })
  })

  it('keeps its tokens from other users of the machine', async () => {
    const { mode } = await stat(join(stage.folder, 'state.json'))
    expect(mode & 0o077).toBe(0)
  })

  it('has in its folder no half-written state', async () => {
    const text = await readFile(join(stage.folder, 'state.json'), 'utf8')
    expect(JSON.parse(text).host).toBe(again.host)
  })
})
