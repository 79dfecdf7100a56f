import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEffects } from '../../lib/command/services.ts'
import { markReady } from '../../lib/github/effects/mark-ready.ts'
import { changeWork } from '../../lib/sessions/perform.ts'
import type { Work } from '../../lib/sessions/work.ts'
import { until } from '../forge/with-forge.ts'
import { aContext } from '../support/context.ts'
import { make, type OnForge, onForge, REPO } from './on-forge.ts'

const RUN = 'r-1'
let at: OnForge
let stateDir: string
let head: string

// One issue and its pull request go their way through this file; the tests follow its life in order.
beforeAll(async () => {
  at = await onForge()
  stateDir = await mkdtemp(join(tmpdir(), 'commands-test-'))
  head = await at.push('export const price = () => 499\n')
})

afterAll(async () => {
  await at.end()
  await rm(stateDir, { recursive: true, force: true })
})

interface Said {
  readonly exit: number
  readonly answer: Record<string, unknown>
}

async function run(
  line: string,
  { stdin = '', env = {} }: { stdin?: string; env?: Record<string, string> } = {},
): Promise<Said> {
  const known = { HOME: stateDir, XDG_CONFIG_HOME: stateDir, PATH: process.env.PATH, DEV_LOOPS_STATE_DIR: stateDir }
  const context = aContext({ cwd: at.clone.dir, env: { ...known, ...at.forge.environment, ...env }, stdin })
  const { exit, answer } = await context.execute(line.split(' '))
  return { exit, answer: { ...answer } }
}

async function writes(): Promise<number> {
  return (await at.forge.effects()).filter(({ kind }) => !kind.startsWith('git push')).length
}

describe('without the right to act', () => {
  it.each([
    ['pr create --repo acme/parcel-price --issue 1', 2, 'run_id_required'],
    [`pr create --repo acme/parcel-price --issue 1 --run-id ${RUN}`, 3, 'ownership_missing'],
    [`pr ready --repo acme/parcel-price --pr 2 --run-id ${RUN}`, 3, 'ownership_missing'],
    [`pr merge --repo acme/parcel-price --pr 2 --head ${'a'.repeat(40)} --run-id ${RUN}`, 3, 'ownership_missing'],
    [`review request --repo acme/parcel-price --pr 2 --run-id ${RUN}`, 3, 'ownership_missing'],
    [`threads resolve --repo acme/parcel-price --pr 2 --answered --run-id ${RUN}`, 3, 'ownership_missing'],
    [`threads reply --repo acme/parcel-price --pr 2 --thread PRRT_1 --run-id ${RUN}`, 3, 'ownership_missing'],
  ])('%s changes nothing', async (line, exit, error) => {
    expect(await run(line, { stdin: 'Fixed.' })).toMatchObject({ exit, answer: { ok: false, error } })
    expect(await writes()).toBe(0)
  })
})

describe('words that cannot be meant', () => {
  it.each([
    'pr create --repo acme/parcel-price --issue 1x --run-id r-1',
    'pr create --repo ../x/y --issue 1 --run-id r-1',
    'pr merge --repo acme/parcel-price --pr 2 --head abc1234 --run-id r-1',
    'threads resolve --repo acme/parcel-price --pr 2 --thread $(x) --run-id r-1',
    'threads resolve --repo acme/parcel-price --pr 2 --thread PRRT_1 --answered --run-id r-1',
    'threads resolve --repo acme/parcel-price --pr 2 --run-id r-1',
    'threads reply --repo acme/parcel-price --pr 2 --run-id r-1',
  ])('are refused: %s', async (line) => {
    expect((await run(line)).exit).toBe(2)
    expect(await writes()).toBe(0)
  })
})

describe('pr create', () => {
  const create = `pr create --repo ${REPO} --issue 1 --run-id ${RUN}`

  beforeAll(async () => {
    expect((await run(`ownership claim --repo ${REPO} --issue 1 --run-id ${RUN}`)).exit).toBe(0)
  })

  it('says with --dry-run what it would do, and does not', async () => {
    const { answer } = await run(`${create} --dry-run`)
    expect(answer).toMatchObject({ ok: true, action: 'planned', branch: 'dev-loops/issue-1' })
    expect(await writes()).toBe(0)
  })

  it('is refused for an issue that does not exist', async () => {
    await run(`ownership claim --repo ${REPO} --issue 999 --run-id ${RUN}`)
    const said = await run(`pr create --repo ${REPO} --issue 999 --run-id ${RUN}`)
    expect(said).toMatchObject({ exit: 3, answer: { error: 'target_not_found' } })
  })

  it("opens a draft under the issue's title that closes it", async () => {
    const bodyFile = join(stateDir, 'body.md')
    await writeFile(bodyFile, 'More words.')
    const { answer } = await run(`${create} --body-file ${bodyFile}`)
    expect(answer).toMatchObject({ ok: true, action: 'made', number: 2, isDraft: true, head })
    const { answer: seen } = await run(`next --repo ${REPO} --pr 2`)
    expect(seen).toMatchObject({ ok: true, target: { number: 2 } })
  })

  it('finds that draft when it is run again', async () => {
    expect((await run(create)).answer).toMatchObject({ ok: true, action: 'found', number: 2 })
    expect(await at.received('createPullRequest')).toBe(1)
  })

  it('does nothing for a run that was displaced', async () => {
    await run(`ownership takeover --repo ${REPO} --issue 1 --run-id r-2 --reason test --force`)
    expect(await run(create)).toMatchObject({ exit: 3, answer: { error: 'ownership_lost' } })
  })
})

describe('a draft whose gate is not passed', () => {
  beforeAll(async () => {
    expect((await run(`ownership claim --repo ${REPO} --pr 2 --run-id ${RUN}`)).exit).toBe(0)
  })

  it('is not made ready', async () => {
    const said = await run(`pr ready --repo ${REPO} --pr 2 --run-id ${RUN}`)
    expect(said.answer).toMatchObject({ ok: false, error: expect.stringMatching(/gate_not_passed|person_needed/) })
    expect(await at.received('markPullRequestReadyForReview')).toBe(0)
  })

  it('is not merged', async () => {
    const said = await run(`pr merge --repo ${REPO} --pr 2 --head ${head} --run-id ${RUN}`)
    expect(said.answer).toMatchObject({ ok: false, error: expect.stringMatching(/gate_not_passed|person_needed/) })
    expect(await at.received('mergePullRequest')).toBe(0)
  })

  it('is not merged at another head', async () => {
    const said = await run(`pr merge --repo ${REPO} --pr 2 --head ${'e'.repeat(40)} --run-id ${RUN}`)
    expect(said).toMatchObject({ exit: 3, answer: { error: 'head_moved' } })
  })

  it('is not given to a reviewer', async () => {
    const said = await run(`review request --repo ${REPO} --pr 2 --run-id ${RUN}`)
    expect(said).toMatchObject({ exit: 3, answer: { error: 'precondition_failed' } })
  })
})

describe('a pull request under review', () => {
  let threads: { id: string; state: string }[]

  async function list(): Promise<typeof threads> {
    const { answer } = await run(`threads list --repo ${REPO} --pr 2 --unresolved`)
    return answer.threads as typeof threads
  }

  beforeAll(async () => {
    await make(markReady({ repo: REPO, number: 2, head }, at.client))
  })

  it('is given to the reviewer that policy names, once', async () => {
    const request = `review request --repo ${REPO} --pr 2 --run-id ${RUN}`
    expect((await run(request)).answer).toMatchObject({ ok: true, outcome: 'requested', reviewer: 'copilot' })
    expect((await run(request)).answer).toMatchObject({ ok: true, action: 'found' })
    expect(await at.received('POST requested_reviewers')).toBe(1)
  })

  it('notes a reviewer that cannot be asked', async () => {
    const said = await run(`review request --repo ${REPO} --pr 2 --reviewer nobody-at-all --run-id ${RUN}`)
    expect(said).toMatchObject({ exit: 0, answer: { outcome: 'unavailable', reason: 'no_such_account' } })
  })

  it('lists what the reviewer said', async () => {
    threads = await until('threads', async () => {
      const found = await list()
      return found.length > 1 ? found : null
    })
    expect(threads.map(({ state }) => state)).toEqual(threads.map(() => 'unanswered'))
  })

  it('resolves no thread that nobody answered', async () => {
    const { answer } = await run(`threads resolve --repo ${REPO} --pr 2 --answered --run-id ${RUN}`)
    expect(answer).toMatchObject({ ok: true, threads: [], unanswered: threads.map(({ id }) => id) })
    expect(await at.received('resolveReviewThread')).toBe(0)
  })

  it('takes an answer from stdin, once, and refuses an empty one', async () => {
    const reply = `threads reply --repo ${REPO} --pr 2 --thread ${threads[0]?.id} --run-id ${RUN}`
    expect((await run(reply, { stdin: ' \n' })).exit).toBe(2)
    expect((await run(reply, { stdin: 'Fixed; the limit is included now.' })).answer).toMatchObject({ action: 'made' })
    expect((await run(reply, { stdin: 'Fixed; the limit is included now.' })).answer).toMatchObject({ action: 'found' })
    expect((await list())[0]?.state).toBe('answered')
  })

  it('resolves exactly the threads that were answered', async () => {
    const { answer } = await run(`threads resolve --repo ${REPO} --pr 2 --answered --run-id ${RUN}`)
    expect(answer).toMatchObject({ threads: [{ threadId: threads[0]?.id, replied: null, resolved: 'made' }] })
    expect((await list()).map(({ id }) => id)).toEqual(threads.slice(1).map(({ id }) => id))
  })

  it('posts an answer that the run recorded before it resolves the thread, and forgets it then', async () => {
    const threadId = threads[1]?.id ?? ''
    await record({ [threadId]: { body: 'A weight that is no number is refused now.', head } })
    expect((await list())[0]).toMatchObject({ id: threadId, state: 'answered' })
    const { answer } = await run(`threads resolve --repo ${REPO} --pr 2 --answered --run-id ${RUN}`)
    expect(answer).toMatchObject({ threads: [{ threadId, replied: 'made', resolved: 'made' }] })
    expect(await recorded()).toEqual({})
    const { answer: all } = await run(`threads list --repo ${REPO} --pr 2`)
    const settled = (all.threads as { id: string; comments: { body: string }[] }[]).find(({ id }) => id === threadId)
    expect(settled?.comments.at(-1)?.body).toBe('A weight that is no number is refused now.')
  })
})

async function acting() {
  const env = { ...at.forge.environment, DEV_LOOPS_STATE_DIR: stateDir, HOME: stateDir, XDG_CONFIG_HOME: stateDir }
  const context = aContext({ cwd: at.clone.dir, env })
  return openEffects({ repo: REPO, pr: 2, runId: RUN, stateDir }, context)
}

async function record(answers: Work['answers']): Promise<void> {
  const changed = await changeWork(await acting(), (work) => ({
    work: { ...work, answers },
    entry: { type: 'answers' },
    result: null,
  }))
  expect(changed.ok).toBe(true)
}

async function recorded(): Promise<unknown> {
  const read = await changeWork(await acting(), (work) => ({ work, entry: null, result: work.answers }))
  return read.ok ? read.value : read
}
