/** "Understand an answer" of the README, as somebody would do it who has nothing else. */
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeExplained, type Explained } from '../../lib/dispatch/explained.ts'
import { absolutePath, fencedBlocks, page } from '../docs/markdown.ts'

const MINUTE = 60_000
const README = page('README.md').text
const SECTION = README.slice(README.indexOf('## Understand an answer'), README.indexOf('## First steps'))
const [doing, shown] = fencedBlocks({ path: 'README.md', text: SECTION })
const SAVED = [
  'dev-loops next --issue 1 --save-facts seen.json',
  'GH_TOKEN= dev-loops next --facts seen.json',
  'GH_TOKEN= dev-loops explain --facts seen.json',
]

let folder: string
/** One for each question, in the order of the page. */
let answers: readonly string[]

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'dev-loops-readme-')))
  const cli = absolutePath('dist/cli/dev-loops.cjs')
  await writeFile(join(folder, 'dev-loops'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`)
  await chmod(join(folder, 'dev-loops'), 0o755)
  const script = ['set -e', "trap 'kill $(jobs -p)' EXIT", doing?.text ?? '', ...SAVED].join('\n')
  const env = { PATH: `${folder}${delimiter}${process.env.PATH}`, HOME: folder }
  const ran = await promisify(execFile)('bash', ['-c', script], { cwd: folder, env, timeout: MINUTE })
  answers = ran.stdout.trim().split('\n')
}, 2 * MINUTE)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

it('the README shows what `explain` says on the demo’s repository', () => {
  const answer: Explained = JSON.parse(answers[0] ?? '')
  expect(`${describeExplained(answer)}\n`).toBe(shown?.text)
})

it('saved facts give the same answers, without a token', () => {
  const [explained, asked, again, explainedAgain] = answers.map((line) => JSON.parse(line))
  const { state, step, command } = explained
  for (const other of [asked, again, explainedAgain]) expect(other).toMatchObject({ state, step, command })
  expect(explainedAgain.otherwise).toEqual(explained.otherwise)
})
