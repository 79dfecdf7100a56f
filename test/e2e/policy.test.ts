/** What policy leaves to a person is left to a person, whatever the work looks like. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aClone, type Clone, data } from '../forge/with-forge.ts'
import { aPullRequest, fixture, openStage, own, POLICY, REPO, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ issues: 3, change: { forkedBy: 'stranger' } })
})
afterAll(() => stage.end())

const AGENTS = { developer: fixture('commits-without-push'), reviewer: own('finds-nothing') }

async function kindsOn(of: Stage, number: number): Promise<readonly string[]> {
  const effects = await of.forge.effects()
  return effects.filter(({ target }) => target === `${REPO}#${number}`).map(({ kind }) => kind)
}

describe('a pull request from a fork', () => {
  let clone: Clone
  let number: number
  beforeAll(async () => {
    clone = await aClone(stage.forge, 'passer-by/ledger', 'stranger')
    await clone.git('switch', '--quiet', '--create', 'offer')
    await clone.commit({ 'app.txt': 'one\ntwo\nthree\nfour\n' })
    await clone.git('push', '--quiet', 'origin', 'HEAD')
    const ids = `{ base: repository(owner: "acme", name: "ledger") { id } head: repository(owner: "passer-by", name: "ledger") { id } }`
    const { base, head } = await data(stage.forge, ids, {}, 'stranger')
    const create = `mutation ($base: ID!, $head: ID!) { createPullRequest(input: { repositoryId: $base,
      headRepositoryId: $head, baseRefName: "main", headRefName: "offer", title: "An offer", body: "", draft: true
    }) { pullRequest { number } } }`
    const made = await data(stage.forge, create, { base: base.id, head: head.id }, 'stranger')
    number = made.createPullRequest.pullRequest.number
  })
  afterAll(() => clone.remove())

  it('is decided, but neither checked out nor judged nor changed without --allow-fork', async () => {
    const seat = await stage.checkout(AGENTS)
    await seat.untilChecked(number)
    const before = await stage.forge.effects()

    const { exit, answer } = await seat.cli(`run --pr ${number} --run-id r-1`)

    expect({ exit, answer }).toMatchObject({ exit: 10, answer: { error: 'person_needed' } })
    expect(answer.because).toContain('attempt/fork')
    await seat.cli(`ownership claim --pr ${number} --run-id r-1`)
    for (const line of ['worktree create', 'git push']) {
      const said = await seat.cli(`${line} --pr ${number} --run-id r-1`)
      expect(said).toMatchObject({ exit: 3, answer: { error: 'fork_not_allowed' } })
    }
    expect(await seat.cli(`gate run --pr ${number} --gate draft_gate --run-id r-1`)).toMatchObject({ exit: 3 })
    expect(await seat.git('worktree', 'list', '--porcelain')).not.toContain('offer')
    expect(await stage.forge.effects()).toEqual(before)
  })
})

describe('a pull request that changes', () => {
  it('the policy itself is judged by the policy of the base, and merged by a person', async () => {
    const seat = await stage.checkout(AGENTS)
    const { number } = await aPullRequest(seat, {
      files: { '.devloops': JSON.stringify({ ...POLICY, protect: { paths: [] } }) },
    })
    // A file of this checkout says nothing about what is allowed.
    await writeFile(join(seat.cwd, '.devloops'), JSON.stringify({ ...POLICY, protect: { paths: [] } }))

    const { exit, answer } = await seat.cli(`run --pr ${number} --run-id r-1`)

    expect({ exit, answer }).toMatchObject({ exit: 10, answer: { state: 'await_final_human_approval' } })
    expect(answer.because).toContain('gates/protected-paths')
    const kinds = await kindsOn(stage, number)
    expect(kinds).toContain('markPullRequestReadyForReview')
    expect(kinds).not.toContain('mergePullRequest')
  })
})

describe('with the policy that ships', () => {
  it('the last step is a person, and a merge by hand is refused too', async () => {
    const other = await openStage({ issues: 1, policy: { ...POLICY, autonomy: undefined } })
    try {
      const seat = await other.checkout(AGENTS)
      const { number, head } = await aPullRequest(seat)
      const { exit, answer } = await seat.cli(`run --pr ${number} --run-id r-1`)
      expect({ exit, answer }).toMatchObject({ exit: 10, answer: { state: 'await_final_human_approval' } })
      expect(answer.because).toContain('gates/stop-at-merge')

      await seat.cli(`ownership claim --pr ${number} --run-id r-2`)
      const merge = await seat.cli(`pr merge --pr ${number} --head ${head} --run-id r-2`)
      expect(merge).toMatchObject({ exit: 10, answer: { error: 'person_needed' } })
      expect(await kindsOn(other, number)).not.toContain('mergePullRequest')
    } finally {
      await other.end()
    }
  })
})

describe('a policy that asks for a look back', () => {
  const written = {
    state: 'complete',
    mergeApproved: true,
    followedWorkingAgreement: true,
    gateQualityAcceptable: true,
    gateQuality: 'Both gates read the whole change.',
    unexpectedFindings: '',
    mergeRecommendation: 'Merge it.',
  }

  it('merges nothing before one approves this very head, and goes on by itself after that', async () => {
    const other = await openStage({ issues: 1, policy: { ...POLICY, merge: { requireRetrospective: true } } })
    try {
      const seat = await other.checkout(AGENTS)
      const { number, head } = await aPullRequest(seat)
      const stopped = await seat.cli(`run --pr ${number} --run-id r-1`)
      expect(stopped).toMatchObject({ exit: 10, answer: { state: 'retrospective_gate_pending' } })

      const told = `pr retrospective --pr ${number} --run-id r-2 --input -`
      const tell = (text: object) => seat.cli(told, { stdin: JSON.stringify(text) })
      expect(await tell(written)).toMatchObject({ exit: 3, answer: { error: 'ownership_missing' } })
      await seat.cli(`ownership claim --pr ${number} --run-id r-2`)
      const merge = await seat.cli(`pr merge --pr ${number} --head ${head} --run-id r-2`)
      expect(merge).toMatchObject({ exit: 10, answer: { error: 'person_needed' } })
      const bare = await tell({ state: 'complete', notes: 'all well' })
      expect(bare).toMatchObject({ exit: 2, answer: { error: 'invalid_value' } })
      const against = await tell({ ...written, mergeApproved: false })
      expect(against).toMatchObject({ exit: 0, answer: { approved: false, reason: 'merge_not_approved' } })
      expect(await kindsOn(other, number)).not.toContain('mergePullRequest')

      expect(await tell(written)).toMatchObject({ exit: 0, answer: { status: 'recorded', head, approved: true } })
      await seat.cli(`ownership release --pr ${number} --run-id r-2`)
      expect(await seat.cli(`run --pr ${number} --run-id r-3`)).toMatchObject({ exit: 0 })
      expect(await kindsOn(other, number)).toContain('mergePullRequest')
    } finally {
      await other.end()
    }
  })
})
