/** The lease is kept alive beside the work, and the work ends when it cannot be. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Heartbeat, startHeartbeat } from '../../lib/dispatch/run/heartbeat.ts'
import { type DevLoopsError, StoreError } from '../../lib/errors.ts'
import { type Answer, refuse } from '../../lib/outcome.ts'
import type { Target } from '../../lib/target.ts'
import { PR } from '../ownership/support.ts'

const ISSUE = { ...PR, number: 12 }
let heartbeat: Heartbeat
let renewed: Target[]
let lost: DevLoopsError[]
let answer: () => Promise<Answer>

beforeEach(() => {
  vi.useFakeTimers()
  renewed = []
  lost = []
  answer = async () => ({ ok: true })
  heartbeat = startHeartbeat({
    everyMs: 30_000,
    ttlMs: 90_000,
    renew: (target) => {
      renewed.push(target)
      return answer()
    },
    lose: (reason) => void lost.push(reason),
    monotonicMs: () => Date.now(),
  })
})
afterEach(() => {
  heartbeat.stop()
  vi.useRealTimers()
})

describe('a heartbeat', () => {
  it('renews everything that is held, and nothing that is not', async () => {
    heartbeat.hold([PR, ISSUE])
    await vi.advanceTimersByTimeAsync(30_000)
    heartbeat.hold([ISSUE])
    await vi.advanceTimersByTimeAsync(30_000)
    heartbeat.stop()
    await vi.advanceTimersByTimeAsync(90_000)
    expect(renewed).toEqual([PR, ISSUE, ISSUE])
  })

  it('ends the work at the first refusal, once', async () => {
    heartbeat.hold([PR, ISSUE])
    answer = async () => refuse('ownership_lost', 'run b holds it')
    await vi.advanceTimersByTimeAsync(120_000)
    expect(lost).toMatchObject([{ code: 'ownership_lost' }])
    expect(renewed).toEqual([PR])
  })

  it('does not take for lost what was given back while the renewal was under way', async () => {
    heartbeat.hold([PR])
    answer = async () => {
      heartbeat.hold([])
      return refuse('ownership_missing', 'nobody holds it')
    }
    await vi.advanceTimersByTimeAsync(120_000)
    expect(lost).toEqual([])
  })

  it('bears with a store that cannot be reached until the safety margin of the lease', async () => {
    heartbeat.hold([PR])
    answer = () => Promise.reject(new StoreError('store_unavailable', 'no space left'))
    await vi.advanceTimersByTimeAsync(84_000)
    expect(lost).toEqual([])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(lost).toMatchObject([{ code: 'store_unavailable' }])
  })

  it('counts that anew from every renewal that succeeded', async () => {
    heartbeat.hold([PR])
    await vi.advanceTimersByTimeAsync(60_000)
    answer = () => Promise.reject(new StoreError('store_unavailable', 'no space left'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(lost).toEqual([])
  })
})
