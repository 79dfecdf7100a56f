/**
 * The installed hook between a real `git push` and a real remote: who gets through and who does not.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openOwnership } from '../../lib/command/services.ts'
import { writeAlias } from '../../lib/ownership/alias.ts'
import { guardedUpdate, readOwnership } from '../../lib/ownership/service.ts'
import { announce } from '../../lib/sessions/intents.ts'
import { parseWork } from '../../lib/sessions/work.ts'
import { slugOfUrl } from '../../lib/store/remotes.ts'
import { aContext } from '../support/context.ts'
import { aWorld, commit, git, remoteHead, type World } from './support.ts'

const BRANCH = 'dev-loops/issue-12'

interface Desk extends World {
  readonly repo: string
  readonly env: Readonly<Record<string, string>>
  /** A command of ours that must succeed. */
  call(...words: string[]): Promise<Readonly<Record<string, unknown>>>
  /** A plain push by somebody who does not know us. */
  push(...words: string[]): { readonly exit: number | null; readonly said: string }
}

interface Wishes {
  readonly inFolder?: string
  readonly install?: readonly string[]
  readonly store?: string
}

/** A clone with the hook, standing on a branch with one commit of its own. */
async function aDesk({ inFolder, install = [], store = 'files' }: Wishes = {}): Promise<Desk> {
  const world = inFolder === undefined ? aWorld() : moved(aWorld(), inFolder)
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: world.folder,
    XDG_STATE_HOME: join(world.folder, 'state'),
    GIT_CONFIG_NOSYSTEM: '1',
    DEV_LOOPS_STORE: store,
    LC_ALL: 'C',
  }
  const context = aContext({ cwd: world.checkout, env })
  const call = async (...words: string[]) => {
    const { answer } = await context.execute(words, context)
    if (!answer.ok) throw new Error(`${answer.error}: ${answer.message}`)
    return answer
  }
  git(world.checkout, 'switch', '--quiet', '--create', BRANCH)
  commit(world.checkout, { 'app.txt': 'ours\n' })
  await call('hooks', 'install', ...install)
  return {
    ...world,
    env,
    call,
    repo: slugOfUrl(world.remote) ?? '',
    push: (...words) => {
      const pushed = spawnSync('git', ['push', ...words], { cwd: world.checkout, env, encoding: 'utf8' })
      return { exit: pushed.status, said: pushed.stderr }
    },
  }
}

/** The same below a folder whose name needs quoting. */
function moved(world: World, name: string): World {
  const checkout = join(world.folder, name)
  renameSync(world.checkout, checkout)
  return { ...world, checkout }
}

async function aClaim({ call }: Desk, runId = 'r-1'): Promise<void> {
  await call('ownership', 'claim', '--branch', BRANCH, '--run-id', runId)
}

describe('a plain push', () => {
  it('to a branch that nobody holds passes', async () => {
    const desk = await aDesk()
    const { exit, said } = desk.push('origin', BRANCH)
    expect([exit, said]).toEqual([0, expect.not.stringContaining('dev-loops:')])
  })

  it('to a branch that a run holds is blocked, and told who and what to do', async () => {
    const desk = await aDesk()
    await aClaim(desk)

    const { exit, said } = desk.push('origin', BRANCH)

    expect([exit, remoteHead(desk, BRANCH)]).toEqual([1, null])
    expect(said).toContain(`run r-1 holds ${desk.repo}@${BRANCH} (token 1)`)
    expect(said).toContain('dev-loops git push --run-id r-1')
  })

  it('is blocked from every worktree of the clone', async () => {
    const desk = await aDesk()
    await aClaim(desk)
    const other = join(desk.folder, 'other')
    git(desk.checkout, 'worktree', 'add', '--quiet', '--detach', other)

    const { status } = spawnSync('git', ['push', 'origin', `HEAD:refs/heads/${BRANCH}`], { cwd: other, env: desk.env })

    expect([status, remoteHead(desk, BRANCH)]).toEqual([1, null])
  })

  it('passes again once the branch was given back', async () => {
    const desk = await aDesk()
    await aClaim(desk)
    await desk.call('ownership', 'release', '--branch', BRANCH, '--run-id', 'r-1')
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 0 })
  })

  it('passes when the claim has ended by itself', async () => {
    const desk = await aDesk()
    await desk.call('ownership', 'claim', '--branch', BRANCH, '--run-id', 'r-1', '--ttl', '1ms')
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 0 })
  })

  it('of many branches is blocked whole by one that is held', async () => {
    const desk = await aDesk()
    await aClaim(desk)
    git(desk.checkout, 'branch', 'free')

    const { exit } = desk.push('origin', BRANCH, 'free')

    expect([exit, remoteHead(desk, 'free')]).toEqual([1, null])
  })

  it('of tags and other branches is not hindered by a held one', async () => {
    const desk = await aDesk()
    await aClaim(desk)
    git(desk.checkout, 'tag', 'v1')
    expect(desk.push('origin', 'v1', `${BRANCH}:refs/heads/free`)).toMatchObject({ exit: 0 })
  })

  it('that deletes a held branch is blocked', async () => {
    const desk = await aDesk()
    desk.push('origin', BRANCH)
    await aClaim(desk)
    const before = remoteHead(desk, BRANCH)

    expect(desk.push('origin', `:${BRANCH}`)).toMatchObject({ exit: 1, said: expect.stringContaining('not deleted') })
    expect(remoteHead(desk, BRANCH)).toBe(before)
  })

  it('to another repository asks about the branch of that one', async () => {
    const desk = await aDesk()
    await aClaim(desk)
    const fork = join(desk.folder, 'fork.git')
    execFileSync('git', ['init', '--quiet', '--bare', fork])

    expect(desk.push(fork, BRANCH)).toMatchObject({ exit: 0 })
    await desk.call('ownership', 'claim', '--repo', slugOfUrl(fork) ?? '', '--branch', 'other', '--run-id', 'r-2')
    expect(desk.push(fork, `${BRANCH}:refs/heads/other`)).toMatchObject({ exit: 1 })
  })

  it('to a repository that was renamed since the claim is blocked all the same', async () => {
    const desk = await aDesk()
    await aClaim(desk)
    const renamed = join(desk.folder, 'renamed.git')
    renameSync(desk.remote, renamed)
    git(desk.checkout, 'remote', 'set-url', 'origin', renamed)
    expect(desk.push('origin', BRANCH), 'before the new name is known').toMatchObject({ exit: 0 })

    const name = { host: 'github.com', repo: slugOfUrl(renamed) ?? '' }
    const { store } = await openOwnership(
      { ...name, branch: BRANCH },
      {},
      aContext({ cwd: desk.checkout, env: desk.env }),
    )
    await writeAlias({ name, former: desk.repo, repositoryId: 'R_1' }, store)

    expect(desk.push('origin', `${BRANCH}:refs/heads/free`)).toMatchObject({ exit: 0 })
    commit(desk.checkout, { 'app.txt': 'more\n' })
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 1, said: expect.stringContaining('run r-1 holds') })
  })

  it('goes past the hook when git is told to skip hooks', async () => {
    const desk = await aDesk()
    await aClaim(desk)
    expect(desk.push('--no-verify', 'origin', BRANCH)).toMatchObject({ exit: 0 })
  })
})

describe('a change that its holder announced', () => {
  async function announced(desk: Desk, change: { before: string | null; after: string }, token?: number) {
    await desk.call('ownership', 'claim', '--issue', '12', '--run-id', 'r-1')
    await aClaim(desk)
    const target = { host: 'github.com', repo: desk.repo, number: 12 }
    const ownership = await openOwnership(target, {}, aContext({ cwd: desk.checkout, env: desk.env }))
    const effect = {
      kind: 'git_push',
      key: `git_push:${BRANCH}:${change.before ?? 'new'}:${change.after}`,
      level: 'pinned',
      params: null,
      deadlineMs: 1,
    } as const
    const noted = await guardedUpdate(
      target,
      { runId: 'r-1', token: 1 },
      (work, now) => {
        const { work: next, entry } = announce(parseWork(work), effect, { runId: 'r-1', token: token ?? 1 }, now)
        return { work: next, entry, result: null }
      },
      ownership,
    )
    expect([noted.ok, (await readOwnership(target, ownership)).holder?.runId]).toEqual([true, 'r-1'])
  }

  it('passes', async () => {
    const desk = await aDesk()
    await announced(desk, { before: null, after: git(desk.checkout, 'rev-parse', BRANCH) })
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 0 })
  })

  it('passes for exactly these two heads and no other', async () => {
    const desk = await aDesk()
    await announced(desk, { before: null, after: git(desk.checkout, 'rev-parse', BRANCH) })
    commit(desk.checkout, { 'app.txt': 'more\n' })
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 1 })
  })

  it('is worth nothing when an earlier claim of the run announced it', async () => {
    const desk = await aDesk()
    await announced(desk, { before: null, after: git(desk.checkout, 'rev-parse', BRANCH) }, 0)
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 1 })
  })
})

describe('where records are refs of the same remote', () => {
  /** The next version of the branch's record, as a raw commit on top of the current one. */
  function nextRecord({ checkout }: Desk): { ref: string; before: string; after: string } {
    const [line = ''] = git(checkout, 'ls-remote', 'origin', 'refs/dev-loops/records/*').split('\n')
    const [before = '', ref = ''] = line.split('\t')
    expect(ref).toContain('/branch/')
    git(checkout, 'fetch', '--quiet', 'origin', ref)
    return { ref, before, after: git(checkout, 'commit-tree', '-p', before, '-m', 'renewed', `${before}^{tree}`) }
  }

  it('a held branch passes together with its record, and not alone', async () => {
    const desk = await aDesk({ store: 'git' })
    await aClaim(desk)
    const { ref, after } = nextRecord(desk)

    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 1, said: expect.stringContaining('r-1') })
    expect(desk.push('--atomic', 'origin', BRANCH, `${after}:${ref}`)).toMatchObject({ exit: 0 })
  })

  it('a record is not deleted', async () => {
    const desk = await aDesk({ store: 'git' })
    await aClaim(desk)
    const { ref, before } = nextRecord(desk)

    expect(desk.push('origin', `:${ref}`)).toMatchObject({ exit: 1, said: expect.stringContaining('a record of') })
    expect(git(desk.checkout, 'ls-remote', 'origin', ref)).toContain(before)
  })

  it('a push to a repository that this clone has no remote for passes', async () => {
    const desk = await aDesk({ store: 'git' })
    await aClaim(desk)
    const mirror = join(desk.folder, 'mirror.git')
    execFileSync('git', ['init', '--quiet', '--bare', mirror])
    expect(desk.push(mirror, BRANCH)).toMatchObject({ exit: 0 })
  })

  it('nothing passes while that remote does not answer', async () => {
    const desk = await aDesk({ store: 'git' })
    const mirror = join(desk.folder, 'mirror.git')
    execFileSync('git', ['init', '--quiet', '--bare', mirror])
    renameSync(desk.remote, `${desk.remote}.gone`)
    expect(desk.push(mirror, BRANCH)).toMatchObject({ exit: 1, said: expect.stringContaining('did not answer') })
  })
})

describe('what the hook cannot know', () => {
  it.each<[string, (desk: Desk) => void]>([
    ['the record cannot be read', damageRecords],
    ['the configuration cannot be read', ({ checkout }) => writeFileSync(join(checkout, '.devloops'), 'stateDir: [\n')],
    ['node is gone', (desk) => editHook(desk, process.execPath, '/nowhere/node')],
    ['the bundle is gone', (desk) => editHook(desk, 'dev-loops.mjs', 'gone.mjs')],
    ['the bundle is broken', (desk) => editHook(desk, /'[^']*dev-loops\.mjs'/, `'${join(desk.checkout, 'app.txt')}'`)],
  ])('blocks a push to a free branch when %s', async (_, breakIt) => {
    const desk = await aDesk()
    await aClaim(desk)
    await desk.call('ownership', 'release', '--branch', BRANCH, '--run-id', 'r-1')
    breakIt(desk)

    const { exit } = desk.push('origin', BRANCH)

    expect([exit, remoteHead(desk, BRANCH)]).toEqual([1, null])
  })

  it('ends the hook in the code that blocks', async () => {
    const desk = await aDesk()
    editHook(desk, process.execPath, '/nowhere/node')
    const hook = join(desk.checkout, '.git', 'hooks', 'pre-push')
    const ran = spawnSync(hook, ['origin', desk.remote], { cwd: desk.checkout, env: desk.env, input: '' })
    expect([ran.status, String(ran.stderr)]).toEqual([2, expect.stringContaining('run dev-loops hooks install again')])
  })

  it.each([
    ['no ref line', 'nonsense\n'],
    ['a line that was cut off', `refs/heads/x ${'a'.repeat(40)} refs/heads/x ${'0'.repeat(39)}`],
    ['more than is read', `refs/heads/x ${'a'.repeat(40)} refs/heads/x ${'0'.repeat(40)}\n`.repeat(12_000)],
  ])('is refused when the hook is given %s', async (_, stdin) => {
    const { checkout, env } = await aDesk()
    const context = aContext({ cwd: checkout, env, stdin })
    const { answer } = await context.execute(['hooks', 'pre-push', '--url', 'https://github.com/acme/api'], context)
    expect(answer).toMatchObject({ ok: false, error: 'git_failed' })
  })

  it('is where the records are, unless it was told at its installation', async () => {
    const records = "the team's records"
    const desk = await aDesk({ install: ['--state-dir', records] })
    await desk.call('ownership', 'claim', '--branch', BRANCH, '--run-id', 'r-1', '--state-dir', records)
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 1 })
  })
})

describe('a hook that was there before', () => {
  const NOTES = '#!/bin/sh\nprintf "%s|" "$@" > seen; cat >> seen\n'

  async function withHook(text: string): Promise<Desk> {
    const desk = await aDesk()
    await desk.call('hooks', 'uninstall')
    const hook = join(desk.checkout, '.git', 'hooks', 'pre-push')
    mkdirSync(join(hook, '..'), { recursive: true })
    writeFileSync(hook, text)
    chmodSync(hook, 0o755)
    await desk.call('hooks', 'install')
    return desk
  }

  it('is given the same arguments and the same lines', async () => {
    const desk = await withHook(NOTES)
    const head = git(desk.checkout, 'rev-parse', BRANCH)

    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 0 })

    const line = `refs/heads/${BRANCH} ${head} refs/heads/${BRANCH} ${'0'.repeat(40)}\n`
    expect(readFileSync(join(desk.checkout, 'seen'), 'utf8')).toBe(`origin|${desk.remote}|${line}`)
  })

  it('that refuses is obeyed', async () => {
    const desk = await withHook('#!/bin/sh\necho no >&2\nexit 7\n')
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 1, said: expect.stringContaining('no\n') })
    expect(remoteHead(desk, BRANCH)).toBeNull()
  })

  it('that reads nothing does not hinder a push', async () => {
    const desk = await withHook('#!/bin/sh\nexit 0\n')
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 0 })
  })

  it('that agrees does not open a held branch', async () => {
    const desk = await withHook('#!/bin/sh\nexit 0\n')
    await aClaim(desk)
    expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 1 })
  })
})

it('works from a folder whose name a shell would take apart', async () => {
  const desk = await aDesk({ inFolder: `it's a "folder" $HOME \`x\`` })
  expect(desk.push('origin', `${BRANCH}:refs/heads/free`)).toMatchObject({ exit: 0 })
  await aClaim(desk)
  expect(desk.push('origin', BRANCH)).toMatchObject({ exit: 1, said: expect.stringContaining('r-1') })
})

function damageRecords({ checkout }: Desk): void {
  const records = join(checkout, '.git', 'dev-loops')
  const files = readdirSync(records, { recursive: true, encoding: 'utf8' }).filter((name) => /data\./.test(name))
  expect(files.length).toBeGreaterThan(0)
  for (const name of files) writeFileSync(join(records, name), '{')
}

function editHook({ checkout }: Desk, from: string | RegExp, to: string): void {
  const hook = join(checkout, '.git', 'hooks', 'pre-push')
  const text = readFileSync(hook, 'utf8')
  expect(existsSync(hook) && text.replace(from, to) !== text).toBe(true)
  writeFileSync(hook, text.replace(from, to))
}
