import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chooseArchived } from '../../../lib/command/store/choose-archived.ts'
import { emptyRecord } from '../../../lib/ownership/record.ts'
import { openGitStore } from '../../../lib/store/git/open-git-store.ts'
import type { Target } from '../../../lib/target.ts'
import { makeWorld, runGit, type World } from '../../store/git/world.ts'
import { aContext } from '../../support/context.ts'

let world: World
let env: Record<string, string>

beforeEach(() => {
  world = makeWorld('acme/api')
  env = { HOME: world.folder, PATH: process.env.PATH ?? '', GH_CONFIG_DIR: world.folder, DEV_LOOPS_STORE: 'git' }
})
afterEach(() => world.close())

const aClaim = {
  runId: 'a',
  claimedAt: null,
  updatedAt: null,
  token: 1,
  lease: null,
  process: null,
  branch: null,
  stop: null,
} as const

function listedFree(target: Target) {
  return { key: 'k', target, record: { ...emptyRecord(target), token: 1 }, version: 'v', holder: null, problem: null }
}

/** As a machine of its own: a clone, with the records' cache in it. */
function machine(name: string) {
  const cwd = join(world.folder, name)
  runGit(world.folder, ['clone', '--quiet', world.url, cwd])
  return (line: string, more: Record<string, string> = {}) => {
    return aContext({ cwd, env: { ...env, ...more } }).execute(line.split(' '))
  }
}

describe('a store that all machines share', () => {
  it('refuses a second machine, and lets it take over what was given back', async () => {
    const [one, two] = [machine('one'), machine('two')]
    await one('ownership claim --issue 12 --run-id a')
    expect(await two('ownership claim --issue 12 --run-id b')).toMatchObject({
      exit: 3,
      answer: { error: 'active_run_exists', holder: { runId: 'a' }, scope: 'every_machine' },
    })
    await one('ownership release --issue 12 --run-id a')
    expect(await two('ownership claim --issue 12 --run-id b')).toMatchObject({ exit: 0, answer: { token: 2 } })
    expect(await one('ownership assert --issue 12 --run-id a')).toMatchObject({ answer: { error: 'ownership_lost' } })
  })

  it('is not mistaken for files when the configuration cannot be read', async () => {
    const one = machine('one')
    expect(await one('ownership claim --issue 12 --run-id a', { DEV_LOOPS_STORE: 'gti' })).toMatchObject({
      exit: 2,
      answer: { error: 'config_invalid' },
    })
  })

  it('needs a remote that is the repository of the target', async () => {
    expect(await machine('one')('ownership claim --repo other/repo --issue 12 --run-id a')).toMatchObject({
      exit: 2,
      answer: { error: 'not_a_checkout', message: expect.stringContaining('git+<address>') },
    })
  })
})

describe('store status', () => {
  it('says what a git store protects and enforces, and how full it is', async () => {
    const one = machine('one')
    await one('ownership claim --issue 12 --run-id a')
    expect(await one('store status')).toMatchObject({
      exit: 0,
      answer: { kind: 'git', location: world.url, scope: 'every_machine', pushes: 'fenced', live: 1, archived: 0 },
    })
  })

  it('promises no fenced pushes where the remote cannot change two refs in one step', async () => {
    world.git('config', 'receive.advertiseAtomic', 'false')
    expect(await machine('one')('store status')).toMatchObject({ answer: { pushes: 'pinned', atomicPushes: false } })
  })

  it('promises no fenced pushes where the records are in another repository', async () => {
    const elsewhere = join(world.folder, 'elsewhere.git')
    runGit(world.folder, ['init', '--quiet', '--bare', elsewhere])
    const answer = await machine('one')('store status', { DEV_LOOPS_STORE: `git+${elsewhere}` })
    expect(answer).toMatchObject({ answer: { location: elsewhere, pushes: 'pinned', atomicPushes: true } })
  })

  it('recommends the git store where the disk ends with the job', async () => {
    const answer = await machine('one')('store status', { DEV_LOOPS_STORE: 'files', CI: 'true' })
    expect(answer).toMatchObject({
      answer: { kind: 'files', scope: 'clone', advice: expect.stringContaining('store: git') },
    })
  })
})

describe('store compact', () => {
  const before = 'ownership claim --branch gone --run-id a'

  it('archives what is free and whose branch has gone, and says before what it would do', async () => {
    const one = machine('one')
    await one(before)
    await one('ownership release --branch gone --run-id a')
    await one('ownership claim --branch held --run-id a')

    const targets = ['acme/api/branch/gone']
    expect(await one('store compact --dry-run')).toMatchObject({ answer: { status: 'planned', targets, live: 2 } })
    expect(await one('store status')).toMatchObject({ answer: { live: 2, archived: 0 } })
    expect(await one('store compact')).toMatchObject({ answer: { status: 'archived', targets, left: [], live: 1 } })
    expect(await one('store status')).toMatchObject({ answer: { live: 1, archived: 1 } })
    expect(await machine('two')('ownership claim --branch gone --run-id b')).toMatchObject({ answer: { token: 2 } })
  })

  it('leaves what it archived in the list of owners, for who asks for it', async () => {
    const one = machine('one')
    for (const line of ['claim', 'release']) await one(`ownership ${line} --branch gone --run-id a`)
    await one('ownership claim --branch held --run-id a')
    await one('store compact')
    const held = { target: 'acme/api@held', archived: false }
    const free = { target: 'acme/api@gone', holder: null, archived: true }
    for (const all of ['', ' --all']) {
      expect(await one(`ownership list${all}`)).toMatchObject({ answer: { owners: [held], total: 1 } })
      expect(await one(`ownership list --archived${all}`)).toMatchObject({ answer: { owners: [held, free], total: 2 } })
    }
    expect(await machine('two')('ownership status --branch gone')).toMatchObject({ exit: 0 })
    await one('ownership claim --branch gone --run-id b')
    expect(await one('ownership list --archived')).toMatchObject({ answer: { owners: [{ token: 2 }, held], total: 2 } })
  })

  it('keeps numbers when it cannot learn which are open, and says why', async () => {
    const one = machine('one')
    await one('ownership claim --issue 12 --run-id a')
    await one('ownership release --issue 12 --run-id a')
    expect(await one('store compact')).toMatchObject({
      exit: 0,
      answer: { status: 'nothing_to_do', live: 1, warnings: [expect.stringContaining('no token')] },
    })
  })

  it('has nothing to do in a store of files', async () => {
    const answer = await machine('one')('store compact', { DEV_LOOPS_STORE: 'files' })
    expect(answer).toMatchObject({ exit: 0, answer: { status: 'nothing_to_do' } })
  })
})

describe('which records are over', () => {
  const target = { host: 'h.example', repo: 'acme/api' }
  const open = { openNumbers: new Set([1]), branches: new Set(['main']) }
  const cases = [
    [{ ...target, number: 2 }, open, true],
    [{ ...target, number: 1 }, open, false],
    [{ ...target, number: 2 }, { ...open, openNumbers: null }, false],
    [{ ...target, branch: 'gone' }, open, true],
    [{ ...target, branch: 'main' }, open, false],
    [{ ...target, branch: 'gone' }, { ...open, branches: null }, false],
    [{ ...target, lease: 'conductor' }, open, false],
  ] as const

  it.each(cases)('%j, when open is %j: %j', (about, known, expected) => {
    const listed = [{ ...listedFree(about), key: 'k' }]
    expect(chooseArchived(listed, known)).toEqual(expected ? [{ key: 'k', version: 'v' }] : [])
  })

  it('leaves alone what somebody holds, and what cannot be read', () => {
    const free = listedFree({ ...target, number: 2 })
    const held = { ...free, record: { ...free.record, activeRun: aClaim } }
    const unread = { ...free, record: null, version: null, problem: 'damaged' }
    expect(chooseArchived([held, unread], open)).toEqual([])
  })
})

describe('store check', () => {
  it('finds a store whole, archived records too', async () => {
    const one = machine('one')
    for (const run of ['a', 'b']) {
      await one(`ownership claim --branch gone --run-id ${run}`)
      await one(`ownership release --branch gone --run-id ${run}`)
      await one('store compact')
    }
    await one('ownership claim --issue 12 --run-id a')
    expect(await machine('two')('store check')).toMatchObject({ exit: 0, answer: { status: 'whole', records: 2 } })
  })

  it('names a record that somebody overwrote, and not the others', async () => {
    const one = machine('one')
    await one('ownership claim --issue 12 --run-id a')
    await one('ownership claim --issue 13 --run-id a')
    const ref = 'refs/dev-loops/records/github.com/acme/api/number/13/=head'
    world.git('update-ref', ref, world.git('commit-tree', '-m', 'nonsense', world.git('rev-parse', `${ref}^{tree}`)))

    expect(await one('store check')).toMatchObject({
      exit: 5,
      answer: { error: 'state_unreadable', records: 2, damaged: [{ key: 'github.com/acme/api/number/13' }] },
    })
    expect(await one('ownership list')).toMatchObject({
      answer: { owners: [{ target: 'acme/api#12' }, { problem: expect.stringContaining(ref) }] },
    })
  })

  it('names a journal with a gap', async () => {
    const store = openGitStore({ url: world.url, folder: join(world.folder, 'cache') })
    await store.compareAndSwap('k', null, 1, 'first')
    const ref = 'refs/dev-loops/records/k/=head'
    const later = world.git('log', '-1', '--format=%B', ref).replace('sequence 1', 'sequence 3')
    world.git('update-ref', ref, world.git('commit-tree', '-m', later, '-p', ref, `${ref}^{tree}`))
    expect((await store.care?.check(''))?.damaged).toMatchObject([{ key: 'k', problem: { code: 'state_unreadable' } }])
  })

  it('reads a store of files as well', async () => {
    const one = machine('one')
    await one('ownership claim --issue 12 --run-id a', { DEV_LOOPS_STORE: 'files' })
    expect(await one('store check', { DEV_LOOPS_STORE: 'files' })).toMatchObject({
      answer: { status: 'whole', records: 1 },
    })
  })
})
