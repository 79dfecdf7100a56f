import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../lib/errors.ts'
import { adoptRemote } from '../../lib/git/adopt.ts'
import { createWorktree } from '../../lib/git/create-worktree.ts'
import { type PushPlan, type PushRequest, planPush, pushBranch, sendPush } from '../../lib/git/push.ts'
import { pushEffect } from '../../lib/git/push-effect.ts'
import type { Fence, Fencing } from '../../lib/git/push-fenced.ts'
import { accept, refuse } from '../../lib/outcome.ts'
import type { Effect, Level } from '../../lib/sessions/effect.ts'
import type { Json } from '../../lib/store/store.ts'
import { aWorld, commit, git, remoteHead, replaceHistory, strangerPushes, type World, write } from './support.ts'

const BRANCH = 'dev-loops/issue-12'

interface Work {
  readonly world: World
  readonly worktree: string
  readonly head: string
}

async function aCommit(branch = BRANCH): Promise<Work> {
  const world = aWorld()
  const path = join(world.worktrees, 'issue-12')
  const made = await createWorktree({ repoDir: world.checkout, branch, base: 'main', runId: 'r-1', path })
  if (!made.ok) throw new Error(made.message)
  return { world, worktree: path, head: commit(path, { 'app.txt': 'ours\n' }) }
}

function request({ worktree }: Work, change: Partial<PushRequest> = {}): PushRequest {
  return { worktree, branch: BRANCH, base: 'main', expectedRemoteHead: null, protectedBranches: [], ...change }
}

describe('pushBranch', () => {
  it('makes a new branch on the remote', async () => {
    const work = await aCommit()
    expect(await pushBranch(request(work))).toEqual({
      ok: true,
      value: { before: null, after: work.head, action: 'made' },
    })
    expect(remoteHead(work.world, BRANCH)).toBe(work.head)
  })

  it('moves the branch ahead from the head that was expected', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    const next = commit(work.worktree, { 'app.txt': 'ours again\n' })

    const outcome = await pushBranch(request(work, { expectedRemoteHead: work.head }))

    expect(outcome).toMatchObject({ ok: true, value: { before: work.head, after: next, action: 'made' } })
  })

  it('finds its own earlier push instead of making it again', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    expect(await pushBranch(request(work))).toMatchObject({ ok: true, value: { action: 'found', after: work.head } })
  })

  it('refuses when somebody pushed meanwhile, and leaves their commit', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    const theirs = strangerPushes(work.world, BRANCH, { 'notes.txt': 'theirs\n' })
    commit(work.worktree, { 'app.txt': 'ours again\n' })

    const outcome = await pushBranch(request(work, { expectedRemoteHead: work.head }))

    expect(outcome).toMatchObject({ ok: false, error: 'head_moved', expected: work.head, actual: theirs })
    expect(remoteHead(work.world, BRANCH)).toBe(theirs)
  })

  it('refuses a branch that appeared meanwhile', async () => {
    const work = await aCommit()
    git(work.world.stranger, 'push', '--quiet', 'origin', `HEAD:refs/heads/${BRANCH}`)
    expect(await pushBranch(request(work))).toMatchObject({ ok: false, error: 'head_moved', expected: null })
  })

  it('refuses a branch that somebody deleted meanwhile', async () => {
    const work = await aCommit()
    expect(await pushBranch(request(work, { expectedRemoteHead: work.head }))).toMatchObject({
      error: 'head_moved',
      actual: null,
    })
  })

  it('is refused by the remote itself when the branch moves between the question and the push', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    commit(work.worktree, { 'app.txt': 'ours again\n' })
    const pinned = request(work, { expectedRemoteHead: work.head })
    const plan = await planPush(pinned)
    if (!plan.ok) throw new Error(plan.message)
    const theirs = strangerPushes(work.world, BRANCH, { 'notes.txt': 'theirs\n' })

    expect(await sendPush(plan.value, pinned)).toMatchObject({ ok: false, error: 'head_moved', actual: theirs })
    expect(remoteHead(work.world, BRANCH)).toBe(theirs)
  })

  it('never replaces history, even when the head is the expected one', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    git(work.worktree, 'commit', '--quiet', '--amend', '-m', 'Rewritten')

    const outcome = await pushBranch(request(work, { expectedRemoteHead: work.head }))

    expect(outcome).toMatchObject({ ok: false, error: 'not_fast_forward' })
    expect(remoteHead(work.world, BRANCH)).toBe(work.head)
  })

  it('refuses a new branch that shares nothing with its base', async () => {
    const work = await aCommit()
    replaceHistory(work.worktree, BRANCH)
    expect(await pushBranch(request(work))).toMatchObject({ error: 'not_fast_forward' })
    expect(remoteHead(work.world, BRANCH)).toBe(null)
  })

  it('refuses to undo what somebody else committed', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    const theirs = strangerPushes(work.world, BRANCH, { 'notes.txt': 'theirs\n' })
    await adoptRemote({ worktree: work.worktree, branch: BRANCH })
    git(work.worktree, 'revert', '--no-edit', 'HEAD')

    const outcome = await pushBranch(request(work, { expectedRemoteHead: theirs }))

    expect(outcome).toMatchObject({ error: 'foreign_commits', undone: [{ commit: theirs, path: 'notes.txt' }] })
    expect(remoteHead(work.world, BRANCH)).toBe(theirs)
  })

  it.each([
    ['the base', 'main', []],
    ['a branch that policy names', 'release/1.2', ['release/*']],
    ['the default branch of the remote, for another base', 'main', []],
  ])('never pushes to %s', async (_, branch, protectedBranches) => {
    const work = await aCommit()
    const before = remoteHead(work.world, branch)
    const base = branch === 'main' && protectedBranches.length === 0 ? 'develop' : 'main'

    const outcome = await pushBranch(
      request(work, { branch, base, protectedBranches, newHead: work.head, expectedRemoteHead: before }),
    )

    expect(outcome).toMatchObject({ ok: false, error: 'protected_branch' })
    expect(remoteHead(work.world, branch)).toBe(before)
  })

  it.each([[{ allowed: false, maintainerCanModify: true }], [{ allowed: true, maintainerCanModify: false }]])(
    'never pushes to a fork with %j',
    async (fork) => {
      const work = await aCommit()
      expect(await pushBranch(request(work, { fork }))).toMatchObject({ ok: false, error: 'fork_not_allowed' })
      expect(remoteHead(work.world, BRANCH)).toBeNull()
    },
  )

  it('pushes to a fork that was asked for and lets it', async () => {
    const work = await aCommit()
    const fork = { allowed: true, maintainerCanModify: true }
    expect(await pushBranch(request(work, { fork, remote: work.world.remote }))).toMatchObject({ ok: true })
  })

  it.each(['--force', 'a..b', 'a b', ''])('refuses %j as a branch before git sees it', async (branch) => {
    const work = await aCommit()
    expect(await pushBranch(request(work, { branch }))).toMatchObject({ ok: false, error: 'invalid_value' })
  })

  it('says why when a rule of the remote rejects the push', async () => {
    const work = await aCommit()
    const hook = join(work.world.remote, 'hooks', 'pre-receive')
    writeFileSync(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 })

    await expect(pushBranch(request(work))).rejects.toMatchObject({
      code: 'push_rejected',
      details: { reason: expect.stringContaining('pre-receive') },
    })
  })

  it('calls a push made that landed although its answer was lost', async () => {
    const work = await aCommit()
    // The remote takes the push, and then its side of the connection dies.
    writeFileSync(join(work.world.remote, 'hooks', 'post-receive'), '#!/bin/sh\nkill -9 $PPID\n', { mode: 0o755 })

    const outcome = await pushBranch(request(work))

    expect(outcome).toMatchObject({ ok: true, value: { action: 'found', after: work.head } })
  })

  it('runs no hook of the repository', async () => {
    const work = await aCommit()
    const ran = join(work.world.folder, 'hook-ran')
    const hook = join(work.world.checkout, '.git', 'hooks', 'pre-push')
    writeFileSync(hook, `#!/bin/sh\ntouch '${ran}'\nexit 1\n`, { mode: 0o755 })

    expect(await pushBranch(request(work))).toMatchObject({ ok: true })
    expect(existsSync(ran)).toBe(false)
  })
})

describe('a rewrite that was asked for', () => {
  it('replaces commits that are all our own', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    git(work.worktree, 'commit', '--quiet', '--amend', '-m', 'Rewritten')

    const outcome = await pushBranch(request(work, { expectedRemoteHead: work.head, rewrite: true }))

    expect(outcome).toMatchObject({ ok: true, value: { before: work.head, action: 'made' } })
    expect(remoteHead(work.world, BRANCH)).toBe(git(work.worktree, 'rev-parse', 'HEAD'))
  })

  it('may leave out what the base holds', async () => {
    const work = await aCommit()
    const onMain = commit(work.world.stranger, { 'base.txt': 'theirs, but merged\n' })
    git(work.world.stranger, 'push', '--quiet', 'origin', 'HEAD:main')
    git(work.worktree, 'fetch', '--quiet', 'origin')
    git(work.worktree, 'merge', '--quiet', '--no-edit', onMain)
    const merged = git(work.worktree, 'rev-parse', 'HEAD')
    await pushBranch(request(work))
    git(work.worktree, 'reset', '--quiet', '--hard', work.head)

    expect(await pushBranch(request(work, { expectedRemoteHead: merged, rewrite: true }))).toMatchObject({ ok: true })
  })

  it.each<[string, (work: Work) => string]>([
    ['wrote', ({ world }) => strangerPushes(world, BRANCH, { 'notes.txt': 'theirs\n' })],
    ['only put there', (work) => strangerPushesOurs(work)],
  ])('is refused when somebody else %s a commit that would be lost', async (_, push) => {
    const work = await aCommit()
    await pushBranch(request(work))
    const theirs = push(work)
    commit(work.worktree, { 'app.txt': 'ours again\n' })

    const outcome = await pushBranch(request(work, { expectedRemoteHead: theirs, rewrite: true }))

    expect(outcome).toMatchObject({ ok: false, error: 'foreign_commits', lost: [theirs] })
    expect(remoteHead(work.world, BRANCH)).toBe(theirs)
  })

  it('is refused for what was adopted, whoever wrote it', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    git(work.world.stranger, 'config', 'user.email', 'worker@example.test')
    const theirs = strangerPushes(work.world, BRANCH, { 'notes.txt': 'from another machine of ours\n' })
    await adoptRemote({ worktree: work.worktree, branch: BRANCH })
    git(work.worktree, 'reset', '--quiet', '--hard', work.head)
    commit(work.worktree, { 'app.txt': 'ours again\n' })

    const outcome = await pushBranch(request(work, { expectedRemoteHead: theirs, rewrite: true }))

    expect(outcome).toMatchObject({ ok: false, error: 'foreign_commits', lost: [theirs] })
  })

  it('still names the head that it replaces', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    git(work.worktree, 'commit', '--quiet', '--amend', '-m', 'Rewritten')
    const theirs = strangerPushes(work.world, BRANCH, { 'notes.txt': 'theirs\n' })

    const outcome = await pushBranch(request(work, { expectedRemoteHead: work.head, rewrite: true }))

    expect(outcome).toMatchObject({ ok: false, error: 'head_moved', actual: theirs })
  })
})

const PINNED = { level: 'pinned', reason: 'records_not_in_git' } as const

describe('pushEffect', () => {
  it('finds nothing before it acted, and its result afterwards', async () => {
    const work = await aCommit()
    const plan = await planned(work)
    const effect: Effect<Json & { readonly level: Level }> = pushEffect(plan, request(work), PINNED)
    const result = { before: null, after: work.head, level: 'pinned', levelReason: 'records_not_in_git' }

    expect(await effect.find(signal)).toBeNull()
    expect(await effect.act(signal)).toEqual(result)
    expect(await effect.find(signal)).toEqual(result)
  })

  it('fails with the code of the refusal when the remote moved', async () => {
    const work = await aCommit()
    const plan = await planned(work)
    git(work.world.stranger, 'push', '--quiet', 'origin', `HEAD:refs/heads/${BRANCH}`)

    await expect(pushEffect(plan, request(work), PINNED).act(signal)).rejects.toMatchObject({ code: 'head_moved' })
  })
})

describe('a push that a fence sends', () => {
  /** Pushes as the store would, and answers as told. */
  function fence({ world }: Work, answer: Awaited<ReturnType<Fence>> | Error, sends: boolean): Fencing {
    const send: Fence = async ({ ref, next, objects }) => {
      if (sends) git(world.folder, '--git-dir', objects, 'push', '--quiet', world.remote, `${next}:${ref}`)
      if (answer instanceof Error) throw answer
      return answer
    }
    return { level: 'fenced', send }
  }

  it('is fenced, and given the objects of the clone', async () => {
    const work = await aCommit()
    const effect = pushEffect(await planned(work), request(work), fence(work, accept('sent'), true))

    expect(await effect.act(signal)).toEqual({ before: null, after: work.head, level: 'fenced', levelReason: null })
    expect(remoteHead(work.world, BRANCH)).toBe(work.head)
  })

  it('is pinned, and says why, when the remote cannot fence', async () => {
    const work = await aCommit()
    const effect = pushEffect(await planned(work), request(work), fence(work, accept('unsupported'), false))

    const result = await effect.act(signal)

    expect(result).toMatchObject({ after: work.head, level: 'pinned', levelReason: 'no_atomic_push' })
    expect(effect.levelOf(result)).toBe('pinned')
    expect(remoteHead(work.world, BRANCH)).toBe(work.head)
  })

  it('is not tried in a weaker way when the owner is another', async () => {
    const work = await aCommit()
    const lost = refuse('ownership_lost', 'run r-2 holds it')
    const effect = pushEffect(await planned(work), request(work), fence(work, lost, false))

    await expect(effect.act(signal)).rejects.toMatchObject({ code: 'ownership_lost' })
    expect(remoteHead(work.world, BRANCH)).toBeNull()
  })

  it('is made when it landed although its answer was lost', async () => {
    const work = await aCommit()
    const lost = new StoreError('store_unavailable', 'no answer')
    const effect = pushEffect(await planned(work), request(work), fence(work, lost, true))
    expect(await effect.act(signal)).toMatchObject({ after: work.head, level: 'fenced' })
  })

  it('fails as it failed when it did not land', async () => {
    const work = await aCommit()
    const lost = new StoreError('store_unavailable', 'no answer')
    const effect = pushEffect(await planned(work), request(work), fence(work, lost, false))
    await expect(effect.act(signal)).rejects.toBe(lost)
  })

  it('says where the branch is when it moved', async () => {
    const work = await aCommit()
    const plan = await planned(work)
    git(work.world.stranger, 'push', '--quiet', 'origin', `HEAD:refs/heads/${BRANCH}`)
    const moved = refuse('head_moved', 'moved')

    const act = pushEffect(plan, request(work), fence(work, moved, false)).act(signal)

    const actual = remoteHead(work.world, BRANCH)
    await expect(act).rejects.toMatchObject({ code: 'head_moved', details: { expected: null, actual } })
  })
})

const { signal } = new AbortController()

async function planned(work: Work): Promise<PushPlan> {
  const plan = await planPush(request(work))
  if (!plan.ok) throw new Error(plan.message)
  return plan.value
}

/** Somebody else puts a commit there that we wrote, as a cherry-pick does. */
function strangerPushesOurs({ world }: Work): string {
  git(world.stranger, 'fetch', '--quiet', 'origin')
  git(world.stranger, 'checkout', '--quiet', '-B', BRANCH, `origin/${BRANCH}`)
  git(world.stranger, 'commit', '--quiet', '--allow-empty', '--author', 'worker <worker@example.test>', '-m', 'Ours')
  git(world.stranger, 'push', '--quiet', 'origin', BRANCH)
  return git(world.stranger, 'rev-parse', 'HEAD')
}

describe('adoptRemote', () => {
  it('moves ahead when the branch has nothing of its own', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    const theirs = strangerPushes(work.world, BRANCH, { 'notes.txt': 'theirs\n' })

    const outcome = await adoptRemote({ worktree: work.worktree, branch: BRANCH })

    expect(outcome).toMatchObject({ ok: true, value: { action: 'moved_ahead', head: theirs } })
  })

  it('merges when both sides have commits, so that the push is a fast-forward', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    const theirs = strangerPushes(work.world, BRANCH, { 'notes.txt': 'theirs\n' })
    commit(work.worktree, { 'app.txt': 'ours again\n' })

    const adopted = await adoptRemote({ worktree: work.worktree, branch: BRANCH })

    expect(adopted).toMatchObject({ ok: true, value: { action: 'merged' } })
    expect(await pushBranch(request(work, { expectedRemoteHead: theirs }))).toMatchObject({ ok: true })
  })

  it('stops when the remote and the branch share no commit', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    replaceHistory(work.worktree, BRANCH)
    expect(await adoptRemote({ worktree: work.worktree, branch: BRANCH })).toMatchObject({ error: 'foreign_commits' })
  })

  it('stops at a contradiction and leaves the worktree as it was', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    strangerPushes(work.world, BRANCH, { 'app.txt': 'theirs\n' })
    const ours = commit(work.worktree, { 'app.txt': 'ours again\n' })

    const outcome = await adoptRemote({ worktree: work.worktree, branch: BRANCH })

    expect(outcome).toMatchObject({ ok: false, error: 'foreign_commits', conflicted: ['app.txt'] })
    expect(git(work.worktree, 'rev-parse', 'HEAD')).toBe(ours)
    expect(git(work.worktree, 'status', '--porcelain')).toBe('')
  })

  it('does not touch changes that nobody committed', async () => {
    const work = await aCommit()
    await pushBranch(request(work))
    strangerPushes(work.world, BRANCH, { 'notes.txt': 'theirs\n' })
    write(work.worktree, { 'app.txt': 'half done\n' })

    expect(await adoptRemote({ worktree: work.worktree, branch: BRANCH })).toMatchObject({ error: 'worktree_dirty' })
    expect(git(work.worktree, 'diff', '--name-only')).toBe('app.txt')
  })

  it.each([
    ['the remote has no branch', false, 'absent'],
    ['the remote has nothing new', true, 'contained'],
  ])('does nothing when %s', async (_, push, action) => {
    const work = await aCommit()
    if (push) await pushBranch(request(work))
    expect(await adoptRemote({ worktree: work.worktree, branch: BRANCH })).toMatchObject({
      value: { action, head: work.head },
    })
  })
})
