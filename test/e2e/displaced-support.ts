/**
 * Ways to stop a push of the real command line at one exact instant, and the worker that displaces it.
 */

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { until } from '../forge/with-forge.ts'
import type { Call, Said, Seat } from './stage.ts'

export interface Gate {
  /** Fulfilled once a push stands before it. */
  reached(): Promise<void>
  open(): Promise<void>
}

export interface GitGate extends Gate {
  readonly env: Readonly<Record<string, string>>
}

/** A `git` that stops right before it begins to push a branch: our own last check is over, nothing was sent. */
export async function gateBeforePush(folder: string, branch: string): Promise<GitGate> {
  const bin = join(folder, 'gated-bin')
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  await mkdir(bin)
  const script = `#!/bin/sh
case " $* " in
*" push "*":refs/heads/${branch} "*)
  : > '${bin}/reached'
  while [ ! -e '${bin}/open' ]; do sleep 0.05; done ;;
esac
exec '${real}' "$@"
`
  await writeFile(join(bin, 'git'), script)
  await chmod(join(bin, 'git'), 0o755)
  return {
    env: { PATH: `${bin}:${process.env.PATH}` },
    reached: () => untilExists(join(bin, 'reached')),
    open: () => writeFile(join(bin, 'open'), ''),
  }
}

/** The remote has told where its refs stand and has received the push; it has not compared anything yet. */
export async function gateInRemote(bare: string, branch: string): Promise<Gate & { end(): Promise<void> }> {
  const reached = join(bare, 'reached')
  const open = join(bare, 'open')
  const hook = join(bare, 'hooks', 'pre-receive')
  await mkdir(join(bare, 'hooks'), { recursive: true })
  await writeFile(
    hook,
    `#!/bin/sh
if grep -q ' refs/heads/${branch}$'; then
  : > '${reached}'
  while [ ! -e '${open}' ]; do sleep 0.05; done
fi
`,
  )
  await chmod(hook, 0o755)
  return { reached: () => untilExists(reached), open: () => writeFile(open, ''), end: () => rm(hook) }
}

export interface Proxy extends Gate {
  readonly url: string
  end(): Promise<void>
}

/** Between git and the forge: passes everything on, but holds the request that carries the push of a branch. */
export async function gateInTransit(forgeUrl: string): Promise<Proxy> {
  let arrive = () => {}
  let open = () => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const server = createServer((incoming, response) => {
    void passOn(incoming, response, forgeUrl, async (body) => {
      if (!incoming.url?.endsWith('/git-receive-pack') || !body.includes(' refs/heads/')) return
      arrive()
      await opened
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    reached: () => arrived,
    open: async () => open(),
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function passOn(
  incoming: IncomingMessage,
  response: ServerResponse,
  forgeUrl: string,
  hold: (body: Buffer) => Promise<void>,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  await hold(body)
  const { 'transfer-encoding': _, ...headers } = incoming.headers
  const options = { method: incoming.method, headers: { ...headers, 'content-length': body.length }, agent: false }
  const outgoing = request(new URL(incoming.url ?? '/', forgeUrl), options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  outgoing.end(body)
}

/** Stops the process itself, as a suspended machine would; what it started stands at the gate. */
export async function displaceMeanwhile(pushing: Call, gate: Gate, displace: () => Promise<unknown>): Promise<Said> {
  await Promise.race([gate.reached(), pushing.ended.then(({ stdout }) => Promise.reject(new Error(stdout)))])
  pushing.child.kill('SIGSTOP')
  try {
    await displace()
  } finally {
    pushing.child.kill('SIGCONT')
    await gate.open()
  }
  return pushing.ended
}

/** Another worker takes the issue over and moves nothing. */
export async function takeOver(successor: Seat, issue: number): Promise<Said> {
  const words = ['ownership', 'takeover', '--issue', String(issue), '--run-id', 'successor']
  return must(successor.cli([...words, '--force', '--reason', 'the machine is silent']))
}

export async function must(saying: Promise<Said>): Promise<Said> {
  const said = await saying
  if (said.exit !== 0) throw new Error(`${said.stdout}${said.stderr}`)
  return said
}

async function untilExists(path: string): Promise<void> {
  await until(path, async () => existsSync(path))
}
