/** Starting the agents of test/fixtures/agents, and looking at processes from outside. */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { readProcessIdentity } from '../../../lib/dispatch/agent/process-group.ts'
import { type AgentRequest, startAgent } from '../../../lib/dispatch/agent/start.ts'

/** Gone after the test that asked for it. */
export function aFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dev-loops-agent-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function anAgent(name: string): string {
  const path = fileURLToPath(new URL(`../../fixtures/agents/${name}.mjs`, import.meta.url))
  chmodSync(path, 0o755)
  return path
}

export async function runAgent(name: string, folder: string, change: Partial<AgentRequest> = {}) {
  return await startAgent({
    argv: [anAgent(name)],
    prompt: 'the prompt\n',
    promptVia: 'stdin',
    cwd: folder,
    env: { inherited: process.env, pass: [] },
    identity: { name: 'worker', email: 'worker@example.test' },
    timeLimitMs: 30_000,
    logFile: join(folder, '..', `${name}.log`),
    resultFile: join(folder, '..', `${name}.json`),
    signal: new AbortController().signal,
    onStarted: () => {},
    ...change,
  })
}

/** A process that ended and was not collected by its parent does not run. */
export function isRunning(pid: number): boolean {
  return readProcessIdentity(pid) !== null
}

/** Waits for a condition, at most ten seconds; what is waited for is then asserted by the caller. */
export async function eventually(isTrue: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (isTrue()) return true
    await sleep(20)
  }
  return isTrue()
}
