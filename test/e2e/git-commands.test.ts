/**
 * The commands of this room as they are called, on a real forge over http, with the token only in the
 * environment.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { accessFor } from '../../lib/git/credentials.ts'
import { runGit } from '../../lib/git/run.ts'
import type { Executed } from '../../lib/outcome.ts'
import { aForge, rest, type Started } from '../forge/with-forge.ts'
import { aFolder, commit, git } from '../git/support.ts'
import { aContext } from '../support/context.ts'

const REPO = 'acme/parcel-price'
const BRANCH = 'dev-loops/issue-1'
const OURS = ['--repo', REPO, '--issue', '1', '--run-id', 'r-1']

interface Desk {
  readonly forge: Started['forge']
  readonly checkout: string
  readonly env: Readonly<Record<string, string | undefined>>
  call(...argv: string[]): Promise<Executed>
  /** The answer, when it is not a refusal. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers whose shape is its subject
  done(...argv: string[]): Promise<any>
  /** Somebody with write access pushes a change of one file on top of the branch. */
  maintainerPushes(branch: string, name: string): Promise<string>
}

const started: Started[] = []

afterEach(async () => {
  for (const { end } of started.splice(0)) await end()
})

async function aDesk(): Promise<Desk> {
  const running = await aForge()
  started.push(running)
  const { forge } = running
  const folder = aFolder()
  const checkout = await aClone(forge, 'developer', join(folder, 'checkout'))
  const other = await aClone(forge, 'maintainer', join(folder, 'other'))
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    GIT_CONFIG_NOSYSTEM: '1',
    ...forge.environment,
  }
  const call = (...argv: string[]) => {
    const context = aContext({ cwd: checkout, env })
    return context.execute(['dev-loops', ...argv], context)
  }
  return {
    forge,
    checkout,
    env,
    call,
    done: async (...argv) => {
      const { answer } = await call(...argv)
      if (!answer.ok) throw new Error(`${argv.join(' ')}: ${answer.error}: ${answer.message}`)
      return answer
    },
    maintainerPushes: async (branch, name) => {
      const access = accessFor(forge.gitUrl(REPO), forge.url, forge.tokens.maintainer)
      await runGit(['fetch', '--quiet', 'origin'], { cwd: other, access })
      git(other, 'checkout', '--quiet', '-B', branch, `origin/${branch}`)
      const sha = commit(other, { [name]: 'by the maintainer\n' })
      await runGit(['push', '--quiet', 'origin', branch], { cwd: other, access })
      return sha
    },
  }
}

async function aClone(forge: Started['forge'], role: 'developer' | 'maintainer', path: string): Promise<string> {
  const access = accessFor(forge.gitUrl(REPO), forge.url, forge.tokens[role])
  await runGit(['clone', '--quiet', '--', forge.gitUrl(REPO), path], { cwd: '/', access })
  git(path, 'config', 'user.name', role)
  git(path, 'config', 'user.email', `${role}@example.test`)
  return path
}

describe('worktree and push commands', () => {
  it('take an issue from a worktree to a pushed branch, and back to nothing', async () => {
    const desk = await aDesk()
    await desk.done('ownership', 'claim', ...OURS)

    const made = await desk.done('worktree', 'create', ...OURS)
    expect(made).toMatchObject({ status: 'created', branch: BRANCH, base: 'main', adopted: 'absent' })
    const head = commit(made.path, { 'src/new.js': 'export {}\n' })

    expect(await desk.done('git', 'push', ...OURS)).toMatchObject({ action: 'made', before: null, after: head })
    expect(await desk.done('git', 'push', ...OURS)).toMatchObject({ action: 'found', after: head })
    const pushes = (await desk.forge.effects()).filter(({ kind }) => kind === `git push refs/heads/${BRANCH}`)
    expect(pushes).toHaveLength(1)

    expect(await desk.done('worktree', 'status', '--fresh')).toMatchObject({
      worktrees: [{ runId: 'r-1', facts: { branch: BRANCH, head, pushed: true, dirty: false } }],
    })
    expect(await desk.done('worktree', 'remove', ...OURS)).toMatchObject({
      status: 'removed',
      proof: { clean: true, pushed: true, head },
    })
    expect(existsSync(made.path)).toBe(false)
    expect(await desk.done('worktree', 'remove', ...OURS)).toMatchObject({ status: 'already_gone' })
  })

  it('take in what somebody else pushed before they push again', async () => {
    const desk = await aDesk()
    await desk.done('ownership', 'claim', ...OURS)
    const { path } = await desk.done('worktree', 'create', ...OURS)
    const first = commit(path, { 'src/new.js': 'export {}\n' })
    await desk.done('git', 'push', ...OURS)
    const theirs = await desk.maintainerPushes(BRANCH, 'hint.md')
    const ours = commit(path, { 'src/new.js': 'export default 1\n' })

    const expecting = await desk.call('git', 'push', ...OURS, '--expect', first)
    expect(expecting).toMatchObject({ exit: 3, answer: { error: 'head_moved', actual: theirs } })
    expect((await desk.call('git', 'push', ...OURS)).answer).toMatchObject({ error: 'not_fast_forward' })

    expect(await desk.done('worktree', 'create', ...OURS)).toMatchObject({ status: 'existing', adopted: 'merged' })
    expect(await desk.done('git', 'push', ...OURS)).toMatchObject({ action: 'made', before: theirs })
    expect(git(path, 'merge-base', '--is-ancestor', ours, 'HEAD')).toBe('')
  })

  it('tell another run who holds the branch, and do nothing for it', async () => {
    const desk = await aDesk()
    await desk.done('ownership', 'claim', ...OURS)
    const { path } = await desk.done('worktree', 'create', ...OURS)
    commit(path, { 'src/new.js': 'export {}\n' })

    const theirs = ['--repo', REPO, '--branch', BRANCH, '--run-id', 'r-2']
    expect((await desk.call('ownership', 'claim', ...theirs)).answer).toMatchObject({ error: 'active_run_exists' })
    const push = await desk.call('git', 'push', '--repo', REPO, '--issue', '1', '--run-id', 'r-2')
    expect(push).toMatchObject({ exit: 3, answer: { error: 'ownership_lost' } })
    expect(await desk.forge.effects()).toEqual([])
  })

  it('push nothing where nothing was committed', async () => {
    const desk = await aDesk()
    await desk.done('ownership', 'claim', ...OURS)
    await desk.done('worktree', 'create', ...OURS)
    expect((await desk.call('git', 'push', ...OURS)).answer).toMatchObject({
      error: 'precondition_failed',
      evidence: ['no_commit'],
    })
  })

  it('change nothing with --dry-run', async () => {
    const desk = await aDesk()
    await desk.done('ownership', 'claim', ...OURS)
    const planned = await desk.done('worktree', 'create', ...OURS, '--dry-run')
    expect(planned).toMatchObject({ status: 'planned' })
    expect(existsSync(planned.path)).toBe(false)

    const { path } = await desk.done('worktree', 'create', ...OURS)
    commit(path, { 'src/new.js': 'export {}\n' })
    expect(await desk.done('git', 'push', ...OURS, '--dry-run')).toMatchObject({ action: 'planned' })
    expect(await desk.forge.effects()).toEqual([])
  })

  it('leave a worktree alone that holds work', async () => {
    const desk = await aDesk()
    await desk.done('ownership', 'claim', ...OURS)
    const { path } = await desk.done('worktree', 'create', ...OURS)
    commit(path, { 'src/new.js': 'export {}\n' })

    const removal = await desk.call('worktree', 'remove', ...OURS)

    expect(removal).toMatchObject({ exit: 3, answer: { error: 'worktree_dirty', unsaved: { unpushed: 1 } } })
    expect(existsSync(path)).toBe(true)
  })

  it('leave the token in no file of the clone', async () => {
    const desk = await aDesk()
    await desk.done('ownership', 'claim', ...OURS)
    const { path } = await desk.done('worktree', 'create', ...OURS)
    commit(path, { 'src/new.js': 'export {}\n' })
    await desk.done('git', 'push', ...OURS)

    const token = desk.forge.tokens.developer
    const secrets = [token, Buffer.from(`x-access-token:${token}`).toString('base64')]
    const folder = join(desk.checkout, '.git')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    const texts = files.filter((file) => file.isFile()).map((file) => readFileSync(join(file.parentPath, file.name)))
    expect(texts.length).toBeGreaterThan(10)
    expect(texts.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([])
  })

  it('refuse a folder that is no checkout of the repository', async () => {
    const desk = await aDesk()
    await desk.done('ownership', 'claim', ...OURS)
    const context = aContext({ cwd: desk.env.HOME ?? '/', env: desk.env })
    const { answer } = await context.execute(['worktree', 'status'], context)
    expect(answer).toMatchObject({ ok: false, error: 'not_a_checkout' })
  })

  it('know a number that does not exist', async () => {
    const desk = await aDesk()
    const missing = ['--repo', REPO, '--pr', '4711', '--run-id', 'r-1']
    expect(await desk.call('worktree', 'create', ...missing)).toMatchObject({ exit: 3 })
    expect((await rest(desk.forge, `GET /repos/${REPO}/pulls/4711`)).status).toBe(404)
  })
})
