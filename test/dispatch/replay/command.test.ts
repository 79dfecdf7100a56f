/**
 * `replay` on a real journal: decisions of a run on the local forge, and what becomes of their facts.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkEnded, type OnForge, onForge, REPO } from '../../github/on-forge.ts'
import { aContext } from '../../support/context.ts'

let at: OnForge
let state: string
let number: number

beforeAll(async () => {
  at = await onForge()
  state = await mkdtemp(join(tmpdir(), 'replay-'))
  await at.push('export const price = () => 499\n')
  number = (await at.openDraft()).number
  await checkEnded(at, number)
  await run(`ownership claim --repo ${REPO} --pr ${number} --run-id r-1`)
  await run(`next --repo ${REPO} --pr ${number} --run-id r-1`)
})

afterAll(async () => {
  await at.end()
  await rm(state, { recursive: true, force: true })
})

async function run(line: string, over: Record<string, string | undefined> = {}) {
  const env = { HOME: state, PATH: process.env.PATH, DEV_LOOPS_STATE_DIR: state, ...at.forge.environment, ...over }
  const { exit, answer } = await aContext({ cwd: state, env }).execute(line.split(' '))
  return { exit, answer }
}

/** Without a token and without a way to one. */
const replay = (more = '') => run(`replay --repo ${REPO} --pr ${number}${more}`, { GH_TOKEN: undefined, PATH: '' })
const files = async () => (await readdir(join(state, 'facts'))).map((name) => join(state, 'facts', name))

describe('replay', () => {
  it('decides as then, without asking GitHub', async () => {
    const said = await replay()
    expect(said).toMatchObject({ exit: 0, answer: { ok: true, status: 'same', different: [], notReplayed: [] } })
    expect(said.answer).not.toMatchObject({ decisions: 0 })
  })

  it('keeps nothing of what a stranger or the same question again sees', async () => {
    await run(`next --repo ${REPO} --pr ${number} --run-id r-1`)
    const kept = await files()
    await run(`next --repo ${REPO} --pr ${number} --run-id stranger`)
    await run(`next --repo ${REPO} --pr ${number} --run-id r-1`)
    expect(await files()).toEqual(kept)
  })

  it('looks only as far back as it is told', async () => {
    expect(await replay(' --since 1ms')).toMatchObject({ exit: 0, answer: { decisions: 0 } })
  })

  it('knows nothing of a target that nobody worked on', async () => {
    const said = await run(`replay --repo ${REPO} --pr 999`)
    expect(said).toMatchObject({ exit: 3, answer: { ok: false, error: 'target_not_found' } })
  })

  it('refuses facts that somebody changed, and names the file', async () => {
    const before = new Map<string, string>()
    for (const file of await files()) before.set(file, await readFile(file, 'utf8'))
    for (const [file, text] of before) await writeFile(file, text.replace('"isDraft":true', '"isDraft":false'))
    const said = await replay()
    expect(said).toMatchObject({ exit: 3, answer: { status: 'nothing_replayed', same: 0 } })
    expect(said.answer).toMatchObject({
      notReplayed: [{ reason: 'damaged', file: expect.stringContaining(state) }, {}],
    })
    for (const [file, text] of before) await writeFile(file, text)
    expect(await replay()).toMatchObject({ exit: 0 })
  })

  it('says which decisions have no facts any more', async () => {
    for (const file of await files()) await rm(file)
    expect(await replay()).toMatchObject({
      exit: 3,
      answer: { status: 'nothing_replayed', notReplayed: [{ reason: 'not_kept' }, { reason: 'not_kept' }] },
    })
  })
})
