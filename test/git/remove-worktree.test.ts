import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createWorktree } from '../../lib/git/create-worktree.ts'
import { removeWorktree } from '../../lib/git/remove-worktree.ts'
import { aWorld, commit, git, strangerPushes, type World, write } from './support.ts'

const BRANCH = 'dev-loops/issue-12'

interface Work {
  readonly world: World
  readonly path: string
}

async function aWorktree(): Promise<Work> {
  const world = aWorld()
  const path = join(world.worktrees, 'issue-12')
  const made = await createWorktree({ repoDir: world.checkout, branch: BRANCH, base: 'main', runId: 'r-1', path })
  if (!made.ok) throw new Error(made.message)
  return { world, path }
}

async function aPushedCommit(): Promise<Work & { head: string }> {
  const work = await aWorktree()
  const head = commit(work.path, { 'app.txt': 'ours\n' })
  git(work.path, 'push', '--quiet', 'origin', BRANCH)
  return { ...work, head }
}

function remove({ world, path }: Work, change: Partial<Parameters<typeof removeWorktree>[0]> = {}) {
  return removeWorktree({ repoDir: world.checkout, path, ...change })
}

describe('removeWorktree', () => {
  it('removes what is on the remote, and proves it', async () => {
    const work = await aPushedCommit()
    expect(await remove(work)).toEqual({
      ok: true,
      value: {
        path: work.path,
        removed: true,
        branch: BRANCH,
        head: work.head,
        clean: true,
        pushed: true,
        safeOn: 'remote_branch',
        branchDeleted: false,
      },
    })
    expect(existsSync(work.path)).toBe(false)
  })

  it('answers the second call as calmly as the first', async () => {
    const work = await aPushedCommit()
    await remove(work)
    expect(await remove(work)).toMatchObject({ ok: true, value: { removed: false, safeOn: 'nothing_to_lose' } })
  })

  it.each([
    ['a changed file', (path: string) => write(path, { 'app.txt': 'changed\n' }), { modified: ['app.txt'] }],
    ['a new file with a hostile name', (path: string) => write(path, { '-rf': '' }), { untracked: ['-rf'] }],
    ['a name of several lines', (path: string) => write(path, { 'ü\n? x': '' }), { untracked: ['ü\n? x'] }],
    [
      'a staged file',
      (path: string) => {
        write(path, { staged: '' })
        git(path, 'add', '--all')
      },
      { modified: ['staged'] },
    ],
    [
      'a stash made on this branch',
      (path: string) => {
        write(path, { 'app.txt': 'put away\n' })
        git(path, 'stash', '--quiet')
      },
      { stashes: 1 },
    ],
    ['a commit that was not pushed', (path: string) => commit(path, { 'app.txt': 'more\n' }), { unpushed: 1 }],
    [
      'a merge that waits for its commit',
      (path: string) => {
        git(path, 'branch', 'other', 'HEAD~1')
        git(path, 'checkout', '--quiet', 'other')
        commit(path, { 'else.txt': 'x' })
        git(path, 'checkout', '--quiet', BRANCH)
        git(path, 'merge', '--no-commit', '--no-ff', 'other')
      },
      { unfinished: ['MERGE_HEAD'] },
    ],
  ])('keeps %s', async (_, spoil, unsaved) => {
    const work = await aPushedCommit()
    spoil(work.path)

    expect(await remove(work)).toMatchObject({ ok: false, error: 'worktree_dirty', unsaved })
    expect(existsSync(work.path)).toBe(true)
  })

  it('keeps commits on a detached head that no branch has', async () => {
    const work = await aPushedCommit()
    git(work.path, 'checkout', '--quiet', '--detach')
    commit(work.path, { 'app.txt': 'detached\n' })
    expect(await remove(work)).toMatchObject({ error: 'worktree_dirty', unsaved: { unpushed: 1 } })
  })

  it('keeps everything when the remote cannot be asked', async () => {
    const work = await aPushedCommit()
    git(work.world.checkout, 'remote', 'set-url', 'origin', join(work.world.folder, 'nowhere.git'))
    await expect(remove(work)).rejects.toMatchObject({ code: 'git_failed' })
    expect(existsSync(work.path)).toBe(true)
  })

  it('takes a merge into the base as proof after the remote branch is gone', async () => {
    const work = await aPushedCommit()
    git(work.world.stranger, 'fetch', '--quiet')
    git(work.world.stranger, 'merge', '--quiet', '--no-ff', '-m', 'Merge', `origin/${BRANCH}`)
    git(work.world.stranger, 'push', '--quiet', 'origin', 'main', `:${BRANCH}`)
    expect(await remove(work)).toMatchObject({ ok: true, value: { safeOn: 'base_branch', pushed: false } })
  })

  it('takes the word of the forge for a squashed merge, for exactly that head', async () => {
    const work = await aPushedCommit()
    git(work.path, 'push', '--quiet', 'origin', `:${BRANCH}`)
    strangerPushes(work.world, 'main', { 'app.txt': 'ours\n' })

    expect(await remove(work)).toMatchObject({ error: 'worktree_dirty' })
    expect(await remove(work, { landedHead: work.head })).toMatchObject({ value: { safeOn: 'merged_by_forge' } })
  })

  it('does not take it for commits that came after that head', async () => {
    const work = await aPushedCommit()
    commit(work.path, { 'app.txt': 'later\n' })
    expect(await remove(work, { landedHead: work.head })).toMatchObject({ error: 'worktree_dirty' })
  })

  it('deletes the branch only when asked', async () => {
    const work = await aPushedCommit()
    expect(await remove(work, { deleteBranch: true })).toMatchObject({ value: { branchDeleted: true } })
    expect(git(work.world.checkout, 'branch', '--list', BRANCH)).toBe('')
  })

  it('changes nothing in a dry run', async () => {
    const work = await aPushedCommit()
    expect(await remove(work, { dryRun: true, deleteBranch: true })).toMatchObject({ value: { removed: false } })
    expect(existsSync(work.path)).toBe(true)
  })

  it('never removes the checkout itself, nor a folder that is no worktree', async () => {
    const work = await aWorktree()
    const other = join(work.world.folder, 'other')
    mkdirSync(other)
    for (const path of [work.world.checkout, other]) {
      expect(await remove({ ...work, path })).toMatchObject({ ok: false, error: 'precondition_failed' })
      expect(existsSync(path)).toBe(true)
    }
  })

  it('forgets a worktree whose folder was deleted by hand', async () => {
    const work = await aPushedCommit()
    rmSync(work.path, { recursive: true })
    expect(await remove(work)).toMatchObject({ ok: true, value: { removed: false } })
    expect(git(work.world.checkout, 'worktree', 'list').split('\n')).toHaveLength(1)
  })
})
