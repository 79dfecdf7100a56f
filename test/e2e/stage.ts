/**
 * A small forge and checkouts of its repository, for stories told with the real command line.
 *
 * The repository is as plain as can be: its check always passes and nobody is asked to review, so a story
 * only holds what it is about. Each checkout has a state, an issue and a home of its own, so stories on one
 * forge may run at the same time.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { listGroup } from '../../lib/dispatch/agent/process-group.ts'
import type { EffectLine } from '../../lib/forge/effects.ts'
import { type Forge, startForge } from '../../lib/forge/forge.ts'
import { type Role, type Seed, USUAL_ACCOUNTS } from '../../lib/forge/seeds/seed.ts'
import { data, until } from '../forge/with-forge.ts'

/** Never in this very thread: the forge lives here and must go on answering. */
const execute = promisify(execFile)

const CLI = fileURLToPath(new URL('../../dist/cli/dev-loops.mjs', import.meta.url))

export const REPO = 'acme/ledger'

/** Policy of the base branch in which nothing waits for a person, a reviewer or a slow check. */
export const POLICY = {
  version: 1,
  review: { reviewer: 'none' },
  autonomy: { stopAt: [] },
  checks: { command: ['true'], grace: '1s' },
} as const

export interface StageOptions {
  /** How many issues there are; each checkout takes the next one. */
  readonly issues: number
  /** What `.devloops` on the base branch holds. */
  readonly policy?: object | string
  readonly change?: Partial<Seed>
}

export interface Stage {
  readonly forge: Forge
  readonly folder: string
  checkout(options?: SeatOptions): Promise<Seat>
  end(): Promise<void>
}

interface SeatOptions {
  readonly developer?: readonly string[]
  readonly reviewer?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The remote's address holds the token, so git needs nobody's help to push. */
  readonly openRemote?: boolean
}

export interface Said {
  readonly exit: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  /** The one JSON object on stdout; `null` when there was no output. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers whose shape is the test's subject
  readonly answer: any
}

export interface Call {
  readonly child: ChildProcess
  readonly ended: Promise<Said>
  /** What it printed on stderr so far. */
  progress(): string
  /** Fulfilled once stderr holds this; fails when it ends before. */
  when(text: string | RegExp): Promise<void>
}

interface CallOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string
  readonly cwd?: string
}

/** One checkout with its own state, home and issue. */
export interface Seat {
  readonly folder: string
  readonly cwd: string
  readonly issue: number
  readonly env: Readonly<Record<string, string>>
  readonly forge: Forge
  /** The repository's address with the developer's token in it. */
  readonly writableUrl: string
  start(line: string | readonly string[], options?: CallOptions): Call
  cli(line: string | readonly string[], options?: CallOptions): Promise<Said>
  git(...args: string[]): Promise<string>
  /** Fulfilled once every check of the pull request has ended. */
  untilChecked(pr: number): Promise<void>
  /** What the forge received about this seat's branch, pull request and issue. */
  effects(): Promise<readonly EffectLine[]>
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'dev-loops-e2e-')))
  const forge = await startForge({ folder: join(folder, 'forge'), seed: seedOf(options) })
  let taken = 0
  return {
    forge,
    folder,
    checkout: (wishes = {}) => openSeat({ forge, folder: join(folder, `seat-${++taken}`), issue: taken }, wishes),
    async end() {
      await forge.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export interface OpenedPullRequest {
  readonly number: number
  readonly head: string
  readonly branch: string
}

/** A draft with one commit on the seat's branch, opened without any of our commands. */
export async function aPullRequest(
  seat: Seat,
  {
    files = { 'app.txt': 'one\ntwo\nthree\nfour\n' },
    body = '',
  }: { files?: Record<string, string>; body?: string } = {},
): Promise<OpenedPullRequest> {
  const branch = `offer-${seat.issue}`
  await seat.git('switch', '--quiet', '--create', branch)
  for (const [name, text] of Object.entries(files)) await writeFile(join(seat.cwd, name), text)
  await seat.git('add', '--all')
  await seat.git('-c', 'user.name=Dev', '-c', 'user.email=dev@example.test', 'commit', '--quiet', '-m', 'Change files')
  await seat.git('push', '--quiet', seat.writableUrl, 'HEAD')
  await seat.git('switch', '--quiet', 'main')
  const { repository } = await data(seat.forge, `{ repository(owner: "acme", name: "ledger") { id } }`)
  const create = `mutation ($id: ID!, $head: String!, $body: String!) { createPullRequest(input: {
    repositoryId: $id, baseRefName: "main", headRefName: $head, title: "An offer", body: $body, draft: true
  }) { pullRequest { number headRefOid } } }`
  const { createPullRequest } = await data(seat.forge, create, { id: repository.id, head: branch, body })
  const { number, headRefOid: head } = createPullRequest.pullRequest
  return { number, head, branch }
}

const ROLLUP = `query ($number: Int!) { repository(owner: "acme", name: "ledger") { pullRequest(number: $number) {
  statusCheckRollup { contexts(first: 9) { nodes { ... on CheckRun { status } } } } } } }`

async function untilChecked(forge: Forge, number: number): Promise<void> {
  await until(`checks of ${number} have ended`, async () => {
    const { pullRequest } = (await data(forge, ROLLUP, { number })).repository
    const runs: { status?: string }[] = pullRequest.statusCheckRollup?.contexts.nodes ?? []
    return runs.some(({ status }) => status === 'COMPLETED')
  })
}

export function fixture(name: string): readonly string[] {
  return [process.execPath, fileURLToPath(new URL(`../fixtures/agents/${name}.mjs`, import.meta.url))]
}

/** Agents that only these tests need. */
export function own(name: string): readonly string[] {
  return [process.execPath, fileURLToPath(new URL(`./agents/${name}.mjs`, import.meta.url))]
}

/** Leaders of the process groups of every agent that this seat's records speak of. */
export async function pidsIn({ cwd, folder }: Pick<Seat, 'cwd' | 'folder'>): Promise<readonly number[]> {
  const places = [join(cwd, '.git/dev-loops'), join(folder, 'state')]
  const args = ['-rhoE', '"(agent|judge)_started","key":"[^"]*","pid":[0-9]+', ...places]
  const { stdout } = await execute('grep', args).catch((error: { stdout: string }) => error)
  return [...stdout.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid))
}

/** Members of these process groups that live. */
export function leftRunning(pids: readonly number[]): readonly number[] {
  return pids.flatMap((pid) => listGroup(pid))
}

function seedOf({ issues, policy = POLICY, change }: StageOptions): Seed {
  return {
    name: 'ledger',
    repo: REPO,
    accounts: USUAL_ACCOUNTS,
    files: {
      '.devloops': typeof policy === 'string' ? policy : `${JSON.stringify(policy, null, 2)}\n`,
      'app.txt': 'one\ntwo\nthree\n',
    },
    issues: Array.from({ length: issues }, (_, index) => ({ title: `Add line ${index + 1}`, body: 'One more line.' })),
    labels: [],
    reviewer: null,
    ...change,
  }
}

async function openSeat(
  { forge, folder, issue }: { readonly forge: Forge; readonly folder: string; readonly issue: number },
  wishes: SeatOptions,
): Promise<Seat> {
  await mkdir(folder)
  const cwd = join(folder, 'checkout')
  const env = environmentOf(forge, folder, wishes)
  const token = authenticated(forge, 'developer')
  await execute('git', ['clone', '--quiet', '--', token, cwd], { env })
  if (!wishes.openRemote) await execute('git', ['remote', 'set-url', 'origin', forge.gitUrl(REPO)], { env, cwd })
  const start = (line: string | readonly string[], options: CallOptions = {}) => {
    const words = typeof line === 'string' ? line.split(' ') : line
    return call(words, { cwd: options.cwd ?? cwd, env: { ...env, ...options.env }, stdin: options.stdin ?? null })
  }
  return {
    folder,
    cwd,
    issue,
    env,
    forge,
    writableUrl: token,
    start,
    cli: (line, options) => start(line, options).ended,
    untilChecked: (pr) => untilChecked(forge, pr),
    git: async (...args) => (await execute('git', args, { cwd, env })).stdout.trim(),
    effects: async () => (await forge.effects()).filter((effect) => belongsTo(effect, issue)),
  }
}

function authenticated(forge: Forge, role: Role, repo: string = REPO): string {
  return forge.gitUrl(repo).replace('://', `://x-access-token:${forge.tokens[role]}@`)
}

function belongsTo({ target, kind }: EffectLine, issue: number): boolean {
  return `${kind} ${target}`.includes(`dev-loops/issue-${issue}`) || target === null || !target.includes('@')
}

function environmentOf(forge: Forge, folder: string, { developer, reviewer, env }: SeatOptions) {
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    TMPDIR: tmpdir(),
    GIT_CONFIG_NOSYSTEM: '1',
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    ...forge.environment,
    ...(developer ? { DEV_LOOPS_AGENTS_DEVELOPER_COMMAND: JSON.stringify(developer) } : {}),
    ...(reviewer ? { DEV_LOOPS_AGENTS_REVIEWER_COMMAND: JSON.stringify(reviewer) } : {}),
    DEV_LOOPS_WAIT_POLL_INTERVAL: '50ms',
    DEV_LOOPS_GITHUB_REQUEST_TIMEOUT: '5s',
    ...env,
  }
}

interface Calling {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: string | null
}

function call(words: readonly string[], { cwd, env, stdin }: Calling): Call {
  const child = spawn(process.execPath, [CLI, ...words], { cwd, env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    child.emit('progress')
  })
  const ended = new Promise<Said>((resolve) => {
    child.once('close', (exit, signal) => resolve({ exit, signal, stdout, stderr, answer: parse(stdout) }))
  })
  const holds = (text: string | RegExp) => (typeof text === 'string' ? stderr.includes(text) : text.test(stderr))
  return {
    child,
    ended,
    progress: () => stderr,
    async when(text) {
      while (!holds(text)) {
        const more = new Promise((resolve) => child.once('progress', resolve))
        const over = await Promise.race([more, ended.then((said) => said)])
        if (over && !holds(text)) throw new Error(`it ended before it said ${text}: ${stdout}${stderr}`)
      }
    },
  }
}

function parse(stdout: string): unknown {
  if (stdout.trim() === '') return null
  if (stdout.trim().split('\n').length > 1) throw new Error(`more than one line on stdout: ${stdout}`)
  return JSON.parse(stdout)
}
