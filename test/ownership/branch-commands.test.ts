import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Loose } from '../forge/with-forge.ts'
import { aContext } from '../support/context.ts'

let cwd: string
let server: Server
let asked: number
let answer: { status: number; body: unknown }

const HEAD = {
  id: 'R_1',
  nameWithOwner: 'acme/api',
  pullRequest: {
    state: 'OPEN',
    headRefName: 'dev-loops/issue-12',
    headRefOid: 'a'.repeat(40),
    isCrossRepository: false,
    headRepository: { nameWithOwner: 'acme/api' },
  },
}

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'dev-loops-branch-'))
  asked = 0
  answer = { status: 200, body: { data: { repository: HEAD } } }
  server = createServer((request, response) => {
    asked += 1
    request.resume()
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(cwd, { recursive: true, force: true })
})

async function run(line: string) {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : null
  const env = {
    DEV_LOOPS_STATE_DIR: join(cwd, 'state'),
    HOME: cwd,
    PATH: '',
    GH_TOKEN: 'not-a-real-token',
    GITHUB_API_URL: `http://127.0.0.1:${port}`,
  }
  return aContext({ cwd, env }).execute(line.split(' '))
}

const PR = '--repo acme/api --pr 14'
const BRANCH = '--repo acme/api --branch dev-loops/issue-12'

describe('claiming a pull request', () => {
  it('tells a second runner who holds the head branch, and takes nothing', async () => {
    await run(`ownership claim ${BRANCH} --run-id first`)
    expect(await run(`ownership claim ${PR} --run-id second`)).toMatchObject({
      exit: 3,
      answer: { error: 'active_run_exists', holder: { runId: 'first' }, target: 'acme/api@dev-loops/issue-12', pr: 14 },
    })
    expect(await run(`ownership status ${PR}`)).toMatchObject({ answer: { status: 'no_owner_record' } })
  })

  it('takes both, and asks nobody anything to claim again', async () => {
    expect(await run(`ownership claim ${PR} --run-id a`)).toMatchObject({ answer: { status: 'claimed_new' } })
    expect(await run(`ownership status ${BRANCH}`)).toMatchObject({ answer: { holder: { runId: 'a' } } })
    const before = asked
    expect(await run(`ownership claim ${PR} --run-id a`)).toMatchObject({ answer: { status: 'refreshed' } })
    expect(asked).toBe(before)
    await run(`ownership release ${PR} --run-id a`)
    expect(await run(`ownership status ${BRANCH}`)).toMatchObject({ answer: { status: 'free', holder: null } })
  })

  it.each([
    ['is no pull request', 200, { data: { repository: { ...HEAD, pullRequest: null } } }, 'target_not_found'],
    ['cannot be asked about with this token', 401, { message: 'Bad credentials' }, 'token_rejected'],
  ])('takes nothing when the number %s', async (_, status, body, error) => {
    answer = { status, body }
    expect(await run(`ownership claim ${PR} --run-id a`)).toMatchObject({ answer: { ok: false, error } })
    expect(await run('ownership list')).toMatchObject({ answer: { total: 0 } })
  })
})

describe('an issue and the branch that is named after it', () => {
  const ISSUE = '--repo acme/api --issue 12'
  const stopOn = async (target: string) => {
    const { holder }: Loose = (await run(`ownership status ${target}`)).answer
    return holder?.stopRequested
  }

  it.each([
    ['the issue first', [ISSUE, BRANCH]],
    ['the branch first', [BRANCH, ISSUE]],
  ])('claimed by one run, %s, are asked to stop, answer and are given back as one', async (_order, targets) => {
    for (const target of targets) await run(`ownership claim ${target} --run-id a`)

    await run(`ownership signal-exit ${ISSUE} --run-id a --reason enough`)
    expect(await stopOn(BRANCH)).toMatchObject({ reason: 'enough', acknowledgedAt: null })
    await run(`ownership acknowledge ${ISSUE} --run-id a`)
    expect(await stopOn(BRANCH)).toMatchObject({ acknowledgedAt: expect.any(String) })

    await run(`ownership release ${ISSUE} --run-id a`)
    expect(await run('ownership list')).toMatchObject({ answer: { total: 0 } })
  })

  it.each([
    ['another run', BRANCH, 'b'],
    ['a branch of another name', '--repo acme/api --branch dev-loops/issue-120', 'a'],
  ])('do not belong together through %s', async (_what, branch, runId) => {
    await run(`ownership claim ${ISSUE} --run-id a`)
    expect(await run(`ownership claim ${branch} --run-id ${runId}`)).toMatchObject({
      answer: { status: 'claimed_new' },
    })
    await run(`ownership signal-exit ${ISSUE} --run-id a`)
    expect(await stopOn(branch)).toBeNull()
    await run(`ownership release ${ISSUE} --run-id a`)
    expect(await run('ownership list')).toMatchObject({ answer: { total: 1 } })
  })
})
