/**
 * A forge with the demo's repository, a checkout of it, and runs of the loop as processes that can be
 * killed at any instant around an effect.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import type { EffectLine } from '../../lib/forge/effects.ts'
import { type Forge, startForge } from '../../lib/forge/forge.ts'
import { demo } from '../../lib/forge/seeds/demo.ts'
import type { Seed } from '../../lib/forge/seeds/seed.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The demo's story, with a reviewer who does not think. */
const QUICK: Seed = { ...demo, reviewer: demo.reviewer && { ...demo.reviewer, delayMs: 0 } }

export interface World {
  readonly folder: string
  readonly cwd: string
  readonly forge: Forge
  readonly env: NodeJS.ProcessEnv
  /** Starts `run`; see test/fixtures/run/run-and-die.ts for where it can die. */
  start(words: readonly string[], dieAt?: number | string): LoopRun
  close(): Promise<void>
}

interface ReachedBoundary {
  readonly boundary: number
  readonly name: string
  readonly kind: string
  readonly key: string
}

interface LoopRun {
  readonly child: ChildProcess
  readonly boundaries: readonly ReachedBoundary[]
  readonly lines: readonly string[]
  readonly ended: Promise<{ exit: number | null; signal: string | null; answer: Record<string, unknown> | null }>
}

export interface WorldOptions {
  readonly seed?: Seed
  readonly developer?: readonly string[]
  readonly reviewer?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'dev-loops-world-')))
  const forge = await startForge({ folder: join(folder, 'forge'), seed: options.seed ?? QUICK })
  const cwd = join(folder, 'checkout')
  const slug = forge.repositories[0] ?? ''
  const env = { ...process.env, ...forge.environment, ...environment(folder, options) }
  await promisify(execFile)('git', ['clone', '--quiet', '--', forge.gitUrl(slug), cwd], {
    env: { ...env, ...gitAccess(forge) },
  })
  const program = join(folder, 'run-and-die.mjs')
  await bundle(program)
  return {
    folder,
    cwd,
    forge,
    env,
    start: (words, dieAt = 'never') =>
      startRun([program, join(root, 'dist/scripts'), String(dieAt), ...words], { cwd, env }),
    async close() {
      await forge.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Who is shown as owner changes with every restart, so these writes are looked at by themselves. */
export function isOwnerMark({ key }: Pick<EffectLine, 'key'>): boolean {
  return key?.includes(':dev-loops/owner:') ?? false
}

/** The writes that succeeded, as far as two runs of the same story can agree on them. */
export function shapeOf(effects: readonly EffectLine[]): string[] {
  return effects
    .filter(({ ok }) => ok)
    .map(({ kind, target }) => `${kind} ${target}`.replace(/@[0-9a-f]{40}/, '@<head>'))
    .sort()
}

/** Writes that were received more than once under one key. */
export function madeTwice(effects: readonly EffectLine[]): string[] {
  const seen = new Map<string, number>()
  for (const { ok, kind, target, key, digest } of effects) {
    if (!ok) continue
    const name = `${kind} ${target} ${key ?? digest}`
    seen.set(name, (seen.get(name) ?? 0) + 1)
  }
  return [...seen].filter(([, count]) => count > 1).map(([name]) => name)
}

export function scriptedAgent(name: string): readonly string[] {
  return [process.execPath, join(root, 'demo/agents', `${name}.mjs`)]
}

function environment(folder: string, { developer, reviewer, env }: WorldOptions): Record<string, string> {
  return {
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    DEV_LOOPS_AGENTS_DEVELOPER_COMMAND: JSON.stringify(developer ?? scriptedAgent('developer-demo')),
    DEV_LOOPS_AGENTS_REVIEWER_COMMAND: JSON.stringify(reviewer ?? scriptedAgent('reviewer-demo')),
    DEV_LOOPS_WAIT_POLL_INTERVAL: '50ms',
    DEV_LOOPS_GITHUB_REQUEST_TIMEOUT: '2s',
    // All the time, so that a run that cannot keep what it holds ends within the story.
    DEV_LOOPS_LEASE_RUN_RENEW_EVERY: '1s',
    ...env,
  }
}

function gitAccess(forge: Forge): Record<string, string> {
  const credentials = Buffer.from(`x:${forge.environment.GH_TOKEN ?? ''}`).toString('base64')
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${forge.url}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
  }
}

async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(root, 'test/fixtures/run/run-and-die.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'error',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  })
}

function startRun(args: readonly string[], { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }): LoopRun {
  const child = spawn(process.execPath, [...args, '--json'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const boundaries: ReachedBoundary[] = []
  const lines: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line)
    if (line.startsWith('{"boundary"')) boundaries.push(JSON.parse(line))
  })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const ended = new Promise<Awaited<LoopRun['ended']>>((resolve) => {
    child.once('close', (exit, signal) => resolve({ exit, signal, answer: parse(stdout) }))
  })
  return { child, boundaries, lines, ended }
}

function parse(text: string): Record<string, unknown> | null {
  return text.trim() === '' ? null : JSON.parse(text)
}
