import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { adoptRemote } from '../../lib/git/adopt.ts'
import { createWorktree } from '../../lib/git/create-worktree.ts'
import { readLocalFacts } from '../../lib/git/local-facts.ts'
import { aWorld, commit, git, replaceHistory, strangerPushes, type World, write } from './support.ts'

const BRANCH = 'dev-loops/issue-12'

async function aWorktree(world: World): Promise<string> {
  const path = join(world.worktrees, 'issue-12')
  const made = await createWorktree({ repoDir: world.checkout, branch: BRANCH, base: 'main', runId: 'r-1', path })
  if (!made.ok) throw new Error(made.message)
  return made.value.path
}

function read(world: World, worktree: string | null, fresh = true) {
  return readLocalFacts({ repoDir: world.checkout, worktree, branch: BRANCH, base: 'main', fresh })
}

describe('readLocalFacts', () => {
  it('tells of a new worktree that nothing was done and nothing pushed', async () => {
    const world = aWorld()
    expect(await read(world, await aWorktree(world))).toMatchObject({
      checkedOut: BRANCH,
      remoteHead: 'absent',
      ahead: 0,
      aheadOfBase: 0,
      behindBase: 0,
      dirty: false,
      untracked: 0,
      conflicted: [],
      unfinished: false,
      pushed: false,
      remoteHeadIsAncestor: true,
      revertsForeign: false,
    })
  })

  it('counts commits, changes and files apart', async () => {
    const world = aWorld()
    const worktree = await aWorktree(world)
    commit(worktree, { 'app.txt': 'changed\n' })
    git(worktree, 'push', '--quiet', 'origin', BRANCH)
    commit(worktree, { 'app.txt': 'changed again\n' })
    write(worktree, { 'app.txt': 'dirty\n', 'new 1.txt': '', 'new 2.txt': '' })
    strangerPushes(world, 'main', { 'notes.txt': 'base moved\n' })

    expect(await read(world, worktree)).toMatchObject({
      ahead: 1,
      aheadOfBase: 2,
      behindBase: 1,
      dirty: true,
      untracked: 2,
      pushed: false,
    })
  })

  it('leaves everything about the remote unknown when the remote does not answer', async () => {
    const world = aWorld()
    const worktree = await aWorktree(world)
    git(world.checkout, 'remote', 'set-url', 'origin', join(world.folder, 'nowhere.git'))

    expect(await read(world, worktree)).toMatchObject({
      remoteHead: null,
      baseHead: null,
      ahead: null,
      aheadOfBase: null,
      behindBase: null,
      pushed: null,
      remoteHeadIsAncestor: null,
      revertsForeign: null,
      dirty: false,
    })
  })

  it('never takes a remote-tracking ref for the remote', async () => {
    const world = aWorld()
    const worktree = await aWorktree(world)
    git(worktree, 'update-ref', `refs/remotes/origin/${BRANCH}`, 'HEAD')

    expect(await read(world, worktree, false)).toMatchObject({ remoteHead: null, pushed: null, ahead: null })
  })

  it('leaves the worktree unknown when there is none, and still tells of the branch', async () => {
    const world = aWorld()
    git(world.checkout, 'branch', BRANCH)
    const facts = await read(world, null)
    expect(facts).toMatchObject({ worktree: null, dirty: null, untracked: null, conflicted: null, ahead: 0 })
    expect(facts.head).toBe(git(world.checkout, 'rev-parse', BRANCH))
  })

  it('sees that another branch is checked out', async () => {
    const world = aWorld()
    const worktree = await aWorktree(world)
    git(worktree, 'checkout', '--quiet', '-b', 'elsewhere')
    expect(await read(world, worktree)).toMatchObject({ branch: BRANCH, checkedOut: 'elsewhere' })
  })

  it('lists conflicts of a merge that was begun, by name', async () => {
    const world = aWorld()
    const worktree = await aWorktree(world)
    const name = 'späce and\nline.txt'
    commit(worktree, { [name]: 'ours\n' })
    git(worktree, 'branch', 'other', 'main')
    git(worktree, 'checkout', '--quiet', 'other')
    commit(worktree, { [name]: 'theirs\n' })
    git(worktree, 'checkout', '--quiet', BRANCH)
    expect(() => git(worktree, 'merge', 'other')).toThrow()

    expect(await read(world, worktree)).toMatchObject({ conflicted: [name], unfinished: true, dirty: true })
  })

  it('sees commits of others on the remote that the branch lacks', async () => {
    const world = aWorld()
    const worktree = await aWorktree(world)
    git(worktree, 'push', '--quiet', 'origin', BRANCH)
    strangerPushes(world, BRANCH, { 'app.txt': 'by somebody\n' })
    expect(await read(world, worktree)).toMatchObject({ remoteHeadIsAncestor: false, pushed: false })
  })

  it('sees a history that shares nothing with the base, pushed or not', async () => {
    const world = aWorld()
    const worktree = await aWorktree(world)
    commit(worktree, { 'app.txt': 'ours\n' })
    expect(await read(world, worktree)).toMatchObject({ related: true })
    git(worktree, 'push', '--quiet', 'origin', BRANCH)
    replaceHistory(worktree, BRANCH)
    expect(await read(world, worktree)).toMatchObject({ related: false })
    git(worktree, 'push', '--quiet', '--delete', 'origin', BRANCH)
    expect(await read(world, worktree)).toMatchObject({ remoteHead: 'absent', related: false })
  })

  it('tells of a stray branch until somebody deletes it or works on it', async () => {
    const world = aWorld()
    const worktree = await aWorktree(world)
    const head = commit(worktree, { 'app.txt': 'ours\n' })
    const strayed = ['deleted', 'worked-on', 'left'].map((branch) => ({ branch, head }))
    for (const { branch } of strayed) git(worktree, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`)
    git(worktree, 'push', '--quiet', '--delete', 'origin', 'deleted')
    strangerPushes(world, 'worked-on', { 'notes.txt': 'somebody took it up\n' })

    const request = { repoDir: world.checkout, worktree, branch: BRANCH, base: 'main', strayed, fresh: true }
    expect(await readLocalFacts(request)).toMatchObject({ strayed: ['left'] })
    expect(await readLocalFacts({ ...request, fresh: false })).toMatchObject({ strayed: null })
  })

  it('does not take for undone what others pushed and nobody here has taken in yet', async () => {
    const world = aWorld()
    const worktree = await aWorktree(world)
    git(worktree, 'push', '--quiet', 'origin', BRANCH)
    strangerPushes(world, BRANCH, { 'new.txt': 'by somebody\n', 'app.txt': 'by somebody\n' })
    expect((await read(world, worktree)).revertsForeign).toBe(false)
    commit(worktree, { 'notes.txt': 'ours\n' })
    expect((await read(world, worktree)).revertsForeign).toBe(false)
  })

  describe('on the work of others', () => {
    async function withAdopted(): Promise<{ world: World; worktree: string }> {
      const world = aWorld()
      const worktree = await aWorktree(world)
      commit(worktree, { 'app.txt': 'one\ntwo by us\nthree\n' })
      git(worktree, 'push', '--quiet', 'origin', BRANCH)
      strangerPushes(world, BRANCH, { 'notes.txt': 'first\nsecond\nthird by somebody\n' })
      await adoptRemote({ worktree, branch: BRANCH })
      return { world, worktree }
    }

    it('notices that their commit is reverted', async () => {
      const { world, worktree } = await withAdopted()
      git(worktree, 'revert', '--no-edit', 'HEAD')
      expect((await read(world, worktree)).revertsForeign).toBe(true)
    })

    it('notices that their change is silently taken back among others', async () => {
      const { world, worktree } = await withAdopted()
      commit(worktree, { 'notes.txt': 'first\nsecond\n', 'app.txt': 'more\n' })
      expect((await read(world, worktree)).revertsForeign).toBe(true)
    })

    it('notices it even when somebody else commits under the same name', async () => {
      const world = aWorld()
      git(world.stranger, 'config', 'user.email', 'worker@example.test')
      const worktree = await aWorktree(world)
      commit(worktree, { 'app.txt': 'ours\n' })
      git(worktree, 'push', '--quiet', 'origin', BRANCH)
      strangerPushes(world, BRANCH, { 'notes.txt': 'by the same name\n' })
      await adoptRemote({ worktree, branch: BRANCH })
      git(worktree, 'revert', '--no-edit', 'HEAD')

      expect((await read(world, worktree)).revertsForeign).toBe(true)
    })

    it('lets the run edit further what they wrote', async () => {
      const { world, worktree } = await withAdopted()
      commit(worktree, { 'notes.txt': 'first\nsecond\nthird by somebody, corrected\n' })
      expect((await read(world, worktree)).revertsForeign).toBe(false)
    })

    it('lets the run take back its own commits', async () => {
      const { world, worktree } = await withAdopted()
      git(worktree, 'revert', '--no-edit', 'HEAD~1')
      expect((await read(world, worktree)).revertsForeign).toBe(false)
    })
  })
})
