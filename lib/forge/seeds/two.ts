/**
 * A second story, so that nothing is built for the first one only: other files, other remarks, a check
 * in two stages that needs two repairs, and a maintainer who pushes to the base branch in between.
 */
import { type Seed, USUAL_ACCOUNTS } from './seed.ts'

const PACKAGE = `{
  "name": "catalogue-slugs",
  "version": "0.3.0",
  "private": true,
  "type": "module"
}
`

const SLUG = `/** Turns a title into the last part of an address. */
export function slug(title) {
  return title.toLowerCase().replace(/[^a-z0-9]/g, '-')
}
`

const INDEX = `export { slug } from './slug.mjs'
`

const SPEC = `import assert from 'node:assert/strict'
import { slug } from '../lib/index.mjs'

assert.equal(slug('Blue Chair'), 'blue-chair')
assert.equal(slug('Chair, blue'), 'chair-blue', 'several marks in a row become one dash')
assert.equal(slug('  Chair!  '), 'chair', 'no dash at either end')
assert.equal(slug('Stühle'), 'stuhle', 'accents are taken off')
console.log('all titles as expected')
`

/** The second stage is reached only when the first is green, so each shows its failure on its own. */
const CHECK = `import { readFileSync, readdirSync } from 'node:fs'
import { execFileSync } from 'node:child_process'

execFileSync(process.execPath, ['spec/slug.spec.mjs'], { stdio: 'inherit' })

for (const name of readdirSync('lib')) {
  const text = readFileSync('lib/' + name, 'utf8')
  for (const match of text.matchAll(/^export function (\\w+)/gm)) {
    const before = text.slice(0, match.index).trimEnd()
    if (!before.endsWith('*/')) {
      console.error('lib/' + name + ': ' + match[1] + ' is exported without a comment that says what it promises')
      process.exitCode = 1
    }
  }
}
if (!process.exitCode) console.log('every export is described')
`

const POLICY = `version: 1
review:
  reviewer: copilot
  maxRounds: 4
gates:
  draft:
    minimumAssurance: separate_run
  preApproval:
    minimumAssurance: separate_run
autonomy:
  stopAt: []
checks:
  command: [node, tools/check.mjs]
  grace: 2s
merge:
  method: merge
`

const ISSUE = `\`slug('Chair, blue')\` gives \`chair--blue\`, \`slug('  Chair!  ')\` gives \`--chair---\`, and accents are
replaced by dashes, so two titles can get the same address. \`spec/slug.spec.mjs\` describes what we want.

Put the work with accents into a function of its own, \`plain(text)\`, and export it too: the search needs it.
`

export const two: Seed = {
  name: 'two',
  repo: 'lumen/catalogue-slugs',
  accounts: USUAL_ACCOUNTS,
  files: {
    '.devloops': POLICY,
    'package.json': PACKAGE,
    'lib/slug.mjs': SLUG,
    'lib/index.mjs': INDEX,
    'spec/slug.spec.mjs': SPEC,
    'tools/check.mjs': CHECK,
  },
  issues: [{ title: 'Addresses of titles with marks and accents are wrong', body: ISSUE }],
  labels: ['bug', 'address'],
  reviewer: {
    login: USUAL_ACCOUNTS.reviewer.login,
    delayMs: 300,
    rounds: [
      {
        state: 'COMMENTED',
        body: 'One question and one wish.',
        remarks: [
          {
            path: 'lib/index.mjs',
            line: 1,
            body: 'Is `plain` exported here as well? The issue says the search needs it.',
          },
          {
            path: 'lib/slug.mjs',
            line: 3,
            body: 'A title of marks only gives an empty address. Consider saying so in the comment.',
          },
        ],
      },
      { state: 'COMMENTED', body: 'Fine now.', remarks: [] },
    ],
  },
  mergeabilityLag: 1,
  deleteBranchOnMerge: true,
  baseMove: {
    afterChecks: 1,
    message: 'Say what the catalogue is',
    files: { 'README.md': '# catalogue-slugs\n\nAddresses for the titles in our catalogue.\n' },
  },
}
