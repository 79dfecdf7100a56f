/**
 * The demo's repository: a small library whose test for one case fails, and the issue that says so.
 */
import { type Seed, USUAL_ACCOUNTS } from './seed.ts'

const PACKAGE = `{
  "name": "parcel-price",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "exports": "./src/price.js",
  "scripts": { "test": "node --test" }
}
`

const PRICE = `// What it costs to send a parcel, in cents.

export function price(weightGrams) {
  if (weightGrams < 2000) return 499
  if (weightGrams < 10000) return 949
  return 1849
}
`

const TEST = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { price } from '../src/price.js'

test('a light parcel has the small price', () => {
  assert.equal(price(500), 499)
})

test('a parcel of exactly two kilograms still has the small price', () => {
  assert.equal(price(2000), 499)
})

test('a parcel of exactly ten kilograms still has the middle price', () => {
  assert.equal(price(10000), 949)
})

test('a heavy parcel has the large price', () => {
  assert.equal(price(12000), 1849)
})
`

const README = `# parcel-price

\`price(weightGrams)\` answers what it costs to send a parcel, in cents.

| up to | price |
|---|---|
| 2 kg | 499 |
| 10 kg | 949 |
| more | 1849 |
`

const POLICY = `version: 1
review:
  reviewer: copilot
gates:
  draft:
    minimumAssurance: separate_run
  preApproval:
    minimumAssurance: separate_run
autonomy:
  stopAt: []
trust:
  accounts: [gatekeeper]
checks:
  command: [node, --test]
  grace: 2s
merge:
  method: squash
`

const ISSUE = `The price list says "up to 2 kg" and "up to 10 kg", but a parcel of exactly 2 kg or exactly 10 kg is charged
the next higher price. The test suite shows it.

- [ ] A parcel of exactly 2 kg costs 499, one of exactly 10 kg costs 949.
- [ ] A weight that is not a positive number is refused with a \`RangeError\` instead of being given a price.
`

export const demo: Seed = {
  name: 'demo',
  repo: 'acme/parcel-price',
  accounts: USUAL_ACCOUNTS,
  files: {
    '.devloops': POLICY,
    'package.json': PACKAGE,
    'README.md': README,
    'src/price.js': PRICE,
    'test/price.test.js': TEST,
  },
  issues: [{ title: 'Parcels at the limit of a price are charged too much', body: ISSUE, labels: ['bug'] }],
  labels: ['bug', 'enhancement'],
  reviewer: {
    login: USUAL_ACCOUNTS.reviewer.login,
    delayMs: 500,
    rounds: [
      {
        state: 'COMMENTED',
        body: 'Two remarks; the rest looks right.',
        remarks: [
          {
            path: 'src/price.js',
            line: 4,
            body: 'This limit is a bare number and it is used again in the README. Give it a name, please: a wrong limit here would be a silent bug.',
          },
          {
            path: 'src/price.js',
            line: 1,
            body: 'The comment does not say what happens to a weight of zero or less. State the contract.',
          },
        ],
      },
      { state: 'COMMENTED', body: 'Both remarks are settled. Nothing further.', remarks: [] },
    ],
  },
}
