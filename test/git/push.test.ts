import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { adoptRemote } from '../../lib/git/adopt.ts'
import { createWorktree } from '../../lib/git/create-worktree.ts'
import { type PushRequest, planPush, pushBranch, sendPush } from '../../lib/git/push.ts'
import { pushEffect } from '../../lib/git/push-effect.ts'
import type { Effect } from '../../lib/sessions/effect.ts'
import { aWorld, commit, git, remoteHead, strangerPushes, type World, write } from './support.ts'

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
      value: { before: null, after: work.head, action: 'made', level: 'pinned' },
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

describe('pushEffect', () => {
  it('finds nothing before it acted, and its result afterwards', async () => {
    const work = await aCommit()
    const plan = await planPush(request(work))
    if (!plan.ok) throw new Error(plan.message)
    const effect: Effect<{ before: string | null; after: string }> = pushEffect(plan.value, request(work))
    const { signal } = new AbortController()

    expect(await effect.find(signal)).toBeNull()
    expect(await effect.act(signal)).toEqual({ before: null, after: work.head })
    expect(await effect.find(signal)).toEqual({ before: null, after: work.head })
  })

  it('fails with the code of the refusal when the remote moved', async () => {
    const work = await aCommit()
    const plan = await planPush(request(work))
    if (!plan.ok) throw new Error(plan.message)
    git(work.world.stranger, 'push', '--quiet', 'origin', `HEAD:refs/heads/${BRANCH}`)

    const { signal } = new AbortController()
    await expect(pushEffect(plan.value, request(work)).act(signal)).rejects.toMatchObject({ code: 'head_moved' })
  })
})

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
