/**
 * Two processes want the same change of GitHub at the same time, or one dies right after it was made: the forge's
 * own log tells how often it was.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { USUAL_ACCOUNTS } from '../../lib/forge/seeds/seed.ts'
import { data } from '../forge/with-forge.ts'
import { holdAnswer } from '../support/held-answer.ts'
import { aPullRequest, openStage, own, POLICY, REPO, type Said, type Seat, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  // The reviewer takes every request and never comes to reviewing.
  const reviewer = { login: USUAL_ACCOUNTS.reviewer.login, delayMs: 3_600_000, rounds: [] }
  stage = await openStage({ issues: 9, policy: { ...POLICY, review: { reviewer: 'copilot' } }, change: { reviewer } })
})
afterAll(() => stage.end())

interface Prepared {
  readonly target: string
  /** The command without the run that asks. */
  readonly line: string
  /** How often the change was made. */
  made(): Promise<number>
}

interface Change {
  readonly name: string
  prepare(seat: Seat): Promise<Prepared>
  /** The request that makes it. */
  isSent(line: string, body: string): boolean
  /** What is answered to whoever asks again. */
  readonly again: object
}

const CHANGES: readonly Change[] = [
  {
    name: 'review request',
    prepare: askForReview,
    isSent: (line) => line.startsWith('POST ') && line.endsWith('/requested_reviewers'),
    again: { exit: 0, answer: { action: 'found', outcome: 'already_requested' } },
  },
  {
    name: 'pr create',
    prepare: openPullRequest,
    isSent: (_line, body) => body.includes('createPullRequest('),
    again: { exit: 0, answer: { action: 'found' } },
  },
  {
    name: 'gate run',
    prepare: passGate,
    isSent: (line, body) => line.startsWith('POST ') && line.includes('/statuses/') && body.includes('draft_gate'),
    // It is passed, so it is not asked for any more.
    again: { exit: 3, answer: { error: 'precondition_failed', step: 'mark_ready_for_review' } },
  },
]

async function askForReview(seat: Seat): Promise<Prepared> {
  const { number } = await aPullRequest(seat)
  const found = await data(
    seat.forge,
    `{ repository(owner: "acme", name: "ledger") { pullRequest(number: ${number}) { id } } }`,
  )
  const ready = `mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { clientMutationId } }`
  await data(seat.forge, ready, { id: found.repository.pullRequest.id })
  const made = () => countOf(seat, 'POST requested_reviewers', `${REPO}#${number}`)
  return { target: `--pr ${number}`, line: `review request --pr ${number}`, made }
}

async function openPullRequest(seat: Seat): Promise<Prepared> {
  const branch = `dev-loops/issue-${seat.issue}`
  await seat.git('switch', '--quiet', '--create', branch)
  await writeFile(join(seat.cwd, 'app.txt'), 'one\ntwo\nthree\nfour\n')
  await seat.git('-c', 'user.name=Dev', '-c', 'user.email=dev@example.test', 'commit', '--quiet', '-am', 'Add a line')
  await seat.git('push', '--quiet', seat.writableUrl, 'HEAD')
  await seat.git('switch', '--quiet', 'main')
  const list = `{ repository(owner: "acme", name: "ledger") { pullRequests(first: 1, headRefName: "${branch}") { totalCount } } }`
  const made = async () => (await data(seat.forge, list)).repository.pullRequests.totalCount
  return { target: `--issue ${seat.issue}`, line: `pr create --issue ${seat.issue}`, made }
}

async function passGate(seat: Seat): Promise<Prepared> {
  const { number, head } = await aPullRequest(seat)
  await seat.untilChecked(number)
  const made = async () => {
    const query = `{ repository(owner: "acme", name: "ledger") { object(oid: "${head}") { ... on Commit { status {
      contexts { context } } } } } }`
    const { object } = (await data(seat.forge, query)).repository
    expect(object.status.contexts.map(({ context }: { context: string }) => context)).toContain('dev-loops/draft_gate')
    return countOf(seat, 'POST statuses', head, 'dev-loops/draft_gate')
  }
  return { target: `--pr ${number}`, line: `gate run --pr ${number} --gate draft_gate`, made }
}

async function countOf(seat: Seat, kind: string, ...words: string[]): Promise<number> {
  const effects = await seat.forge.effects()
  return effects.filter(
    (effect) => effect.kind === kind && words.every((word) => JSON.stringify(effect).includes(word)),
  ).length
}

/** No two reviewers judge one head: their verdicts would be posted over each other. */
const AT_ONCE = { error: 'precondition_failed' }

function aSeat(): Promise<Seat> {
  return stage.checkout({ reviewer: own('finds-nothing') })
}

describe.each(CHANGES)('$name', ({ name, prepare, isSent, again }) => {
  it('is made once when two runs race for the target, and the other is told whose it is', async () => {
    const seat = await aSeat()
    const { target, line, made } = await prepare(seat)
    const race = async (run: string): Promise<readonly Said[]> => [
      await seat.cli(`ownership claim ${target} --run-id ${run}`),
      await seat.cli(`${line} --run-id ${run}`),
    ]

    const said = await Promise.all([race('r-1'), race('r-2')])

    const [winner, loser] = said.toSorted(([one], [other]) => Number(one?.exit) - Number(other?.exit))
    expect(winner).toMatchObject([{ exit: 0 }, { exit: 0 }])
    expect(loser).toMatchObject([
      { exit: 3, answer: { error: 'active_run_exists' } },
      { exit: 3, answer: { error: 'ownership_lost' } },
    ])
    expect(await made()).toBe(1)
  })

  it('is made once when one run asks for it from two processes', async () => {
    const seat = await aSeat()
    const { target, line, made } = await prepare(seat)
    await seat.cli(`ownership claim ${target} --run-id r-1`)

    const said = await Promise.all([seat.cli(`${line} --run-id r-1`), seat.cli(`${line} --run-id r-1`)])

    const refused = said.filter(({ exit }) => exit !== 0)
    expect(said.length - refused.length).toBeGreaterThan(0)
    for (const one of refused) expect([name, one]).toMatchObject(['gate run', { exit: 3, answer: AT_ONCE }])
    expect(await made()).toBe(1)
  })

  it('is made once when its run is killed before it hears of it, and another takes over', async () => {
    const seat = await aSeat()
    const { target, line, made } = await prepare(seat)
    await seat.cli(`ownership claim ${target} --run-id r-1`)
    const hold = await holdAnswer(seat.forge.url, isSent)
    try {
      const through = (url: string | undefined) => url?.replace(seat.forge.url, hold.origin)
      const { GITHUB_API_URL, GITHUB_GRAPHQL_URL } = seat.env
      const env = { GITHUB_API_URL: through(GITHUB_API_URL), GITHUB_GRAPHQL_URL: through(GITHUB_GRAPHQL_URL) }
      const killed = seat.start(`${line} --run-id r-1`, { env })
      await Promise.race([hold.held, killed.ended.then(({ stdout }) => Promise.reject(new Error(stdout)))])
      killed.child.kill('SIGKILL')
      expect(await killed.ended).toMatchObject({ signal: 'SIGKILL' })
    } finally {
      await hold.end()
    }
    expect(await made()).toBe(1)

    const taking = `ownership takeover ${target} --run-id r-2 --force --reason`.split(' ')
    expect(await seat.cli([...taking, 'it was killed'])).toMatchObject({ exit: 0 })
    expect(await seat.cli(`${line} --run-id r-1`)).toMatchObject({ exit: 3, answer: { error: 'ownership_lost' } })
    expect(await seat.cli(`recover ${target} --run-id r-2`)).toMatchObject({ exit: 0 })
    expect(await seat.cli(`${line} --run-id r-2`)).toMatchObject(again)

    expect(await made()).toBe(1)
  })
})
