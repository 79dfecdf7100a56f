/**
 * A repository that is renamed while a run works on a pull request of it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noteRename } from '../../lib/dispatch/renamed.ts'
import { aliasKey } from '../../lib/ownership/alias.ts'
import { openFileStore } from '../../lib/store/files/open-file-store.ts'
import { type OnForge, onForge, REPO } from '../github/on-forge.ts'
import { aContext } from '../support/context.ts'

const NEW = 'acme/parcel-rates'
let at: OnForge
let state: string
let number: number

beforeAll(async () => {
  at = await onForge()
  state = await mkdtemp(join(tmpdir(), 'renamed-'))
  await at.push('export const price = () => 499\n')
  number = (await at.openDraft()).number
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

describe('an effect under the old name', () => {
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
