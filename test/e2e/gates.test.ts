/**
 * A gate is opened by findings that were read, and by nothing else: not by silence, not by prose, and not by
 * a commit status that somebody else wrote.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../lib/forge/seeds/seed.ts'
import { rest } from '../forge/with-forge.ts'
import {
  aPullRequest,
  fixture,
  leftRunning,
  openStage,
  own,
  POLICY,
  pidsIn,
  REPO,
  type Seat,
  type Stage,
} from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ issues: 3, policy: { ...POLICY, budgets: { fixGate: 9 } } })
})
afterAll(() => stage.end())

const GATE = '--gate draft_gate --run-id r-1'

describe('a gate', () => {
  let seat: Seat
  let pr: number
  beforeAll(async () => {
    seat = await stage.checkout()
    pr = (await aPullRequest(seat)).number
    await seat.cli(`ownership claim --pr ${pr} --run-id r-1`)
    await seat.untilChecked(pr)
  })

  it.for([
    ['prints nothing', fixture('does-nothing'), 'reviewer_silent'],
    ['prints prose', fixture('prints-prose'), 'reviewer_answer_invalid'],
    ['writes half a JSON', fixture('writes-half-json'), 'reviewer_answer_invalid'],
    ['prints half a JSON', own('prints-half-json'), 'reviewer_answer_invalid'],
    ['crashes', fixture('exits-nonzero'), 'reviewer_failed'],
    ['reports no findings and then crashes', own('reports-and-crashes'), 'reviewer_failed'],
    ['never ends', fixture('never-ends'), 'reviewer_timed_out'],
  ] as const)('stays shut when its reviewer %s', async ([what, reviewer, reason]) => {
    const env = {
      DEV_LOOPS_AGENTS_REVIEWER_COMMAND: JSON.stringify(reviewer),
      DEV_LOOPS_AGENTS_REVIEWER_TIME_LIMIT: what === 'never ends' ? '700ms' : '1m',
    }

    const { exit, answer } = await seat.cli(`gate run --pr ${pr} ${GATE}`, { env })

    expect({ exit, answer }).toMatchObject({ exit: 0, answer: { verdict: 'blocked', reason, findings: [] } })
    expect(leftRunning(await pidsIn(seat))).toEqual([])
  })

  it('is still asked for after such a judgement, and the reason is named', async () => {
    const { answer } = await seat.cli(`next --pr ${pr} --run-id r-1`)
    expect(answer).toMatchObject({ state: 'draft_review', step: 'run_draft_gate' })
    expect(answer.evidence).toEqual(['draft_gate: reviewer_timed_out'])
    expect((await seat.cli(`pr ready --pr ${pr} --run-id r-1`)).answer).toMatchObject({ error: 'gate_not_passed' })
  })
})

describe('a commit status that says clean', () => {
  it('opens no gate without a verdict of the run, whoever wrote it', async () => {
    const seat = await stage.checkout()
    const { number, head } = await aPullRequest(seat)
    const description = `clean pr=${number} digest=${'0123456789abcdef'.repeat(2)}`
    const post = (as: Role, context: string) =>
      rest(stage.forge, `POST /repos/${REPO}/statuses/${head}`, {
        body: { state: 'success', context, description },
        as,
      })
    expect((await post('stranger', 'dev-loops/draft_gate')).status).toBe(403)
    expect((await post('maintainer', 'dev-loops/draft_gate')).status).toBe(201)
    expect((await post('developer', 'dev-loops/pre_approval_gate')).status).toBe(201)
    await seat.untilChecked(number)
    await seat.cli(`ownership claim --pr ${number} --run-id r-1`)

    const { answer } = await seat.cli(`gate status --pr ${number}`)
    const ready = await seat.cli(`pr ready --pr ${number} --run-id r-1`)

    expect(answer.gates.map(({ state }: { state: string }) => state)).toEqual(['none', 'none'])
    expect(ready).toMatchObject({ exit: 3, answer: { error: 'gate_not_passed' } })
  })
})
