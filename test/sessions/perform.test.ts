/**
 * One effect, exactly once: what is written down before it, what is looked up, and what each kind of failure
 * leaves behind.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import { DevLoopsError } from '../../lib/errors.ts'
import { claimTarget, type OwnershipContext, readOwnership, signalExit } from '../../lib/ownership/service.ts'
import type { Effect } from '../../lib/sessions/effect.ts'
import { changeWork, type EffectContext, performEffect } from '../../lib/sessions/perform.ts'
import { type Intent, parseWork } from '../../lib/sessions/work.ts'
import type { Json } from '../../lib/store/store.ts'
import { aClock, anOwnership, type Clock, PR } from '../ownership/support.ts'

let clock: Clock
let ownership: OwnershipContext
let context: EffectContext
/** What happened outside, in order. */
let calls: string[]

beforeEach(async () => {
  clock = aClock()
  ownership = anOwnership({ clock })
  calls = []
  const claimed = await claimTarget(PR, { runId: 'a', mode: 'claim', ttlMs: 90_000 }, ownership)
  context = { target: PR, runId: 'a', token: claimed.token, ownership, signal: new AbortController().signal }
})

/** A change outside that is found once it was made. */
function anEffect(change: Partial<Effect<Json>> = {}): Effect<Json> {
  return {
    kind: 'reply',
    key: 'k-1',
    level: 'checked',
    params: { thread: 't' },
    deadlineMs: 30,
    find: async () => {
      calls.push('find')
      return null
    },
    act: async () => {
      calls.push('act')
      return { id: 1 }
    },
    ...change,
  }
}

async function intents(): Promise<readonly Intent[]> {
  const { record } = await readOwnership(PR, ownership)
  return parseWork(record?.work ?? null).intents
}

const died = () => Promise.reject(new Error('the process dies here'))

describe('an effect', () => {
  it('has the level that its result names, where it is only known afterwards', async () => {
    const result = { level: 'pinned' } as const
    const effect: Effect<typeof result> = {
      ...anEffect({ level: 'fenced' }),
      find: async () => null,
      act: async () => result,
      levelOf: ({ level }) => level,
    }
    expect(await performEffect(effect, context)).toMatchObject({ ok: true, value: { action: 'made', level: 'pinned' } })
  })

  it('is announced before it is looked for, and looked for before it is made', async () => {
    const seen: unknown[] = []
    const find = async () => {
      seen.push(...(await intents()).map(({ key, kind }) => `${kind} ${key} is announced`))
      return null
    }
    expect(await performEffect(anEffect({ find }), context)).toMatchObject({ ok: true, value: { action: 'made' } })
    expect([...seen, ...calls]).toEqual(['reply k-1 is announced', 'act'])
    expect(await intents()).toEqual([])
  })

  it('that is there already is not made again', async () => {
    const done = await performEffect(anEffect({ find: async () => ({ id: 7 }) }), context)
    expect(done).toMatchObject({ ok: true, value: { action: 'found', value: { id: 7 } } })
    expect(calls).toEqual([])
  })

  it.for([
    ['intended', []],
    ['looked', ['find']],
    ['answered', ['find', 'act']],
  ] as const)('leaves its intent open when its process dies after it was %s', async ([name, before]) => {
    const dying = {
      ...context,
      onBoundary: (reached: { name: string }) => (reached.name === name ? died() : undefined),
    }
    await expect(performEffect(anEffect(), dying)).rejects.toThrow('dies here')
    expect(calls).toEqual(before)
    expect(await intents()).toMatchObject([{ key: 'k-1', runId: 'a', level: 'checked' }])
  })

  it('is not looked for again before an earlier try can no longer land', async () => {
    await expect(performEffect(anEffect({ act: died }), context)).rejects.toThrow('dies here')
    clock.advance(10)
    const startedMs = performance.now()
    let lookedAfterMs = 0
    const find = async () => {
      lookedAfterMs = performance.now() - startedMs
      return { id: 1 }
    }

    expect(await performEffect(anEffect({ find, deadlineMs: 500 }), context)).toMatchObject({
      ok: true,
      value: { action: 'found' },
    })
    // 30 ms of the first try's deadline, less the 10 that its clock has counted; timers may fire a little early.
    expect(lookedAfterMs).toBeGreaterThan(18)
    expect(await intents()).toEqual([])
  })

  it('is looked for at once when the deadline of the earlier try has passed', async () => {
    const patient = anEffect({ act: died, deadlineMs: 25_000 })
    await expect(performEffect(patient, context)).rejects.toThrow('dies here')
    clock.advance(25_000)
    expect(await performEffect(anEffect(), context)).toMatchObject({ ok: true, value: { action: 'made' } })
  })

  it('ends with the deadline that its intent names', async () => {
    const act = (signal: AbortSignal) =>
      new Promise<Json>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    await expect(performEffect(anEffect({ act }), context)).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(await intents()).toMatchObject([{ key: 'k-1' }])
  })
})

describe('a failure', () => {
  it.for(['head_moved', 'not_permitted', 'rate_limited', 'precondition_failed', 'token_rejected'] as const)(
    'that proves that nothing changed closes the intent (%s)',
    async (code) => {
      const act = () => Promise.reject(new DevLoopsError(code, 'no'))
      await expect(performEffect(anEffect({ act }), context)).rejects.toMatchObject({ code })
      expect(await intents()).toEqual([])
    },
  )

  it.for(['github_failed', 'github_unreachable', 'github_answer_invalid', 'git_failed', 'timed_out'] as const)(
    'after which the change may be there leaves it open (%s)',
    async (code) => {
      const act = () => Promise.reject(new DevLoopsError(code, 'who knows'))
      await expect(performEffect(anEffect({ act }), context)).rejects.toMatchObject({ code })
      expect(await intents()).toMatchObject([{ key: 'k-1' }])
    },
  )
})

describe('a run without the right', () => {
  it.for([
    ['to another run', { mode: 'takeover', force: true, reason: 'stuck' }, 'ownership_lost'],
    ['to its own later claim', null, 'ownership_lost'],
  ] as const)('sends nothing after it lost the target %s', async ([, takeover, error]) => {
    if (takeover) await claimTarget(PR, { runId: 'b', ttlMs: 90_000, ...takeover }, ownership)
    else context = { ...context, token: context.token - 1 }
    expect(await performEffect(anEffect(), context)).toMatchObject({ ok: false, error })
    expect(calls).toEqual([])
  })

  it('sends nothing once its lease has run out', async () => {
    clock.advance(90_001)
    expect(await performEffect(anEffect(), context)).toMatchObject({ ok: false, error: 'lease_expired' })
    expect(calls).toEqual([])
  })

  it('sends nothing when it loses the target while it looks', async () => {
    const find = async () => {
      await claimTarget(PR, { runId: 'b', mode: 'takeover', ttlMs: 1_000, force: true, reason: 'stuck' }, ownership)
      return null
    }
    expect(await performEffect(anEffect({ find }), context)).toMatchObject({ ok: false, error: 'ownership_lost' })
    expect(calls).toEqual([])
    expect(await intents()).toMatchObject([{ key: 'k-1', runId: 'a' }])
  })

  it('sends nothing once it was asked to stop, but still writes down what was made before', async () => {
    const asked = async () => {
      await signalExit(PR, { runId: 'a', reason: 'enough', requireActiveOwner: true }, ownership)
      calls.push('act')
      return { id: 1 }
    }
    expect(await performEffect(anEffect({ act: asked }), context)).toMatchObject({ ok: true })
    expect(await intents()).toEqual([])

    const next = await performEffect(anEffect({ key: 'k-2' }), context)
    expect(next).toMatchObject({ ok: false, error: 'exit_signal_recorded' })
    expect(calls).toEqual(['find', 'act'])
  })
})

it('work that another program wrote and we cannot read is named and kept', async () => {
  const unreadable = { schema: 99 } as const
  const { store } = ownership
  const key = (await store.list(''))[0] ?? ''
  const current = await store.read(key)
  if (current === null) throw new Error('the claim left no record')
  const value = { ...(current.value as { [name: string]: Json }), work: unreadable }
  await store.compareAndSwap(key, current.version, value, { type: 'tampered' })

  const changed = changeWork(context, (work) => ({ work, entry: { type: 'never' }, result: null }))
  await expect(changed).rejects.toMatchObject({ code: 'state_unreadable' })
  expect((await store.read(key))?.value).toMatchObject({ work: unreadable })
})
