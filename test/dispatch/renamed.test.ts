/**
 * A repository that is renamed while a run works on a pull request of it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { noteRename } from '../../lib/dispatch/renamed.ts'
import { aliasKey } from '../../lib/ownership/alias.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { checkEnded, type OnForge, onForge, REPO } from '../github/on-forge.ts'
import { aContext } from '../support/context.ts'

const NEW = 'acme/parcel-rates'
const SECOND = 'acme/parcel-second'
let at: OnForge
let state: string
let number: number

beforeAll(async () => {
  at = await onForge()
  state = await mkdtemp(join(tmpdir(), 'renamed-'))
  await at.push('export const price = () => 499\n')
  number = (await at.openDraft()).number
  await checkEnded(at, number)
  await run(`ownership claim --repo ${REPO} --pr ${number} --run-id r-1`)
  await run(`next --repo ${REPO} --pr ${number} --run-id r-1`)
  await at.forge.rename(REPO, NEW)
})

afterAll(async () => {
  await at.end()
  await rm(state, { recursive: true, force: true })
})

async function run(line: string) {
  const env = { HOME: state, PATH: process.env.PATH, DEV_LOOPS_STATE_DIR: state, ...at.forge.environment }
  return aContext({ cwd: state, env }).execute(line.split(' '))
}

const store = () => openFileStore(state, { scope: 'machine' })

describe('a repository with a new name', () => {
  it('leads a stranger to the holder of before, from the first question on', async () => {
    expect(await run(`next --repo ${NEW} --pr ${number} --run-id stranger`)).toMatchObject({
      exit: 3,
      answer: { actor: 'wait', ownership: { holder: 'r-1' } },
    })
    const alias = { host: at.forge.host, repo: NEW }
    expect((await store().read(aliasKey(alias)))?.value).toMatchObject({ aliasOf: REPO })
  })

  it('keeps the right of the run under both names', async () => {
    for (const repo of [REPO, NEW]) {
      const { answer } = await run(`next --repo ${repo} --pr ${number} --run-id r-1`)
      expect(answer, repo).toMatchObject({ ok: true, ownership: { holder: 'r-1', token: 1 } })
      expect(await run(`ownership claim --repo ${repo} --pr ${number} --run-id other`)).toMatchObject({ exit: 3 })
    }
    expect(await run(`replay --repo ${NEW} --pr ${number}`)).toMatchObject({ exit: 0, answer: { status: 'same' } })
  })

  it('sees the issue that its pull request closes under both names', async () => {
    for (const repo of [REPO, NEW]) {
      const { answer } = await run(`next --repo ${repo} --issue 1 --run-id r-1`)
      expect(answer, repo).toMatchObject({ target: { number, kind: 'pull_request' } })
    }
  })
})

describe('a repository with a new name, over REST', () => {
  const spent = async (act: () => Promise<void>) => {
    const { developer } = at.forge.logins
    at.forge.leaveQuota(developer, { remaining: 0 })
    await act().finally(() => at.forge.leaveQuota(developer, { remaining: 5_000 }))
    // What one test learned of the quotas is not to be known in the next.
    await rm(join(state, '.local/state/dev-loops/quota'), { recursive: true, force: true })
  }

  it('is the same pull request of the same holder under both names', () =>
    spent(async () => {
      const facts: unknown[] = []
      for (const repo of [REPO, NEW]) {
        const { answer } = await run(`next --repo ${repo} --pr ${number} --run-id r-1 --save-facts ${state}/seen.json`)
        expect(answer, repo).toMatchObject({ ok: true, source: 'rest', ownership: { holder: 'r-1', token: 1 } })
        const saved = JSON.parse(await readFile(join(state, 'seen.json'), 'utf8'))
        facts.push({ ...saved.facts, observedAt: null, source: { ...saved.facts.source, wholeAt: null } })
      }
      expect(facts[0]).toMatchObject({ repository: { repo: NEW }, pr: { number } })
      expect(facts[0]).toEqual(facts[1])
    }))

  it('leads a stranger to the holder of before', () =>
    spent(async () => {
      const asked = await run(`next --repo ${NEW} --pr ${number} --run-id stranger`)
      expect(asked).toMatchObject({ exit: 3, answer: { source: 'rest', ownership: { holder: 'r-1' } } })
    }))

  it('tells of an issue the same under both names', () =>
    spent(async () => {
      for (const repo of [REPO, NEW]) {
        const { answer } = await run(`explain --repo ${repo} --issue 1`)
        expect(answer, repo).toMatchObject({
          ok: true,
          source: 'rest',
          unproved: expect.arrayContaining(['closing_pull_requests']),
        })
      }
    }))

  it('meets the holder of before in a claim that is the first to use another name', () =>
    spent(async () => {
      await at.forge.rename(NEW, SECOND)
      const said = await run(`ownership claim --repo ${SECOND} --pr ${number} --run-id other`)
      expect(said).toMatchObject({ exit: 3, answer: { error: 'active_run_exists', holder: { runId: 'r-1' } } })
      await at.forge.rename(SECOND, NEW)
    }))

  it('costs one request more under the old name, not twice as many', () =>
    spent(async () => {
      const counts: number[] = []
      await run(`explain --repo ${REPO} --pr ${number}`)
      for (const repo of [REPO, NEW]) {
        const fetched = vi.spyOn(globalThis, 'fetch')
        await run(`explain --repo ${repo} --pr ${number}`)
        counts.push(fetched.mock.calls.filter(([url]) => String(url).includes('/api/v3/')).length)
        vi.restoreAllMocks()
      }
      expect(counts[0]).toBe((counts[1] ?? 0) + 1)
    }))
})

describe('an effect under the old name', () => {
  it('posts a status to the repository that has another name now', async () => {
    const { client, forge } = at
    const { body } = await client.rest('GET', `/repos/${NEW}/pulls/${number}`)
    const { sha } = (body as { head: { sha: string } }).head
    const status = { state: 'success', context: 'test/renamed' }
    expect(await client.rest('POST', `/repos/${REPO}/statuses/${sha}`, status)).toMatchObject({ status: 201 })
    const made = (await forge.effects()).filter(({ note }) => note === 'test/renamed')
    expect(made).toMatchObject([{ ok: true, target: `${NEW}@${sha}` }])
  })

  it('finds the pull request that is there, and makes no second one', async () => {
    await run(`ownership claim --repo ${REPO} --issue 1 --run-id r-1`)
    const { answer } = await run(`pr create --repo ${REPO} --issue 1 --run-id r-1`)
    expect(answer).toMatchObject({ ok: true, action: 'found', number })
  })
})

describe('a claim that is the first to use the new name', () => {
  it('meets the holder of before too', async () => {
    await at.forge.rename(NEW, 'acme/parcel-third')
    const said = await run(`ownership claim --repo acme/parcel-third --pr ${number} --run-id other`)
    expect(said).toMatchObject({ exit: 3, answer: { error: 'active_run_exists', holder: { runId: 'r-1' } } })
  })
})

describe('another repository', () => {
  it('that got a name which is free now has records of its own', async () => {
    const name = { host: at.forge.host, repo: 'acme/unrelated' }
    expect(await noteRename(name, 'R_another', store())).toBe(false)
    expect(await store().read(aliasKey(name))).toBeNull()
  })
})
