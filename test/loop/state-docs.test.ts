import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { STATES_FILE, stateDocs } from '../../build/state-docs.ts'

it('docs/states.md is what the tables give', () => {
  expect(readFileSync(new URL(`../../${STATES_FILE}`, import.meta.url), 'utf8')).toBe(stateDocs())
})
