/**
 * A running forge for one test file, its folder, and the three ways in which it is spoken to.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { type Forge, type ForgeOptions, startForge } from '../../lib/forge/forge.ts'
import type { Role } from '../../lib/forge/seeds/seed.ts'

export interface Started {
  readonly forge: Forge
  readonly folder: string
  end(): Promise<void>
}

export async function aForge(options: Partial<ForgeOptions> = {}): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'forge-test-'))
  const forge = await startForge({ folder, seed: 'demo', ...options })
  const end = async () => {
    await forge.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  return { forge, folder, end }
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers whose shape is the test's subject
export type Loose = any

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Loose
}

export async function ask(forge: Forge, query: string, variables: object = {}, as: Role = 'developer'): Promise<Reply> {
  const response = await fetch(forge.graphqlUrl, {
    method: 'POST',
    headers: { authorization: `bearer ${forge.tokens[as]}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  return replyOf(response)
}

/** Asks and expects no error; answers with `data`. */
export async function data(
  forge: Forge,
  query: string,
  variables: object = {},
  as: Role = 'developer',
): Promise<Loose> {
  const { json } = await ask(forge, query, variables, as)
  if (json.errors) throw new Error(JSON.stringify(json.errors))
  return json.data
}

export async function rest(
  forge: Forge,
  line: string,
  { body, as = 'developer', headers = {} }: { body?: object; as?: Role; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const [method = 'GET', path = ''] = line.split(' ')
  const response = await fetch(`${forge.restUrl}${path}`, {
    method,
    headers: { authorization: `token ${forge.tokens[as]}`, ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return replyOf(response)
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: looseJson(text) }
}

function looseJson(text: string): Loose {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const QUIET = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Dev Loop',
  GIT_AUTHOR_EMAIL: 'dev-loop@example.com',
  GIT_COMMITTER_NAME: 'Dev Loop',
  GIT_COMMITTER_EMAIL: 'dev-loop@example.com',
}

/** A real git in `cwd`; the result whatever the exit code. */
export async function git(cwd: string, ...args: string[]) {
  return execa('git', args, { cwd, env: QUIET, reject: false })
}

export function authenticatedUrl(forge: Forge, repo: string, as: Role = 'developer'): string {
  return forge.gitUrl(repo).replace('://', `://x-access-token:${forge.tokens[as]}@`)
}

export interface Clone {
  readonly dir: string
  git(...args: string[]): ReturnType<typeof git>
  /** Writes the files, commits them and answers with the commit. */
  commit(files: Record<string, string>, message?: string): Promise<string>
  remove(): Promise<void>
}

export async function aClone(forge: Forge, repo: string, as: Role = 'developer'): Promise<Clone> {
  const { writeFile, mkdir } = await import('node:fs/promises')
  const { dirname } = await import('node:path')
  const dir = await mkdtemp(join(tmpdir(), 'forge-clone-'))
  const cloned = await git(dir, 'clone', '--quiet', authenticatedUrl(forge, repo, as), '.')
  if (cloned.exitCode !== 0) throw new Error(cloned.stderr)
  return {
    dir,
    git: (...args) => git(dir, ...args),
    commit: async (files, message = 'Change something') => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(dir, path)), { recursive: true })
        await writeFile(join(dir, path), text)
      }
      await git(dir, 'add', '--all')
      await git(dir, 'commit', '--quiet', '-m', message)
      return (await git(dir, 'rev-parse', 'HEAD')).stdout
    },
    remove: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** Asks again until the answer is there; a bound instead of a sleep. */
export async function until<T>(what: string, probe: () => Promise<T | null | undefined | false>): Promise<T> {
  const endsAt = Date.now() + 30_000
  while (Date.now() < endsAt) {
    const found = await probe()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`never happened: ${what}`)
}
