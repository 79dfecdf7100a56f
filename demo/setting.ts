/** Where the story plays: a clone of the forge's repository, and the environment of its runners. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Started } from './forge-process.ts'

export const CLI = fileURLToPath(new URL('../dist/cli/dev-loops.mjs', import.meta.url))

if (!existsSync(CLI)) {
  process.stderr.write('there is no build yet: run npm ci (or npm run build) first\n')
  process.exit(2)
}

export interface Choices {
  readonly folder: string
  readonly seed: string
  readonly store: string
  readonly agent: string | undefined
  readonly reviewer: string | undefined
}

/** The forge's own environment, this demo's state folder, and which agents to start. */
export function environmentFor(forge: Started, { folder, seed, store, agent, reviewer }: Choices): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...forge.environment,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    DEV_LOOPS_STORE: store,
    DEV_LOOPS_AGENTS_DEVELOPER_COMMAND: agent ?? scripted(`developer-${seed}`),
    DEV_LOOPS_AGENTS_REVIEWER_COMMAND: reviewer ?? scripted(`reviewer-${seed}`),
    DEV_LOOPS_WAIT_POLL_INTERVAL: '300ms',
    DEV_LOOPS_GITHUB_REQUEST_TIMEOUT: '5s',
  }
}

/** @returns `cwd`, which is now a clone */
export async function cloneRepository(forge: Started, cwd: string): Promise<string> {
  const header = `Authorization: Basic ${Buffer.from(`x:${forge.environment.GH_TOKEN ?? ''}`).toString('base64')}`
  const env = {
    ...process.env,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${forge.url}/.extraHeader`,
    GIT_CONFIG_VALUE_0: header,
  }
  await promisify(execFile)('git', ['clone', '--quiet', '--', forge.clone, cwd], { env })
  return cwd
}

function scripted(name: string): string {
  const file = fileURLToPath(new URL(`./agents/${name}.mjs`, import.meta.url))
  return JSON.stringify([process.execPath, file])
}
