/**
 * The mark of the owner on the head of a pull request: when it is posted, what it says, and what it is not.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headToMark } from '../../lib/dispatch/owner-mark.ts'
import { describeOwner } from '../../lib/github/effects/owner-status.ts'
import { observePullRequest } from '../../lib/github/observe-pull-request.ts'
import { anIntent, aPullRequest, aStatus, aWork, listed, pullRequestFacts } from '../loop/build.ts'
import { aContext } from '../support/context.ts'
import { type OnForge, onForge, REPO } from './on-forge.ts'

const NOBODY_HERE = { machineId: null, bootId: null, pidNamespace: null }

describe('what the mark says', () => {
  it('fits the 140 characters that GitHub keeps, however long the name of the run is', () => {
    const host = { ...NOBODY_HERE, machineId: 'm'.repeat(32) }
    expect(describeOwner({ runId: 'r'.repeat(100), token: 2 ** 31, host }).length).toBeLessThanOrEqual(140)
  })

  it('names the host by a digest, never by its id', () => {
    const one = describeOwner({ runId: 'r-1', token: 1, host: { ...NOBODY_HERE, machineId: 'secret-machine' } })
    const other = describeOwner({ runId: 'r-1', token: 1, host: { ...NOBODY_HERE, machineId: 'another' } })
    expect(one).not.toContain('secret-machine')
    expect(one).not.toBe(other)
    expect(describeOwner({ runId: 'r-1', token: 1, host: NOBODY_HERE })).toBe('run r-1, token 1, host unknown')
  })
})

describe('a head', () => {
  const SAYS = 'run r-1, token 3, host 12345678'
  const withContexts = (...items: ReturnType<typeof aStatus>[]) => {
    const { checks } = aPullRequest()
    return { facts: pullRequestFacts({ checks: { ...checks, contexts: listed(items) } }), work: aWork() }
  }
  const { head } = aPullRequest()

  it.each([
    ['without a mark', withContexts()],
    ['with the mark of another owner', withContexts(aStatus('dev-loops/owner', 'SUCCESS', { description: 'run r-0' }))],
    ['with those words under another name', withContexts(aStatus('build', 'SUCCESS', { description: SAYS }))],
  ])('%s is to be marked', (_name, input) => {
    expect(headToMark(input, SAYS)).toBe(head.sha)
  })

  const { checks } = aPullRequest()
  it.each([
    ['that has the mark', withContexts(aStatus('dev-loops/owner', 'SUCCESS', { description: SAYS }))],
    ['of a pull request that is over', { facts: pullRequestFacts({ state: 'MERGED' }), work: aWork() }],
    [
      'whose statuses are not known whole',
      {
        facts: pullRequestFacts({ checks: { ...checks, contexts: listed([], false) } }),
        work: aWork(),
      },
    ],
    ['while an effect may still land', { ...withContexts(), work: aWork({ intents: [anIntent()] }) }],
    ['of a fork', { facts: pullRequestFacts({ isCrossRepository: true }), work: aWork() }],
    ['of no pull request', { facts: { ...pullRequestFacts(), pr: null }, work: aWork() }],
  ] as const)('%s is not', (_name, input) => {
    expect(headToMark(input, SAYS)).toBeNull()
  })
})

describe('claiming a pull request', () => {
  let at: OnForge
  let state: string
  let number: number

  beforeAll(async () => {
    at = await onForge()
    state = await mkdtemp(join(tmpdir(), 'owner-status-'))
    await at.push('export const price = () => 499\n')
    number = (await at.openDraft()).number
  })
  afterAll(async () => {
    await at.end()
    await rm(state, { recursive: true, force: true })
  })

  async function run(line: string, over: Record<string, string> = {}) {
    const env = { HOME: state, PATH: process.env.PATH, DEV_LOOPS_STATE_DIR: state, ...at.forge.environment, ...over }
    return aContext({ cwd: state, env }).execute(line.split(' '))
  }

  async function marks() {
    const target = { host: at.forge.host, repo: REPO, number }
    const { pr } = await observePullRequest(at.client, target, { now: () => new Date() })
    const contexts = pr?.checks.contexts.items ?? []
    return contexts.filter((one) => one.type === 'status' && one.context === 'dev-loops/owner')
  }

  it('marks its head, once, always as a success, and leaves no intent behind', async () => {
    await run(`ownership claim --repo ${REPO} --pr ${number} --run-id r-1`)
    expect(await marks()).toMatchObject([
      { state: 'SUCCESS', description: expect.stringMatching(/^run r-1, token 1, /) },
    ])
    await run(`ownership claim --repo ${REPO} --pr ${number} --run-id r-1`)
    await run(`ownership renew --repo ${REPO} --pr ${number} --run-id r-1`)
    const { answer } = await run(`next --repo ${REPO} --pr ${number} --run-id r-1`)
    expect(answer).not.toMatchObject({ state: 'effects_unsettled' })
    expect(await at.received('POST statuses')).toBe(1)
  })

  it('marks it anew for another owner', async () => {
    await run(`ownership release --repo ${REPO} --pr ${number} --run-id r-1`)
    expect(await at.received('POST statuses')).toBe(1)
    await run(`ownership claim --repo ${REPO} --pr ${number} --run-id r-2`)
    expect(await marks()).toMatchObject([{ description: expect.stringMatching(/^run r-2, token 2, /) }])
  })

  it('takes it all the same with a token that may not write statuses, and says so', async () => {
    await run(`ownership release --repo ${REPO} --pr ${number} --run-id r-2`)
    const said = await run(`ownership claim --repo ${REPO} --pr ${number} --run-id r-3`, {
      GH_TOKEN: at.forge.tokens.stranger,
    })
    expect(said).toMatchObject({ exit: 0, answer: { status: 'claimed_new', warnings: ['status_not_permitted'] } })
    expect(await marks()).toMatchObject([{ description: expect.stringMatching(/^run r-2/) }])
  })

  it('takes it all the same while statuses cannot be posted, and says so', async () => {
    await run(`ownership release --repo ${REPO} --pr ${number} --run-id r-3`)
    await at.forge.misbehave({ do: 'bad_gateway', access: 'write', kind: 'POST statuses' })
    const said = await run(`ownership claim --repo ${REPO} --pr ${number} --run-id r-4`)
    expect(said).toMatchObject({ exit: 0, answer: { status: 'claimed_new' } })
    expect(said.answer).toMatchObject({ warnings: [expect.stringMatching(/^owner_not_shown: /)] })
  })
})
