import { describe, expect, it } from 'vitest'
import { aliasKey, writeAlias } from '../../lib/ownership/alias.ts'
import { listOwnership } from '../../lib/ownership/list.ts'
import {
  assertTarget,
  claimTarget,
  guardedUpdate,
  type OwnershipContext,
  readOwnership,
  releaseTarget,
  renewTarget,
} from '../../lib/ownership/service.ts'
import { openMemoryStore } from '../../lib/store/memory.ts'
import { targetKey } from '../../lib/target.ts'

const HOST = { machineId: 'm', bootId: 'b', pidNamespace: 'p' }
const OLD = { host: 'github.com', repo: 'acme/old' }
const NEW = { host: 'github.com', repo: 'acme/new' }
const RENAMED = { name: NEW, former: OLD.repo, repositoryId: 'R_1' }

async function renamed(): Promise<OwnershipContext> {
  const context = { store: openMemoryStore(), host: HOST }
  await claimTarget({ ...OLD, number: 88 }, { runId: 'r-1', mode: 'claim' }, context)
  expect(await writeAlias(RENAMED, context.store)).toBe(true)
  return context
}

describe('a target of a renamed repository', () => {
  it('has one owner under both names', async () => {
    const context = await renamed()
    const stranger = { runId: 'r-2', mode: 'claim' } as const
    const refused = { ok: false, error: 'active_run_exists', holder: { runId: 'r-1' } }
    expect(await claimTarget({ ...NEW, number: 88 }, stranger, context)).toMatchObject(refused)
    expect(await claimTarget({ ...OLD, number: 88 }, stranger, context)).toMatchObject(refused)
    expect(await readOwnership({ ...NEW, number: 88 }, context)).toMatchObject({ holder: { runId: 'r-1', token: 1 } })
  })

  it('is held on, worked on and given back under either name', async () => {
    const context = await renamed()
    const target = { ...NEW, number: 88 }
    expect(await renewTarget(target, { runId: 'r-1' }, context)).toMatchObject({ ok: true })
    expect(await assertTarget(target, { runId: 'r-1' }, context)).toMatchObject({ ok: true })
    const noted = await guardedUpdate(
      target,
      { runId: 'r-1', token: 1 },
      () => ({ work: 'noted', entry: 'noted', result: null }),
      context,
    )
    expect(noted).toMatchObject({ ok: true })
    expect((await readOwnership({ ...OLD, number: 88 }, context)).record).toMatchObject({ work: 'noted' })
    expect(await releaseTarget(target, { runId: 'r-1' }, context)).toMatchObject({ ok: true, status: 'released' })
    expect((await readOwnership({ ...OLD, number: 88 }, context)).holder).toBeNull()
  })

  it('is recorded under the first name also when nobody worked on it before', async () => {
    const context = await renamed()
    await claimTarget({ ...NEW, branch: 'main' }, { runId: 'r-1', mode: 'claim' }, context)
    expect(await context.store.read(targetKey({ ...NEW, branch: 'main' }))).toBeNull()
    expect((await readOwnership({ ...OLD, branch: 'main' }, context)).holder).toMatchObject({ runId: 'r-1' })
  })

  it('keeps the record that the new name had already', async () => {
    const context = { store: openMemoryStore(), host: HOST }
    await claimTarget({ ...NEW, number: 7 }, { runId: 'r-7', mode: 'claim' }, context)
    await writeAlias(RENAMED, context.store)
    expect((await readOwnership({ ...NEW, number: 7 }, context)).holder).toMatchObject({ runId: 'r-7' })
  })

  it('is listed once, and under its new name too', async () => {
    const context = await renamed()
    for (const prefix of ['', 'github.com/acme/new/', 'github.com/acme/old/']) {
      const listed = await listOwnership(prefix, context)
      expect(
        listed.map(({ key, problem }) => [key, problem]),
        prefix,
      ).toEqual([['github.com/acme/old/number/88', null]])
    }
  })
})

describe('an alias', () => {
  it('is not written to a name that is an alias itself, nor to its own, nor twice', async () => {
    const { store } = await renamed()
    expect(await writeAlias({ ...RENAMED, name: OLD, former: NEW.repo }, store)).toBe(false)
    expect(await writeAlias({ ...RENAMED, former: NEW.repo }, store)).toBe(false)
    expect(await writeAlias(RENAMED, store)).toBe(false)
  })

  it.each([
    ['leads back', { schemaVersion: 1, aliasOf: 'acme/new' }],
    ['leads on to a third name', { schemaVersion: 1, aliasOf: 'acme/third' }],
  ])('that %s is refused, and nobody is given the target', async (_name, second) => {
    const context = await renamed()
    await context.store.compareAndSwap(aliasKey(OLD), null, { ...second, repositoryId: 'R_1' }, null)
    const claim = claimTarget({ ...NEW, number: 99 }, { runId: 'r-2', mode: 'claim' }, context)
    await expect(claim).rejects.toMatchObject({ code: 'state_unreadable' })
  })

  it.each([['nothing'], [{ schemaVersion: 2, aliasOf: 'acme/old' }], [{ schemaVersion: 1, aliasOf: '../x' }], [null]])(
    'that cannot be understood is refused: %j',
    async (value) => {
      const context = { store: openMemoryStore(), host: HOST }
      await context.store.compareAndSwap(aliasKey(NEW), null, value, null)
      await expect(readOwnership({ ...NEW, number: 1 }, context)).rejects.toMatchObject({ code: 'state_unreadable' })
    },
  )
})
