import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demo } from '../../lib/forge/seeds/demo.ts'
import type { Seed } from '../../lib/forge/seeds/seed.ts'
import { openPull } from './stage.ts'
import { aClone, aForge, ask, type Clone, data, git, type Loose, rest, type Started } from './with-forge.ts'

const REPO = 'acme/parcel-price'

/** No checks of its own, so that only what a test posts decides. */
const guarded: Seed = {
  ...demo,
  files: { 'README.md': '# guarded\n' },
  mergeabilityLag: 1,
  protections: [{ branch: 'main', requiredChecks: ['build'], strict: true, requiredApprovals: 1, noDirectPush: true }],
}

let started: Started
let clone: Clone
let pull: Loose

beforeAll(async () => {
  started = await aForge({ seed: guarded })
  clone = await aClone(started.forge, REPO)
  await clone.git('switch', '--quiet', '-c', 'work')
  await clone.commit({ 'a.md': 'a\n' })
  await clone.git('push', '--quiet', 'origin', 'HEAD')
  const { repository } = await data(started.forge, 'query { repository(owner: "acme", name: "parcel-price") { id } }')
  pull = await openPull(started, repository.id, 'work')
})

afterAll(async () => {
  await clone.remove()
  await started.end()
})

async function mergeState(): Promise<string> {
  const query = `query { repository(owner: "acme", name: "parcel-price") { pullRequest(number: 2) { mergeStateStatus } } }`
  return (await data(started.forge, query)).repository.pullRequest.mergeStateStatus
}

function report(context: string, state: string) {
  return rest(started.forge, `POST /repos/${REPO}/statuses/${pull.headRefOid}`, { body: { context, state } })
}

async function mergeError(): Promise<string | undefined> {
  const query = `mutation { mergePullRequest(input: { pullRequestId: "${pull.id}" }) { clientMutationId } }`
  return (await ask(started.forge, query)).json.errors?.[0].message
}

// One story, told in order: each step meets one more demand of the branch.
describe.sequential('a protected base branch', () => {
  it('refuses a push of a developer, as a hook on GitHub does', async () => {
    await clone.git('switch', '--quiet', '--detach', 'origin/main')
    await clone.commit({ 'b.md': 'b\n' })
    const pushed = await clone.git('push', 'origin', 'HEAD:refs/heads/main')
    expect([pushed.exitCode, pushed.stderr]).toEqual([1, expect.stringContaining('protected branch hook declined')])
  })

  it('makes the first look after a push UNKNOWN', async () => {
    expect(await mergeState()).toBe('UNKNOWN')
  })

  it('is BLOCKED while a required check was not reported', async () => {
    expect([await mergeState(), await mergeError()]).toEqual(['BLOCKED', 'Required status check "build" is expected.'])
  })

  it('is BLOCKED while a required check is red', async () => {
    await report('build', 'failure')
    expect([await mergeState(), await mergeError()]).toEqual(['BLOCKED', 'Required status check "build" is failing.'])
  })

  it('is BLOCKED while approvals are missing', async () => {
    await report('build', 'success')
    expect(await mergeState()).toBe('BLOCKED')
    expect(await mergeError()).toContain('approving review is required')
  })

  it('is UNSTABLE when only an optional status is pending', async () => {
    await report('lint', 'pending')
    const approve = `mutation { addPullRequestReview(input: { pullRequestId: "${pull.id}", event: APPROVE }) { clientMutationId } }`
    await data(started.forge, approve, {}, 'maintainer')
    expect(await mergeState()).toBe('UNSTABLE')
  })

  it('is CLEAN when all is green', async () => {
    await report('lint', 'success')
    expect(await mergeState()).toBe('CLEAN')
  })

  it('is BEHIND once the base has moved, and refuses the merge', async () => {
    const maintainer = await aClone(started.forge, REPO, 'maintainer')
    await maintainer.commit({ 'c.md': 'c\n' })
    const pushed = await git(maintainer.dir, 'push', '--quiet', 'origin', 'HEAD:main')
    expect(pushed.exitCode).toBe(0)
    await maintainer.remove()
    await mergeState()
    expect([await mergeState(), await mergeError()]).toEqual([
      'BEHIND',
      'Head branch is not up to date with the base branch',
    ])
  })
})
