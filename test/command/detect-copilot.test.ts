/** The detectors of the review loop as commands, against a running forge. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aStage, type Stage } from '../forge/stage.ts'
import { data } from '../forge/with-forge.ts'
import { aContext } from '../support/context.ts'

const REPO = 'acme/parcel-price'
let stage: Stage
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detect-copilot-'))
  stage = await aStage()
}, 120_000)

afterAll(async () => {
  await stage?.end()
  await rm(folder, { recursive: true, force: true })
})

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers whose shape is the test's subject
async function ask(...words: string[]): Promise<any> {
  const env = {
    ...stage.forge.environment,
    HOME: folder,
    DEV_LOOPS_STATE_DIR: join(folder, 'state'),
    PATH: process.env.PATH,
  }
  const { answer, exit } = await aContext({ cwd: folder, env }).execute(words)
  return { ...answer, exit }
}

const pull = ['--repo', REPO, '--pr', '2']

describe('the detectors of the review loop', { timeout: 120_000 }, () => {
  it('say of a live pull request what next decides about it', async () => {
    const said = await ask('detect-copilot-loop-state', ...pull)
    const { facts, because } = await ask('next', ...pull, '--run-id', 'r-1')
    expect(said).toMatchObject({ ok: true, exit: 0, snapshot: { prExists: true, prNumber: 2, prDraft: false } })
    expect(said.snapshot.ciStatus).toBe(facts.ci)
    expect(said.snapshot.copilotReviewRoundCount).toBe(facts.reviewRounds)
    expect(said.iterations).toMatchObject({ available: true, completedCopilotReviewRounds: facts.reviewRounds })
    expect(because.length).toBeGreaterThan(0)
  })

  it('say of a pull request that is not there that it is not', async () => {
    expect(await ask('detect-copilot-loop-state', '--repo', REPO, '--pr', '77')).toMatchObject({ state: 'no_pr' })
  })

  it('read a snapshot in place of GitHub, and refuse what is none', async () => {
    const file = join(folder, 'snapshot.json')
    await writeFile(file, JSON.stringify({ prExists: true, prNumber: 2, ciStatus: 'pending' }))
    expect(await ask('detect-copilot-loop-state', '--input', file)).toMatchObject({ state: 'waiting_for_ci', exit: 0 })
    await writeFile(file, '[]')
    expect(await ask('detect-copilot-loop-state', '--input', file)).toMatchObject({ error: 'invalid_value', exit: 2 })
    expect(await ask('detect-copilot-loop-state', '--input', file, ...pull)).toMatchObject({ error: 'usage', exit: 2 })
  })

  it('name the pull request that closes an issue, and how far it is', async () => {
    const linked = await ask('detect-linked-issue-pr', '--repo', REPO, '--issue', '1')
    expect(linked).toMatchObject({ ok: true, hasOpenLinkedPr: true, prNumber: 2, openLinkedPrs: [2] })
    expect(linked.prUrl).toMatch(/\/pull\/2$/)
    expect(await ask('detect-initial-copilot-pr-state', '--repo', REPO, '--issue', '1')).toMatchObject({
      state: 'linked_pr_ready_for_followup',
      prNumber: 2,
      commitCount: 1,
      soleCommitHeadline: 'Simplify the price',
      sessionActivity: null,
    })
    const missing = await ask('detect-linked-issue-pr', '--repo', REPO, '--issue', '77')
    expect(missing).toMatchObject({ error: 'target_not_found', exit: 3 })
  })

  it('find no session where there are no runs, and refuse a limit that GitHub does not have', async () => {
    const of = ['detect-copilot-session-activity', '--repo', REPO, '--branch', 'dev-loops/issue-1']
    expect(await ask(...of)).toMatchObject({ ok: true, activity: 'idle', runId: null, branch: 'dev-loops/issue-1' })
    expect(await ask(...of, '--limit', '101')).toMatchObject({ error: 'invalid_value', exit: 2 })
  })

  it('loop-state 16.14: a call of the coding agent stops at a person until it is acknowledged', async () => {
    await ask('ownership', 'claim', ...pull, '--run-id', 'r-1')
    const words =
      'mutation ($id: ID!) { addComment(input: { subjectId: $id, body: "@copilot fix it" }) { clientMutationId } }'
    await data(stage.forge, words, { id: stage.pull.id }, 'maintainer')
    const first = await ask('pr', 'acknowledge', ...pull, '--dry-run')
    expect(first).toMatchObject({ status: 'acknowledged', remarks: [{ author: 'mara' }] })
    expect(await ask('pr', 'acknowledge', ...pull, '--run-id', 'r-2')).toMatchObject({ error: 'ownership_lost' })
    const heard = await ask('pr', 'acknowledge', ...pull, '--run-id', 'r-1')
    expect(heard).toMatchObject({ status: 'acknowledged', remarks: [{ author: 'mara' }], exit: 0 })
    expect(await ask('pr', 'acknowledge', ...pull, '--run-id', 'r-1')).toMatchObject({ status: 'nothing_to_hear' })
  })
})
