/**
 * docs/walkthrough.md, as a reader would paste it, against the real command line and a real forge.
 *
 * `dev-loops` on the path is a small recorder: it notes each call and, for `next`, what it printed. So it
 * can be shown that the page runs nothing but what the question before told it to.
 */
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { absolutePath, fencedBlocks, page } from '../docs/markdown.ts'

const MINUTE = 60_000

interface Call {
  readonly words: readonly string[]
  readonly exit: number
  readonly answer: { readonly command?: readonly string[]; readonly actor?: string; readonly state?: string } | null
}

/** Keeps the exit code and both streams; a call that is still running (the forge) leaves no note. */
const RECORDER = `
import { spawnSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
const words = process.argv.slice(2)
const { status, stdout } = spawnSync(process.execPath, [process.env.WALK_CLI, ...words], {
  encoding: 'utf8', stdio: ['inherit', 'pipe', 'inherit'],
})
const answer = stdout.startsWith('{') ? JSON.parse(stdout) : null
appendFileSync(process.env.WALK_CALLS, JSON.stringify({ words, exit: status, answer }) + '\\n')
process.stdout.write(stdout)
process.exitCode = status ?? 1
`

let folder: string
let calls: readonly Call[]

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'dev-loops-walkthrough-')))
  await writeFile(join(folder, 'recorder.mjs'), RECORDER)
  // The forge is replaced by exec, so that the page's own kill reaches it.
  const script = `#!/bin/sh
if [ "$1" = forge ]; then exec "${process.execPath}" "$WALK_CLI" "$@"; fi
exec "${process.execPath}" "${join(folder, 'recorder.mjs')}" "$@"
`
  await writeFile(join(folder, 'dev-loops'), script)
  await chmod(join(folder, 'dev-loops'), 0o755)
  await walk(folder)
  const lines = (await readFile(join(folder, 'calls.jsonl'), 'utf8')).trim().split('\n')
  calls = lines.map((line): Call => JSON.parse(line))
}, 5 * MINUTE)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** One bash for the whole page; what it left running ends with it. */
async function walk(cwd: string): Promise<void> {
  const blocks = fencedBlocks(page('docs/walkthrough.md')).filter(({ language }) => language === 'sh')
  const script = ['set -e', "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", ...blocks.map(({ text }) => text)]
  const env = {
    PATH: `${cwd}${delimiter}${process.env.PATH}`,
    HOME: cwd,
    DEV_LOOPS_HOME: absolutePath('.'),
    DEV_LOOPS_WAIT_POLL_INTERVAL: '1s',
    WALK_CLI: absolutePath('dist/cli/dev-loops.mjs'),
    WALK_CALLS: join(cwd, 'calls.jsonl'),
  }
  await promisify(execFile)('bash', ['-c', script.join('\n')], { cwd, env, timeout: 4 * MINUTE, maxBuffer: 1 << 26 })
}

describe('the walkthrough', () => {
  it('ends with a pull request that the forge merged, once, and with everything given back', async () => {
    const effects = (await readFile(join(folder, 'forge', 'effects.jsonl'), 'utf8')).trim().split('\n')
    const merges = effects.map((line) => JSON.parse(line)).filter(({ kind, ok }) => ok && kind === 'mergePullRequest')

    expect(merges).toHaveLength(1)
    expect(calls.at(-1)).toMatchObject({ words: ['next', '--issue', '1'], exit: 0, answer: { actor: 'done' } })
  })

  it('is refused nothing on the way', () => {
    const failed = calls.filter(({ words, exit }) => exit !== 0 && !(words[0] === 'next' && exit === 4))

    expect(failed).toEqual([])
  })

  it('runs only commands that the question before printed, beside reading and answering threads', () => {
    let printed: readonly string[] | undefined
    for (const { words, answer } of calls) {
      if (words[0] === 'next') printed = answer?.command
      else if (words[0] !== 'threads' || words[1] === 'resolve') expect(['dev-loops', ...words]).toEqual(printed)
    }
  })
})
