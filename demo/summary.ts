/** What happened, counted from the forge's own log and from public commands. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Started } from './forge-process.ts'
import { CLI } from './setting.ts'

/** Pushes of the git store: how the work is coordinated, not the work. */
const RECORDS = 'git push refs/dev-loops/'

export interface Summary {
  readonly merged: boolean
  readonly issueClosed: boolean
  readonly worktrees: number
  readonly holder: string | null
  readonly effects: readonly { readonly kind: string; readonly count: number }[]
  /** Effects that the forge received more than once. */
  readonly twice: readonly string[]
  readonly places: readonly (readonly [string, string])[]
}

interface EffectLine {
  readonly kind: string
  readonly target: string
  readonly key: string | null
  readonly digest: string
  readonly ok: boolean
}

interface Setting {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly pullRequest: number
}

export async function summarize(forge: Started, { cwd, env, pullRequest }: Setting): Promise<Summary> {
  const lines = (await readFile(join(forge.folder, 'effects.jsonl'), 'utf8')).trim().split('\n')
  const done = lines.map((line): EffectLine => JSON.parse(line)).filter(({ ok }) => ok)
  const effects = done.filter(({ kind }) => !kind.startsWith(RECORDS))
  const ask = (words: readonly string[]) => askCommand(words, { cwd, env })
  const next = await ask(['next', '--pr', String(pullRequest)])
  const issue = await ask(['next', '--issue', String(forge.issue.number)])
  const owner = await ask(['ownership', 'status', '--pr', String(pullRequest)])
  const { stdout } = await promisify(execFile)('git', ['worktree', 'list', '--porcelain'], { cwd })
  return {
    merged: effects.some(({ kind }) => kind === 'mergePullRequest') && next.actor === 'done',
    issueClosed: issue.actor === 'done',
    worktrees: stdout.split('\n').filter((line) => line.startsWith('worktree ')).length - 1,
    holder: holderOf(owner),
    effects: counted(effects.map(({ kind }) => kind)),
    twice: counted(effects.map(({ kind, target, key, digest }) => `${kind} ${target} ${key ?? digest}`))
      .filter(({ count }) => count > 1)
      .map(({ kind }) => kind),
    places: [
      ['forge', forge.folder],
      ['its log', join(forge.folder, 'effects.jsonl')],
      ['checkout', cwd],
      ['records', join(cwd, '.git', 'dev-loops')],
      ['logs of agents', join(cwd, '.git', 'dev-loops', 'runs')],
    ],
  }
}

function counted(names: readonly string[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([kind, count]) => ({ kind, count }))
}

async function askCommand(
  words: readonly string[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Record<string, unknown>> {
  const run = promisify(execFile)(process.execPath, [CLI, ...words, '--json'], { cwd, env })
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  return JSON.parse(stdout) as Record<string, unknown>
}

function holderOf(answer: Record<string, unknown>): string | null {
  const { holder } = answer
  return typeof holder === 'object' && holder !== null && 'runId' in holder ? String(holder.runId) : null
}
