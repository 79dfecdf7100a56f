/**
 * git over HTTP: git's own programs do the work, this hands them the request.
 *
 * Pushes to one repository are done one at a time, so that the log can say of each whether its refs
 * moved.
 */
import { spawn } from 'node:child_process'
import type { IncomingMessage } from 'node:http'
import { syncRepository } from '../actions/sync.ts'
import { digestOf, type EffectLog } from '../effects.ts'
import type { Answer } from '../http.ts'
import { findRepository, mayDo } from '../state/find.ts'
import type { Account, Repository } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'
import { bareFolder, GIT_ENVIRONMENT, tryGit } from './bare.ts'
import { type PushHead, pktLine, readPushHead, refusePush } from './pkt-lines.ts'

export interface GitRequest {
  readonly slug: string
  readonly service: 'git-upload-pack' | 'git-receive-pack'
  /** `info/refs`, the question that comes first. */
  readonly advertise: boolean
}

const ZERO = /^0+$/

export function parseGitPath(url: URL): GitRequest | null {
  const match = /^\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(url.pathname)
  if (!match) return null
  const advertise = match[2] === 'info/refs'
  const service = advertise ? url.searchParams.get('service') : match[2]
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') return null
  return { slug: match[1] ?? '', service, advertise }
}

export async function answerGit(
  world: World,
  asked: GitRequest,
  { request, body, account, effects }: { request: IncomingMessage; body: Buffer; account: Account; effects: EffectLog },
): Promise<Answer> {
  const repository = findRepository(world.state, asked.slug)
  if (!repository || !mayDo(repository, account.login, 'READ')) return { status: 404, body: 'Repository not found.\n' }
  const writes = asked.service === 'git-receive-pack'
  if (writes && !mayDo(repository, account.login, 'WRITE')) {
    return { status: 403, body: `Permission to ${slugOf(repository)}.git denied to ${account.login}.\n` }
  }
  const protocol = request.headers['git-protocol']
  const call = { world, repository, protocol: typeof protocol === 'string' ? protocol : null }
  if (asked.advertise) return advertise(asked.service, call)
  if (!writes) return serve('upload-pack', body, call)
  return world.oneAtATime(`push ${repository.id}`, () => receive(body, { ...call, account, effects }))
}

interface Call {
  readonly world: World
  readonly repository: Repository
  readonly protocol: string | null
}

async function advertise(service: GitRequest['service'], call: Call): Promise<Answer> {
  const out = await speak(service.slice(4), ['--advertise-refs'], { ...call, input: Buffer.alloc(0) })
  const head =
    call.protocol?.includes('version=2') && service === 'git-upload-pack'
      ? ''
      : `${pktLine(`# service=${service}\n`)}0000`
  return answer(service, 'advertisement', Buffer.concat([Buffer.from(head), out]))
}

async function serve(program: string, body: Buffer, call: Call): Promise<Answer> {
  return answer(`git-${program}`, 'result', await speak(program, [], { ...call, input: body }))
}

async function receive(body: Buffer, call: Call & { account: Account; effects: EffectLog }): Promise<Answer> {
  const { world, repository, account } = call
  const push = readPushHead(body)
  const refused = protectedRef(repository, account, push)
  const held = await readRefs(push, call)
  const result = refused
    ? answer('git-receive-pack', 'result', Buffer.from(refusePush(push, () => 'protected branch hook declined')))
    : await serve('receive-pack', body, call)
  await logPush(push, held, call)
  await syncRepository(world, repository)
  return result
}

/** A branch that is only changed through pull requests; administrators are let through, as on GitHub. */
function protectedRef(repository: Repository, account: Account, push: PushHead): boolean {
  if (mayDo(repository, account.login, 'ADMIN')) return false
  return push.commands.some(({ ref }) => {
    return repository.protections.some((one) => one.noDirectPush && ref === `refs/heads/${one.branch}`)
  })
}

/** What each ref of the push holds now; `null` when it is not there. */
async function readRefs(push: PushHead, { world, repository }: Call): Promise<ReadonlyMap<string, string | null>> {
  const folder = bareFolder(world.folder, slugOf(repository).toLowerCase())
  const refs = new Map<string, string | null>()
  for (const { ref } of push.commands) {
    const { exitCode, stdout } = await tryGit(folder, ['rev-parse', '--verify', '--quiet', ref])
    refs.set(ref, exitCode === 0 ? stdout.trim() : null)
  }
  return refs
}

/** A client that lost the answer sends the same push again by itself; that second one changes nothing. */
async function logPush(
  push: PushHead,
  held: ReadonlyMap<string, string | null>,
  call: Call & { account: Account; effects: EffectLog },
) {
  const { repository, account, effects } = call
  const holds = await readRefs(push, call)
  for (const { ref, before, after } of push.commands) {
    const wanted = ZERO.test(after) ? null : after
    const ok = holds.get(ref) === wanted && held.get(ref) !== wanted
    await effects.add({
      at: new Date().toISOString(),
      actor: account.login,
      kind: `git push ${ref}`,
      target: `${slugOf(repository)}@${ref.replace('refs/heads/', '')}`,
      key: null,
      ok,
      digest: digestOf([ref, before, after]),
      note: `${before} ${after}`,
    })
  }
}

function answer(service: string, kind: 'advertisement' | 'result', body: Buffer): Answer {
  const headers = { 'content-type': `application/x-${service}-${kind}`, 'cache-control': 'no-cache' }
  return { status: 200, headers, body }
}

/** Runs to its end whether or not the client stays: a push that was received is a push that was made. */
function speak(program: string, options: readonly string[], call: Call & { input: Buffer }): Promise<Buffer> {
  const folder = bareFolder(call.world.folder, slugOf(call.repository).toLowerCase())
  const env = { ...process.env, ...GIT_ENVIRONMENT, ...(call.protocol ? { GIT_PROTOCOL: call.protocol } : {}) }
  return new Promise((resolve, reject) => {
    const child = spawn('git', [program, '--stateless-rpc', ...options, folder], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', () => resolve(Buffer.concat(chunks)))
    child.stdin.on('error', () => undefined)
    child.stdin.end(call.input)
  })
}
