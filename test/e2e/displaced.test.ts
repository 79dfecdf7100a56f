/**
 * A run is paused after its last check, displaced by a run that has not moved the branch, and resumed.
 *
 * Where its push is fenced nothing changes, at whichever instant it was paused. Where it is only pinned the
 * push gets through, and the suite shows that too: the answer names the level and why it is no better.
 */
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { bareFolder } from '../../lib/forge/git/bare.ts'
import { displaceMeanwhile, gateBeforePush, gateInRemote, gateInTransit, must, takeOver } from './displaced-support.ts'
import { openStage, REPO, type Said, type Seat, type Stage } from './stage.ts'

/** A paused push must not run out of time before it is displaced. */
const PATIENT = { DEV_LOOPS_GITHUB_REQUEST_TIMEOUT: '30s' }
/** Each story starts some twenty processes, next to whatever else the machine does. */
const UNHURRIED = { timeout: 300_000 }
const IN_GIT = { ...PATIENT, DEV_LOOPS_STORE: 'git' }

let stage: Stage

beforeAll(async () => {
  stage = await openStage({ issues: 40 })
})

afterAll(() => stage.end())

interface Scene {
  readonly seat: Seat
  /** A second machine: another clone with a state of its own. */
  readonly successor: Seat
  readonly issue: number
  readonly branch: string
  readonly worktree: string
}

/** @param remote address of the repository for the run that will be displaced */
async function aScene(env: Readonly<Record<string, string>>, remote?: (seat: Seat) => string): Promise<Scene> {
  const seat = await stage.checkout({ env })
  const successor = await stage.checkout({ env })
  if (remote !== undefined) await seat.git('remote', 'set-url', 'origin', remote(seat))
  const { issue } = seat
  await must(call({ seat, issue }, 'ownership claim'))
  const worktree: string = (await must(call({ seat, issue }, 'worktree create'))).answer.path
  const scene = { seat, successor, issue, branch: `dev-loops/issue-${issue}`, worktree }
  await commitIn(scene, 'four')
  return scene
}

type Of = Pick<Scene, 'seat' | 'issue'>

function call({ seat, issue }: Of, command: string, env: Readonly<Record<string, string>> = {}): Promise<Said> {
  return seat.cli(`${command} --issue ${issue} --run-id displaced`, { env })
}

function startPush({ seat, issue }: Of, env: Readonly<Record<string, string>> = {}) {
  return seat.start(`git push --issue ${issue} --run-id displaced`, { env })
}

async function commitIn({ seat, worktree }: Pick<Scene, 'seat' | 'worktree'>, line: string): Promise<string> {
  await writeFile(join(worktree, 'app.txt'), `one\ntwo\nthree\n${line}\n`)
  const identity = ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.test']
  await seat.git('-C', worktree, ...identity, 'commit', '--quiet', '--all', '-m', `Add ${line}`)
  return seat.git('-C', worktree, 'rev-parse', 'HEAD')
}

async function remoteHead({ seat, branch }: Scene): Promise<string | null> {
  const line = await seat.git('ls-remote', bare(), `refs/heads/${branch}`)
  return line.split('\t')[0] || null
}

function bare(repo = REPO): string {
  return bareFolder(join(stage.folder, 'forge'), repo)
}

async function pushesOf({ branch }: Scene): Promise<number> {
  return (await stage.forge.effects()).filter(({ kind, ok }) => ok && kind === `git push refs/heads/${branch}`).length
}

const OVER_HTTP = undefined
const AS_FOLDER = () => bare()

describe('a fenced push', UNHURRIED, () => {
  it('names its level, and is found when it is tried again', async () => {
    const scene = await aScene(IN_GIT)
    const planned = await must(call(scene, 'git push --dry-run'))
    expect(planned.answer).toMatchObject({ action: 'planned', level: 'fenced', levelReason: null })
    expect(await remoteHead(scene)).toBeNull()

    const pushed = await must(call(scene, 'git push'))

    expect(pushed.answer).toMatchObject({ action: 'made', level: 'fenced', levelReason: null })
    expect(await remoteHead(scene)).toBe(pushed.answer.after)
    expect((await must(call(scene, 'git push'))).answer).toMatchObject({ action: 'found' })
  })

  it.each([
    ['over smart HTTP', OVER_HTTP],
    ['to a folder', AS_FOLDER],
  ])('%s of a run displaced between its last check and the sending changes nothing', async (_, remote) => {
    const scene = await aScene(IN_GIT, remote)
    const gate = await gateBeforePush(scene.seat.folder, scene.branch)
    const pushing = startPush(scene, gate.env)

    const said = await displaceMeanwhile(pushing, gate, () => takeOver(scene.successor, scene.issue))

    expectDisplaced(said)
    expect([await remoteHead(scene), await pushesOf(scene)]).toEqual([null, 0])
  })

  it('that adds to a branch leaves it where it was as well', async () => {
    const scene = await aScene(IN_GIT)
    const { after } = (await must(call(scene, 'git push'))).answer
    await commitIn(scene, 'five')
    const gate = await gateBeforePush(scene.seat.folder, scene.branch)

    const said = await displaceMeanwhile(startPush(scene, gate.env), gate, () => takeOver(scene.successor, scene.issue))

    expectDisplaced(said)
    expect([await remoteHead(scene), await pushesOf(scene)]).toEqual([after, 1])
  })

  it('displaced after the remote told its refs and before the push arrived changes nothing', async () => {
    const proxy = await gateInTransit(stage.forge.url)
    onTestFinished(proxy.end)
    const through = ({ writableUrl }: Seat) => writableUrl.replace(/@[^/]+/, `@${new URL(proxy.url).host}`)
    const scene = await aScene(IN_GIT, through)

    const said = await displaceMeanwhile(startPush(scene), proxy, () => takeOver(scene.successor, scene.issue))

    expectDisplaced(said)
    expect([await remoteHead(scene), await pushesOf(scene)]).toEqual([null, 0])
  })

  it('displaced after the remote received it and before it compared changes nothing', async () => {
    const scene = await aScene(IN_GIT, AS_FOLDER)
    const gate = await gateInRemote(bare(), scene.branch)
    onTestFinished(gate.end)

    const said = await displaceMeanwhile(startPush(scene), gate, () => takeOver(scene.successor, scene.issue))

    expectDisplaced(said)
    expect(await remoteHead(scene)).toBeNull()
  })

  it('leaves the way free for the push of its successor', async () => {
    const scene = await aScene(IN_GIT)
    const gate = await gateBeforePush(scene.seat.folder, scene.branch)
    await displaceMeanwhile(startPush(scene, gate.env), gate, () => takeOverBoth(scene))
    const { successor, issue } = scene
    const worktree = (await must(successor.cli(`worktree create --issue ${issue} --run-id successor`))).answer.path
    const head = await commitIn({ seat: successor, worktree }, 'five')

    const pushed = await must(successor.cli(`git push --issue ${issue} --run-id successor`))

    expect(pushed.answer).toMatchObject({ action: 'made', level: 'fenced', before: null, after: head })
    expect((await call(scene, 'git push')).answer).toMatchObject({ error: 'ownership_lost' })
    expect(await remoteHead(scene)).toBe(head)
  })

  it('is made once although its answer was lost', async () => {
    const scene = await aScene(IN_GIT)
    await stage.forge.misbehave({ do: 'drop_answer', route: 'git', kind: `git push refs/heads/${scene.branch}` })

    const pushed = await must(call(scene, 'git push'))

    expect(pushed.answer).toMatchObject({ action: 'made', level: 'fenced' })
    const received = (await stage.forge.effects()).filter(({ kind }) => kind === `git push refs/heads/${scene.branch}`)
    expect(received.map(({ ok }) => ok)).toEqual([true, false])
    expect(await remoteHead(scene)).toBe(pushed.answer.after)
  })

  it('is made although the same run renewed its claim in between', async () => {
    const scene = await aScene(IN_GIT)
    const gate = await gateBeforePush(scene.seat.folder, scene.branch)

    const said = await displaceMeanwhile(startPush(scene, gate.env), gate, () => must(call(scene, 'ownership renew')))

    expect(said).toMatchObject({ exit: 0, answer: { action: 'made', level: 'fenced' } })
    expect(await remoteHead(scene)).toBe(said.answer.after)
  })

  it('is refused as such when somebody moved the branch in between', async () => {
    const scene = await aScene(IN_GIT)
    const gate = await gateBeforePush(scene.seat.folder, scene.branch)

    const said = await displaceMeanwhile(startPush(scene, gate.env), gate, () =>
      scene.successor.git('push', '--quiet', scene.seat.writableUrl, `HEAD:refs/heads/${scene.branch}`),
    )

    expect(said).toMatchObject({ exit: 3, answer: { error: 'head_moved', expected: null } })
  })
})

describe("a displaced run's plain push", UNHURRIED, () => {
  it('is refused by the hook', async () => {
    const scene = await aScene(IN_GIT)
    const { after } = (await must(call(scene, 'git push'))).answer
    await must(scene.seat.cli('hooks install'))
    await takeOverBoth(scene)
    await commitIn(scene, 'five')

    const push = scene.seat.git('-C', scene.worktree, 'push', scene.seat.writableUrl, scene.branch)

    await expect(push).rejects.toThrow(/run successor holds acme\/ledger@dev-loops/)
    expect(await remoteHead(scene)).toBe(after)
  })

  it('goes past every hook with --no-verify, and then only the remote compares', async () => {
    const scene = await aScene(IN_GIT)
    await must(scene.seat.cli('hooks install'))
    await takeOverBoth(scene)

    await scene.seat.git('-C', scene.worktree, 'push', '--no-verify', '--quiet', scene.seat.writableUrl, scene.branch)

    expect(await remoteHead(scene)).not.toBeNull()
    const late = await call(scene, 'git push')
    expect(late).toMatchObject({ exit: 3, answer: { error: 'ownership_lost' } })
  })
})

describe('a push that is only pinned', UNHURRIED, () => {
  interface Pinned {
    readonly why: string
    readonly levelReason: string
    /** Settings of both workers, which see each other's claims. */
    env(): Promise<Readonly<Record<string, string>>>
  }

  const CASES: readonly Pinned[] = [
    {
      why: 'records are in files',
      levelReason: 'records_not_in_git',
      env: async () => ({ ...PATIENT, DEV_LOOPS_STATE_DIR: join(stage.folder, 'shared-state') }),
    },
    {
      why: 'records are in another repository',
      levelReason: 'records_elsewhere',
      env: async () => {
        const records = join(stage.folder, 'records.git')
        await cp(bare(), records, { recursive: true })
        return { ...PATIENT, DEV_LOOPS_STORE: `git+file://${records}` }
      },
    },
  ]

  it.each(CASES)('because $why says so, and a displaced one gets through', async ({ levelReason, env }) => {
    const scene = await aScene(await env())
    const gate = await gateBeforePush(scene.seat.folder, scene.branch)

    const said = await displaceMeanwhile(startPush(scene, gate.env), gate, () => takeOver(scene.successor, scene.issue))

    const effect = { kind: 'git_push', action: 'made', level: 'pinned' }
    expect(said).toMatchObject({ exit: 3, answer: { error: 'ownership_lost', effect } })
    expect([await remoteHead(scene), await pushesOf(scene)]).toEqual([expect.any(String), 1])

    await commitIn(scene, 'five')
    await must(scene.seat.cli(`ownership takeover --issue ${scene.issue} --run-id displaced --force --reason back`))
    expect((await must(call(scene, 'git push'))).answer).toMatchObject({ level: 'pinned', levelReason })
  })

  it('because the remote cannot change several refs at once says so', async () => {
    const other = await openStage({ issues: 1 })
    onTestFinished(() => other.end())
    const seat = await other.checkout({ env: IN_GIT })
    const repository = bareFolder(join(other.folder, 'forge'), REPO)
    await seat.git('-C', repository, 'config', 'receive.advertiseAtomic', 'false')
    await seat.git('remote', 'set-url', 'origin', repository)
    await must(call({ seat, issue: 1 }, 'ownership claim'))
    const worktree: string = (await must(call({ seat, issue: 1 }, 'worktree create'))).answer.path
    const head = await commitIn({ seat, worktree }, 'four')

    const pushed = await must(call({ seat, issue: 1 }, 'git push'))

    expect(pushed.answer).toMatchObject({ action: 'made', level: 'pinned', levelReason: 'no_atomic_push', after: head })
  })
})

function expectDisplaced(said: Said): void {
  expect(said).toMatchObject({ exit: 3, answer: { ok: false, error: 'ownership_lost' } })
  expect(said.answer.effect).toBeUndefined()
}

/** The successor holds the branch too, as it does before its own first push; it moves nothing. */
async function takeOverBoth({ successor, issue, branch }: Scene): Promise<void> {
  await takeOver(successor, issue)
  const forced = ['--run-id', 'successor', '--force', '--reason', 'the machine is silent']
  await must(successor.cli(['ownership', 'takeover', '--branch', branch, ...forced]))
}
