import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePolicy } from '../../lib/config/policy.ts'
import { SEEDS } from '../../lib/forge/forge.ts'
import { openPull } from './stage.ts'
import { aClone, aForge, type Clone, data, type Loose, type Started, until } from './with-forge.ts'

interface Story {
  readonly started: Started
  readonly clone: Clone
  readonly owner: string
  readonly name: string
}

async function begin(seed: 'demo' | 'two'): Promise<Story> {
  const started = await aForge({ seed })
  const [owner = '', name = ''] = SEEDS[seed].repo.split('/')
  const clone = await aClone(started.forge, SEEDS[seed].repo)
  await clone.git('switch', '--quiet', '--create', 'dev-loops/issue-1')
  return { started, clone, owner, name }
}

async function end({ started, clone }: Story): Promise<void> {
  await clone.remove()
  await started.end()
}

/** Commits, pushes and waits for the check of the new head. */
async function attempt(story: Story, files: Record<string, string>): Promise<Loose> {
  const { started, clone } = story
  const head = await clone.commit(files, 'Try')
  await clone.git('push', '--quiet', 'origin', 'HEAD')
  await ensurePull(story)
  const query = `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { pullRequest(number: 2) {
    headRefOid commits(last: 1) { nodes { commit { oid statusCheckRollup { contexts(first: 5) { nodes {
      ... on CheckRun { conclusion text } } } } } } } } } }`
  return until('the check of the attempt', async () => {
    const { pullRequest } = (await data(started.forge, query, story)).repository
    const run = pullRequest.commits.nodes[0].commit.statusCheckRollup?.contexts.nodes[0]
    return pullRequest.headRefOid === head && run?.conclusion ? run : null
  })
}

async function ensurePull({ started, owner, name }: Story): Promise<void> {
  const query = `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id pullRequests(first: 1) { totalCount } } }`
  const { repository } = (await data(started.forge, query, { owner, name })) as Loose
  if (repository.pullRequests.totalCount === 0) await openPull(started, repository.id)
}

describe.each(['demo', 'two'] as const)('the seed %s', (seed) => {
  it('has a policy that dev-loops accepts', () => {
    const policy = parsePolicy(SEEDS[seed].files['.devloops'] ?? '', '.devloops')
    expect(policy).toMatchObject({ ok: true, value: { autonomy: { stopAt: [] } } })
  })
})

describe('the story of the seed demo', () => {
  let story: Story
  beforeAll(async () => {
    story = await begin('demo')
  })
  afterAll(() => end(story))

  it('begins with a red test and can be brought to green', async () => {
    const red = await attempt(story, { 'NOTES.md': 'nothing repaired\n' })
    const price = `export function price(weightGrams) {
  if (weightGrams <= 2000) return 499
  if (weightGrams <= 10000) return 949
  return 1849
}
`
    const green = await attempt(story, { 'src/price.js': price })
    expect([red.conclusion, green.conclusion]).toEqual(['FAILURE', 'SUCCESS'])
  })
})

describe('the story of the seed two', () => {
  let story: Story
  beforeAll(async () => {
    story = await begin('two')
  })
  afterAll(() => end(story))

  it('has a check that shows its second failure only when the first is repaired', async () => {
    const body = `return text.normalize('NFD').replace(/[\\u0300-\\u036f]/g, '')`
    const slug = `/** Turns a title into the last part of an address. */
export function slug(title) {
  return plain(title).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
}
`
    const attempts = [
      await attempt(story, { 'lib/slug.mjs': `${slug}\nfunction plain(text) {\n  return text\n}\n` }),
      await attempt(story, { 'lib/slug.mjs': `${slug}\nexport function plain(text) {\n  ${body}\n}\n` }),
      await attempt(story, {
        'lib/slug.mjs': `${slug}\n/** The text without accents. */\nexport function plain(text) {\n  ${body}\n}\n`,
      }),
    ]
    expect(attempts.map((run) => run.conclusion)).toEqual(['FAILURE', 'FAILURE', 'SUCCESS'])
    expect(attempts[0].text).toContain('accents are taken off')
    expect(attempts[1].text).toContain('plain is exported without a comment')
  })

  it('has a base branch that moved once and does not conflict', async () => {
    await story.clone.git('fetch', '--quiet', 'origin')
    const subjects = (await story.clone.git('log', '--format=%s', 'origin/main')).stdout.split('\n')
    expect(subjects).toEqual(['Say what the catalogue is', 'Begin the project'])
    const query = `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { pullRequest(number: 2) { mergeable } } }`
    const answers = [await data(story.started.forge, query, story), await data(story.started.forge, query, story)]
    expect(answers[1].repository.pullRequest.mergeable).toBe('MERGEABLE')
  })
})
