import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readHistory, recordHistory } from '../../lib/testing/history.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-loops-history-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = () => join(folder, 'history.jsonl')

it('a call stands in the history with what it asked, what it was told, and when', async () => {
  const recorder = recordHistory<string, number>(file(), 'w')
  expect(await recorder.record('key', 'ask', async () => 7)).toBe(7)
  const [operation] = readHistory<string, number>([file()])
  expect(operation).toMatchObject({ id: 'w#1', worker: 'w', key: 'key', op: 'ask', result: 7 })
  expect(operation?.returnedAt).toBeGreaterThanOrEqual(operation?.calledAt ?? Number.NaN)
})

it('a call that fails may have happened, at any time', async () => {
  const recorder = recordHistory<string, number>(file(), 'w')
  await expect(recorder.record('key', 'ask', () => Promise.reject(new Error('cut off')))).rejects.toThrow('cut off')
  expect(readHistory([file()])).toMatchObject([
    { result: null, failure: 'cut off', returnedAt: Number.POSITIVE_INFINITY },
  ])
})

it('a call whose failure proves that nothing happened is no part of the history', async () => {
  const recorder = recordHistory<string, number>(file(), 'w', { changedNothing: () => true })
  await expect(recorder.record('key', 'ask', () => Promise.reject(new Error('full')))).rejects.toThrow()
  expect(readHistory([file()])).toEqual([])
})

it('a call of a killed process is over when the process was, and half a line is no call', () => {
  appendFileSync(
    file(),
    `${JSON.stringify({ id: 'w#1', worker: 'w', key: 'k', op: 'ask', calledAt: 5 })}\n{"id":"w#1","ret`,
  )
  expect(readHistory([file()], (worker) => (worker === 'w' ? 9 : 0))).toMatchObject([{ result: null, returnedAt: 9 }])
})
