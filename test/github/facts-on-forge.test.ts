/**
 * The local forge in the states that are easily read as nothing: lists longer than a page, accounts and forks
 * that are gone, partial errors, spent quotas.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Forge, startForge } from '../../lib/forge/forge.ts'
import { demo } from '../../lib/forge/seeds/demo.ts'
import { createClient, type GitHubClient } from '../../lib/github/client.ts'
import { observeOpenPullRequests } from '../../lib/github/observe-open-pull-requests.ts'
import { observePullRequest } from '../../lib/github/observe-pull-request.ts'
import { pageSizes } from '../../lib/github/page-sizes.ts'
import { aClone, aForge, data, rest, type Started } from '../forge/with-forge.ts'

const REPO = 'acme/parcel-price'
const FORK = 'passer-by/parcel-price'
const STRANGER = 'passer-by'
const NOW = { now: () => new Date('2026-01-02T10:30:00Z') }
const REPOSITORY = { host: 'forge', repo: REPO }
const MANY = 105

let started: Started
let forge: Forge
let number: number

beforeAll(async () => {
  started = await aForge({ seed: { ...demo, forkedBy: 'stranger' } })
  const pull = await offerFromFork()
  number = pull.number
  await crowd(pull)
  await started.forge.stop()
  await forget()
  forge = await startForge({ folder: started.folder })
}, 120_000)

afterAll(async () => {
  await forge.stop()
  await started.end()
})

async function offerFromFork() {
  const clone = await aClone(started.forge, FORK, 'stranger')
  await clone.git('switch', '--quiet', '--create', 'offer')
  await clone.commit({ 'src/price.js': 'export const price = () => 499\n' })
  await clone.git('push', '--quiet', 'origin', 'HEAD')
  await clone.remove()
  const ids = await data(
    started.forge,
    `query { base: repository(owner: "acme", name: "parcel-price") { id } head: repository(owner: "${STRANGER}", name: "parcel-price") { id } }`,
  )
  const create = `mutation ($base: ID!, $head: ID!) {
    createPullRequest(input: { repositoryId: $base, headRepositoryId: $head, baseRefName: "main", headRefName: "offer", title: "An offer", body: "" }) {
      pullRequest { id number headRefOid }
    }
  }`
  const made = await data(started.forge, create, { base: ids.base.id, head: ids.head.id }, 'stranger')
  return made.createPullRequest.pullRequest
}

/** More comments and statuses than a page holds; the last comment is the stranger's. */
async function crowd({ id, headRefOid }: { id: string; headRefOid: string }) {
  const one = (index: number) =>
    `c${index}: addComment(input: { subjectId: $id, body: "remark ${index}" }) { clientMutationId }`
  const all = Array.from({ length: MANY - 1 }, (_, index) => one(index)).join('\n')
  await data(started.forge, `mutation ($id: ID!) { ${all} }`, { id })
  await data(started.forge, `mutation ($id: ID!) { ${one(MANY)} }`, { id }, 'stranger')
  for (let index = 0; index < MANY; index += 1) {
    const body = { state: 'success', context: `job ${index}` }
    await rest(started.forge, `POST /repos/${REPO}/statuses/${headRefOid}`, { body })
  }
}

/** The stranger's account and fork are deleted. */
async function forget() {
  const file = join(started.folder, 'state.json')
  const state = JSON.parse(await readFile(file, 'utf8'))
  state.accounts = state.accounts.filter(({ login }: { login: string }) => login !== STRANGER)
  state.repositories = state.repositories.filter(({ owner }: { owner: string }) => owner !== STRANGER)
  await writeFile(file, JSON.stringify(state))
}

function client(): GitHubClient {
  const pace = { now: () => 0, random: () => 0, sleep: async () => {} }
  const { graphqlUrl, restUrl, tokens } = forge
  return createClient({ token: tokens.developer, graphqlUrl, restUrl, timeoutMs: 60_000, pace })
}

const observe = () => observePullRequest(client(), { ...REPOSITORY, number }, NOW)
const sweep = () => observeOpenPullRequests(client(), REPOSITORY, { ...NOW, sizes: pageSizes() })

describe.each([
  ['alone', async () => (await observe()).pr],
  ['among all', async () => (await sweep()).facts.find(({ pr }) => pr?.number === number)?.pr],
])('a pull request on the forge, looked at %s', (_how, look) => {
  it('has its comments and checks to the last, though they are longer than a page', async () => {
    const pr = await look()
    expect(pr?.comments).toMatchObject({ complete: true, total: MANY })
    expect(pr?.comments.items.map(({ body }) => body)).toContain('remark 0')
    expect(pr?.checks.contexts.complete).toBe(true)
    expect(pr?.checks.contexts.items.filter(({ type }) => type === 'status')).toHaveLength(MANY)
  })

  it('has an author who is not known once the account is gone', async () => {
    const pr = await look()
    expect(pr?.author).toBeNull()
    expect(pr?.comments.items.at(-1)?.author).toBeNull()
    expect(pr?.comments.items[0]?.author).toEqual({ login: forge.logins.developer, isBot: false })
  })

  it('still comes from elsewhere once the fork is deleted', async () => {
    expect(await look()).toMatchObject({ head: { repo: null, branch: 'offer' }, isCrossRepository: true })
  })
})

describe('a forge that answers badly', () => {
  it.each(['reviews', 'reviewThreads', 'comments', 'commits', 'files', 'baseRef'])(
    'with an error in the place of %s is no answer',
    async (field) => {
      await forge.misbehave({ do: 'partial_error', path: `repository.pullRequest.${field}`, times: 9 })
      await expect(observe()).rejects.toMatchObject({ code: expect.stringMatching(/^github_/) })
      forge.behave()
    },
  )

  it('with a 502 for each page gives no pull requests, rather than none', async () => {
    await forge.misbehave({ do: 'bad_gateway', times: 99 })
    await expect(sweep()).rejects.toMatchObject({ code: 'github_failed' })
    forge.behave()
  })

  it('whose quota is spent gives no answer, rather than an empty one', async () => {
    forge.leaveQuota(forge.logins.developer, { remaining: 0 })
    await expect(observe()).rejects.toMatchObject({ code: 'rate_limited' })
    await expect(sweep()).rejects.toMatchObject({ code: 'rate_limited' })
    forge.leaveQuota(forge.logins.developer, { remaining: 5_000 })
    expect((await observe()).pr?.number).toBe(number)
  })
})
