/** The local forge as a process of its own, started with the public command. It ends with this process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CLI } from './setting.ts'

export interface Started {
  readonly url: string
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly clone: string
  readonly issue: { readonly repo: string; readonly number: number; readonly title: string }
  stop(): Promise<void>
}

interface Announcement {
  readonly url: string
  readonly folder: string
  readonly environment: Record<string, string>
  readonly repositories: readonly { readonly repo: string; readonly clone: string }[]
  readonly issues: readonly { readonly repo: string; readonly number: number; readonly title: string }[]
}

export async function startForgeProcess(folder: string, seed: string, cwd: string): Promise<Started> {
  const args = [CLI, 'forge', 'start', '--folder', folder, '--seed', seed, '--until-eof', '--json']
  const child = spawn(process.execPath, args, { cwd, stdio: ['pipe', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  const announced = await firstAnnouncement(child.stderr)
  const [issue] = announced.issues
  const [repository] = announced.repositories
  if (issue === undefined || repository === undefined) throw new Error('the forge has no issue to work on')
  return {
    url: announced.url,
    folder: announced.folder,
    environment: announced.environment,
    clone: repository.clone,
    issue,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function firstAnnouncement(stderr: NodeJS.ReadableStream): Promise<Announcement> {
  const said: string[] = []
  for await (const line of createInterface({ input: stderr })) {
    said.push(line)
    const parsed: unknown = line.startsWith('{') ? JSON.parse(line) : null
    if (isAnnouncement(parsed)) return parsed
  }
  throw new Error(`the forge did not start: ${said.join(' ')}`)
}

function isAnnouncement(value: unknown): value is Announcement {
  return typeof value === 'object' && value !== null && 'environment' in value && 'issues' in value
}
