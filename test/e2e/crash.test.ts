/**
 * Kill the loop anywhere, run it again: the forge must have received the same writes, each once.
 *
 * The short form kills one story at every one of its effects, restarting each time. With
 * DEV_LOOPS_TEST=long every boundary gets a story of its own, and so does the instant between sending
 * and the answer: `npm run test:crash`.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isOwnerMark, madeTwice, openWorld, shapeOf, type World } from '../support/loop-world.ts'

const LONG = process.env.DEV_LOOPS_TEST === 'long'
const HOUR = 3_600_000

async function inWorld(story: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld({ env: { DEV_LOOPS_GITHUB_REQUEST_TIMEOUT: '2s' } })
  try {
    await story(world)
  } finally {
    await world.close()
  }
}

function issueOf({ forge }: World): string[] {
  return ['--issue', String(forge.issues[0]?.number)]
}

/** What the forge receives when nobody is killed, without the marks of the owner. */
const UNDISTURBED = [
  ...Array(2).fill('POST requested_reviewers acme/parcel-price#2'),
  ...Array(3).fill('POST statuses acme/parcel-price@<head>'),
  ...Array(2).fill('addComment acme/parcel-price#2'),
  ...Array(2).fill('addPullRequestReviewThreadReply acme/parcel-price#2'),
  'createPullRequest acme/parcel-price',
  ...Array(4).fill('git push refs/heads/dev-loops/issue-1 acme/parcel-price@dev-loops/issue-1'),
  'markPullRequestReadyForReview acme/parcel-price#2',
  'mergePullRequest acme/parcel-price#2',
  ...Array(2).fill('resolveReviewThread acme/parcel-price#2'),
  'updateIssueComment acme/parcel-price#2',
]

/** The heads of the pull request, each of which is marked with its owner. */
const HEADS = 4
const EFFECTS = UNDISTURBED.length + HEADS

/** Runs again and again until a run comes to its own end. */
async function untilDone(world: World, dieAt: string): Promise<number> {
  for (let restarts = 0; restarts < 100; restarts += 1) {
    const { exit, signal, answer } = await world.start([...issueOf(world), '--run-id', `r${restarts}`], dieAt).ended
    if (signal === 'SIGKILL') continue
    expect({ exit, answer }).toMatchObject({ exit: 0, answer: { ok: true, status: 'done' } })
    return restarts
  }
  throw new Error('the loop never came to its end')
}

async function expectSameEffects(world: World): Promise<void> {
  const effects = await world.forge.effects()
  expect(madeTwice(effects)).toEqual([])
  expect(shapeOf(effects.filter((effect) => !isOwnerMark(effect)))).toEqual(UNDISTURBED)
  expect(new Set(effects.filter(isOwnerMark).map(({ target }) => target)).size).toBe(HEADS)
}

describe('a run that is killed', () => {
  it(
    'before or after each of its effects in turn makes the same effects as one that is not, each once',
    { timeout: HOUR },
    () =>
      inWorld(async (world) => {
        const diedAt = join(world.folder, 'died-at')
        await writeFile(diedAt, '')

        const restarts = await untilDone(world, diedAt)

        expect(restarts).toBe(EFFECTS)
        await expectSameEffects(world)
      }),
  )

  it('goes on under its own name, and keeps what it held', { timeout: HOUR }, () =>
    inWorld(async (world) => {
      const words = [...issueOf(world), '--run-id', 'same']
      for (const boundary of [3, 8, 8]) {
        expect((await world.start(words, boundary).ended).signal).toBe('SIGKILL')
      }
      const { exit, answer } = await world.start(words).ended
      expect({ exit, answer }).toMatchObject({ exit: 0, answer: { ok: true, status: 'done' } })
      await expectSameEffects(world)
    }),
  )

  it('while its write is still under way does not make it again when it lands late', { timeout: HOUR }, () =>
    inWorld(async (world) => {
      await world.forge.misbehave({ do: 'apply_late', access: 'write', kind: 'createPullRequest', delayMs: 1_500 })
      const first = await world.start([...issueOf(world), '--run-id', 'r0'], 'sent:createPullRequest').ended
      expect(first.signal).toBe('SIGKILL')

      await untilDone(world, 'never')

      await expectSameEffects(world)
    }),
  )
})

describe.runIf(LONG).concurrent('a run that is killed once (long form)', () => {
  const boundaries = Array.from({ length: EFFECTS * 4 }, (_, index) => index + 1)

  it.for(boundaries)('at boundary %i', { timeout: HOUR }, (boundary) =>
    inWorld(async (world) => {
      const killed = await world.start([...issueOf(world), '--run-id', 'killed'], boundary).ended
      expect(killed.signal).toBe('SIGKILL')

      await untilDone(world, 'never')

      await expectSameEffects(world)
    }),
  )

  it.for(Array.from({ length: EFFECTS }, (_, index) => index))(
    'after write %i was received and before its answer',
    { timeout: HOUR },
    (skip) =>
      inWorld(async (world) => {
        await world.forge.misbehave({ do: 'drop_answer', access: 'write', skip })
        const killed = world.start([...issueOf(world), '--run-id', 'killed'])
        await whenReceived(world, skip + 1)
        killed.child.kill('SIGKILL')
        await killed.ended

        await untilDone(world, 'never')

        await expectSameEffects(world)
      }),
  )
})

async function whenReceived({ forge }: World, count: number): Promise<void> {
  while ((await forge.effects()).length < count) await pause(5)
}
