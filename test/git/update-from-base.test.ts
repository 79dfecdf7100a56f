import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createWorktree } from '../../lib/git/create-worktree.ts'
import { updateBranchFromBase } from '../../lib/git/update-from-base.ts'
import { aWorld, commit, git, strangerPushes, type World, write } from './support.ts'

const BRANCH = 'dev-loops/issue-12'

async function aWorktree(): Promise<{ world: World; worktree: string }> {
  const world = aWorld()
  const worktree = join(world.worktrees, 'issue-12')
  const made = await createWorktree({
    repoDir: world.checkout,
    branch: BRANCH,
    base: 'main',
    runId: 'r-1',
    path: worktree,
  })
  if (!made.ok) throw new Error(made.message)
  return { world, worktree }
}

function update(worktree: string) {
  return updateBranchFromBase({ worktree, branch: BRANCH, base: 'main' })
}

describe('updateBranchFromBase', () => {
  it('does nothing while the base stands still', async () => {
    const { worktree } = await aWorktree()
    const head = commit(worktree, { 'app.txt': 'ours\n' })
    expect(await update(worktree)).toMatchObject({ ok: true, value: { action: 'contained', head } })
  })

  it('merges a base that moved', async () => {
    const { world, worktree } = await aWorktree()
    commit(worktree, { 'app.txt': 'ours\n' })
    const baseHead = strangerPushes(world, 'main', { 'notes.txt': 'moved\n' })

    expect(await update(worktree)).toMatchObject({ ok: true, value: { action: 'merged', baseHead } })
    expect(readFileSync(join(worktree, 'notes.txt'), 'utf8')).toBe('moved\n')
  })

  it('merges on a machine where nobody told git who they are', async () => {
    const { world, worktree } = await aWorktree()
    commit(worktree, { 'app.txt': 'ours\n' })
    strangerPushes(world, 'main', { 'notes.txt': 'moved\n' })
    git(worktree, 'config', '--unset', 'user.name')
    git(worktree, 'config', '--unset', 'user.email')

    const env = { PATH: process.env.PATH, HOME: world.folder, GIT_CONFIG_NOSYSTEM: '1' }
    const outcome = await updateBranchFromBase({ worktree, branch: BRANCH, base: 'main', env })

    expect(outcome).toMatchObject({ ok: true, value: { action: 'merged' } })
  })

  it('leaves a conflict in the files for an agent, and says where', async () => {
    const { world, worktree } = await aWorktree()
    commit(worktree, { 'app.txt': 'ours\n' })
    strangerPushes(world, 'main', { 'app.txt': 'theirs\n' })

    expect(await update(worktree)).toMatchObject({ value: { action: 'conflicted', conflicted: ['app.txt'] } })
    expect(readFileSync(join(worktree, 'app.txt'), 'utf8')).toContain('<<<<<<<')
  })

  it('goes on with a merge that was begun before', async () => {
    const { world, worktree } = await aWorktree()
    commit(worktree, { 'app.txt': 'ours\n' })
    strangerPushes(world, 'main', { 'app.txt': 'theirs\n' })
    await update(worktree)
    write(worktree, { 'app.txt': 'both\n' })
    git(worktree, 'add', 'app.txt')

    expect(await update(worktree)).toMatchObject({ value: { action: 'resumed', conflicted: [] } })
  })

  it('does not merge over changes that nobody committed', async () => {
    const { world, worktree } = await aWorktree()
    strangerPushes(world, 'main', { 'notes.txt': 'moved\n' })
    write(worktree, { 'app.txt': 'half\n' })
    expect(await update(worktree)).toMatchObject({ ok: false, error: 'worktree_dirty', modified: ['app.txt'] })
  })

  it('undoes a merge that an untracked file stands in the way of, and says that it failed', async () => {
    const { world, worktree } = await aWorktree()
    strangerPushes(world, 'main', { 'new.txt': 'theirs\n' })
    write(worktree, { 'new.txt': 'mine\n' })
    await expect(update(worktree)).rejects.toMatchObject({ code: 'git_failed' })
    expect(readFileSync(join(worktree, 'new.txt'), 'utf8')).toBe('mine\n')
  })
})
