/** `loop-state 16.<n>` in the name of a test: it brings back a failure that the predecessor was seen to have. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const TESTS = new URL('../', import.meta.url)
const REPRODUCED = Array.from({ length: 38 }, (_, index) => index + 1)

it('each of the 38 failures of the loop state that were reproduced has a test that names it', () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
  const text = files.map((file) => readFileSync(new URL(file, TESTS), 'utf8')).join('\n')
  const named = new Set([...text.matchAll(/'loop-state 16\.(\d+): /g)].map(([, number]) => Number(number)))
  expect(REPRODUCED.filter((number) => !named.has(number))).toEqual([])
})
