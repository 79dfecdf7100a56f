import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createWorktree } from '../../lib/git/create-worktree.ts'
import { listWorktrees } from '../../lib/git/list-worktrees.ts'
import { aWorld, commit, git, strangerPushes, type World, write } from './support.ts'

const BRANCH = 'dev-loops/issue-12'

function request(world: World, change: Partial<Parameters<typeof createWorktree>[0]> = {}) {
  const path = join(world.worktrees, 'issue-12')
  return { repoDir: world.checkout, branch: BRANCH, base: 'main', runId: 'r-1', path, ...change }
}

async function create(world: World, change: Partial<Parameters<typeof createWorktree>[0]> = {}) {
  const outcome = await createWorktree(request(world, change))
  if (!outcome.ok) throw new Error(`${outcome.error}: ${outcome.message}`)
  return outcome.value
}

describe('createWorktree', () => {
  it('starts from what the remote holds now, not from the local base', async () => {
    const world = aWorld()
    const fresh = strangerPushes(world, 'main', { 'app.txt': 'moved on\n' })

    const worktree = await create(world)

    expect(worktree.head).toBe(fresh)
    expect(git(worktree.path, 'rev-parse', 'HEAD')).toBe(fresh)
    expect(git(worktree.path, 'branch', '--show-current')).toBe(BRANCH)
  })

  it('starts from the branch on the remote when there is one', async () => {
    const world = aWorld()
    git(world.stranger, 'push', '--quiet', 'origin', `HEAD:refs/heads/${BRANCH}`)
    const pushed = strangerPushes(world, BRANCH, { 'app.txt': 'by somebody\n' })

    expect(await create(world)).toMatchObject({ head: pushed, created: true })
  })

  it('gives the same run its worktree again, with what was in it', async () => {
    const world = aWorld()
    const first = await create(world)
    write(first.path, { 'half.txt': 'unfinished' })

    const again = await create(world)

    expect(again).toMatchObject({ path: first.path, created: false, previousRunId: null })
    expect(readFileSync(join(again.path, 'half.txt'), 'utf8')).toBe('unfinished')
  })

  it('lets the next run continue in the worktree of the one before, and says so', async () => {
    const world = aWorld()
    await create(world)

    expect(await create(world, { runId: 'r-2' })).toMatchObject({ created: false, previousRunId: 'r-1' })
    const [, entry] = await listWorktrees({ cwd: world.checkout })
    expect(entry?.owner?.runId).toBe('r-2')
  })

  it('keeps local commits that the remote does not have', async () => {
    const world = aWorld()
    const first = await create(world)
    const local = commit(first.path, { 'app.txt': 'not pushed yet\n' })
    git(world.checkout, 'worktree', 'remove', first.path)

    expect(await create(world)).toMatchObject({ head: local, created: true })
  })

  it('moves a local branch ahead that is only behind the remote', async () => {
    const world = aWorld()
    const first = await create(world)
    git(first.path, 'push', '--quiet', 'origin', BRANCH)
    git(world.checkout, 'worktree', 'remove', first.path)
    const pushed = strangerPushes(world, BRANCH, { 'app.txt': 'further\n' })

    expect((await create(world)).head).toBe(pushed)
  })

  it('makes the worktree anew when its folder was deleted by hand', async () => {
    const world = aWorld()
    const first = await create(world)
    const local = commit(first.path, { 'app.txt': 'committed\n' })
    rmSync(first.path, { recursive: true })

    expect(await create(world)).toMatchObject({ head: local, created: true })
  })

  it('makes a worktree anew that git was killed while filling', async () => {
    const world = aWorld()
    const { path } = await create(world)
    const folder = git(path, 'rev-parse', '--absolute-git-dir')
    rmSync(join(folder, 'dev-loops.json'))
    rmSync(join(path, 'app.txt'))
    writeFileSync(join(folder, 'locked'), 'initializing')

    expect(await create(world, { halfMadeAfterMs: 0 })).toMatchObject({ path, created: true })
    expect(git(path, 'status', '--porcelain')).toBe('')
  })

  it('continues in a worktree that was filled but whose run was killed before it was named', async () => {
    const world = aWorld()
    const { path } = await create(world)
    rmSync(join(git(path, 'rev-parse', '--absolute-git-dir'), 'dev-loops.json'))

    expect(await create(world)).toMatchObject({ path, created: false })
    expect((await listWorktrees({ cwd: world.checkout }))[1]?.owner?.runId).toBe('r-1')
  })

  it('refuses a branch that a person has checked out', async () => {
    const world = aWorld()
    git(world.checkout, 'checkout', '--quiet', '-b', BRANCH)

    const outcome = await createWorktree(request(world))

    expect(outcome).toMatchObject({ ok: false, error: 'precondition_failed', path: world.checkout })
  })

  it('refuses a folder that holds something else, and leaves it alone', async () => {
    const world = aWorld()
    mkdirSync(join(world.worktrees, 'issue-12'), { recursive: true })
    writeFileSync(join(world.worktrees, 'issue-12', 'letter.txt'), 'mine')

    expect(await createWorktree(request(world))).toMatchObject({ ok: false, error: 'precondition_failed' })
    expect(readFileSync(join(world.worktrees, 'issue-12', 'letter.txt'), 'utf8')).toBe('mine')
  })

  it('refuses a base that the remote does not have', async () => {
    const world = aWorld()
    expect(await createWorktree(request(world, { base: 'trunk' }))).toMatchObject({ error: 'precondition_failed' })
    expect(git(world.checkout, 'branch', '--list', BRANCH)).toBe('')
  })

  it('runs no hook of the repository', async () => {
    const world = aWorld()
    const ran = join(world.folder, 'hook-ran')
    for (const hook of ['post-checkout', 'reference-transaction']) {
      const file = join(world.checkout, '.git', 'hooks', hook)
      writeFileSync(file, `#!/bin/sh\necho ${hook} >> '${ran}'\n`, { mode: 0o755 })
    }

    await create(world)

    expect(existsSync(ran) ? readFileSync(ran, 'utf8') : '').toBe('')
  })

  it('completes the history of a shallow clone, so that counts are true', async () => {
    const world = aWorld()
    strangerPushes(world, 'main', { 'app.txt': 'second commit\n' })
    const shallow = join(world.folder, 'shallow')
    git(world.folder, 'clone', '--quiet', '--depth=1', `file://${world.remote}`, shallow)

    const worktree = await create(world, { repoDir: shallow })

    expect(git(worktree.path, 'rev-list', '--count', 'HEAD')).toBe('2')
  })

  it.each(['feature/ünï-code', "it's", 'a&b;c', 'x'.repeat(200), 'dots.and_under-scores', '100%'])(
    'works for the branch %s',
    async (branch) => {
      const world = aWorld()
      const worktree = await create(world, { branch, path: join(world.worktrees, 'odd') })
      expect(git(worktree.path, 'branch', '--show-current')).toBe(branch)
    },
  )
})
