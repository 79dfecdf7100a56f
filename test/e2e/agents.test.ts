/**
 * What an agent says moves nothing on: however it fails, the loop ends at a person within its budget, with
 * the evidence named, nothing merged and nothing left running.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture, leftRunning, openStage, own, POLICY, pidsIn, type Seat, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ issues: 10, policy: { ...POLICY, budgets: { implement: 1 } } })
})
afterAll(() => stage.end())

async function run(seat: Seat) {
  const said = await seat.cli(`run --issue ${seat.issue} --run-id r-1`)
  return { ...said, running: leftRunning(await pidsIn(seat)) }
}

describe('a developer that', () => {
  it.concurrent.for([
    ['does nothing', fixture('does-nothing'), ['no_commit']],
    ['claims success without a commit', fixture('claims-without-commit'), ['no_commit', 'claimed_without_commit']],
    ['never ends', fixture('never-ends'), ['timed_out', 'no_commit']],
    ['ends with an error', fixture('exits-nonzero'), ['exit_nonzero', 'no_commit']],
    ['prints prose', fixture('prints-prose'), ['no_commit']],
    ['leaves its work uncommitted', fixture('leaves-changes'), ['no_commit', 'uncommitted_work']],
  ] as const)(
    '%s leads to a person once the budget is spent, and has no effect',
    async ([what, developer, evidence]) => {
      const env = { DEV_LOOPS_AGENTS_DEVELOPER_TIME_LIMIT: what === 'never ends' ? '700ms' : '1m' }
      const seat = await stage.checkout({ developer, openRemote: true, env })

      const { exit, answer, running } = await run(seat)

      expect({ exit, answer, running }).toMatchObject({ exit: 10, answer: { error: 'person_needed' }, running: [] })
      expect(answer.evidence).toEqual(['budget_spent: implement 1 of 1', ...evidence])
      for (const code of evidence) expect(answer.message).toContain(code)
      expect(await seat.effects()).toEqual([])
    },
  )

  it.for([
    [
      'pushes to another branch',
      own('works-elsewhere'),
      ['wrong_branch', 'no_commit', 'pushed_elsewhere'],
      'my-own-idea',
    ],
    [
      'does its work and pushes to another branch as well',
      fixture('pushes-elsewhere'),
      ['pushed_elsewhere'],
      'elsewhere',
    ],
  ] as const)('%s leads to a person who is told which', async ([, developer, evidence, branch]) => {
    const seat = await stage.checkout({ developer, openRemote: true })

    const { exit, answer } = await run(seat)

    expect({ exit, answer }).toMatchObject({ exit: 10, answer: { state: 'pushed_elsewhere' } })
    expect(answer.evidence).toEqual([...evidence, `pushed_elsewhere: ${branch}`])
    expect(await seat.effects()).toEqual([])
  })

  it('replaces the history leads to a person, and nothing of it is pushed', async () => {
    const seat = await stage.checkout({ developer: fixture('rewrites-history'), openRemote: true })

    const { exit, answer } = await run(seat)

    expect({ exit, answer }).toMatchObject({ exit: 10, answer: { state: 'history_unrelated' } })
    expect(answer.message).toContain('evidence: history_rewritten, history_unrelated')
    expect(await seat.effects()).toEqual([])
  })

  it('commits and does not push needs nothing more: the loop pushes, has it judged and merges', async () => {
    const seat = await stage.checkout({ developer: fixture('commits-without-push'), reviewer: own('finds-nothing') })

    const { exit, answer, running } = await run(seat)

    expect({ exit, answer, running }).toMatchObject({ exit: 0, answer: { status: 'done' }, running: [] })
    const kinds = (await seat.effects()).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'mergePullRequest')).toHaveLength(1)
  })
})
