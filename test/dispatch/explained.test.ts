import { expect, it } from 'vitest'
import { describeExplained, explainDecision } from '../../lib/dispatch/explained.ts'
import { anInput, anIntent, aWork, NOW, pullRequestFacts } from '../loop/build.ts'

it('of an effect in doubt, tells until when it is waited for, and that it is looked for then', () => {
  const at = { bootId: 'b', monotonicMs: 0, wallMs: NOW - 10_000 }
  const work = aWork({ intents: [anIntent({ token: 3, at, deadlineMs: 30_000 })] })
  const told = describeExplained(explainDecision(anInput({ work })))
  expect(told).toContain('until     effect settled; at 2026-03-01T12:00:20.000Z at the latest')
  expect(told).toContain('then      recover, by command: look whether what was announced was made')
})

it('of what only GraphQL can tell, tells when to ask again', () => {
  const facts = pullRequestFacts({ threads: { items: [], total: null, complete: false } })
  const source = { via: 'rest' as const, unproved: ['threads' as const], wholeAt: '2026-03-01T12:30:00Z' }
  const told = describeExplained(explainDecision(anInput({ facts: { ...facts, source } })))
  expect(told).toContain('at 2026-03-01T12:30:00.000Z at the latest')
  expect(told).toContain('then      ask_again, by command: ask again; GitHub answers by then')
})
