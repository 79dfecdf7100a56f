/**
 * Real processes for the tests that kill them: a worker is bundled once, so that starting one is cheap.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

/** @returns the path of one file that node runs as it is */
export function bundleWorker(source: string, folder: string, name = 'worker'): string {
  const outfile = join(folder, `${name}.mjs`)
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // The libraries inside are CommonJS and still ask for `require`.
    banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
  })
  return outfile
}

export interface Worker {
  readonly signal: (name: NodeJS.Signals) => void
  /** How it ended, and what it complained of. */
  readonly ended: Promise<{
    readonly code: number | null
    readonly signal: NodeJS.Signals | null
    readonly stderr: string
  }>
}

export function startWorker(script: string, args: readonly string[]): Worker {
  const child: ChildProcess = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr?.on('data', (text) => {
    stderr += text
  })
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode, stderr }))
  return { signal: (name) => void child.kill(name), ended }
}
