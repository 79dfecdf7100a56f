/** What a run that holds a target answers when it asks for its next step and is told to stop. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OnForge, onForge, REPO } from '../github/on-forge.ts'
import { aContext } from '../support/context.ts'

const ISSUE = `--repo ${REPO} --issue 1`
let at: OnForge
let state: string

beforeAll(async () => {
  at = await onForge()
  state = await mkdtemp(join(tmpdir(), 'asked-to-stop-'))
  await run(`ownership claim ${ISSUE} --run-id r-1`)
  await run(`ownership signal-exit ${ISSUE} --run-id r-1 --reason lunch`)
})
afterAll(async () => {
  await at.end()
  await rm(state, { recursive: true, force: true })
})

async function run(line: string) {
  const env = { HOME: state, PATH: process.env.PATH, DEV_LOOPS_STATE_DIR: state, ...at.forge.environment }
  return aContext({ cwd: state, env }).execute(line.split(' '))
}

async function stopRequested() {
  const { answer } = await run(`ownership status ${ISSUE}`)
  return (answer as { readonly holder?: { readonly stopRequested?: unknown } }).holder?.stopRequested
}

it('asking as another run leaves the request unanswered', async () => {
  await run(`next ${ISSUE} --run-id r-2`)
  expect(await stopRequested()).toMatchObject({ reason: 'lunch', acknowledgedAt: null })
})

it('asking as the holder answers it, and says stop with exit 11', async () => {
  expect(await run(`next ${ISSUE} --run-id r-1`)).toMatchObject({ exit: 11, answer: { state: 'asked_to_stop' } })
  expect(await stopRequested()).toMatchObject({ acknowledgedAt: expect.any(String), permitsTakeover: false })
})
