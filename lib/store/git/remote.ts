/**
 * Talking to the remote: one call of git each.
 *
 * A read is a fetch, not `ls-remote`: only a fetch tells the remote which refs it is about, and a
 * repository has tens of thousands that are not ours. The address travels in the environment, where no
 * other process sees it, and each call gets a scratch repository of its own.
 */
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type DevLoopsError, GitError, StoreError } from '../../errors.ts'
import type { RemoteAccess, Setting } from '../../git/credentials.ts'
import { type GitResult, runGit } from '../../git/run.ts'
import { type Cache, discardObjects, withScratch } from './cache.ts'
import { patternOf } from './ref-names.ts'

export interface Remote {
  readonly url: string
  /** The address without secrets. */
  readonly shown: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly access: RemoteAccess | null
  /** Of the person's own clone, such as a proxy. */
  readonly settings: readonly Setting[]
}

/** The name by which git is told the address; long, so that nobody's own configuration has it. */
export const STORE = 'dev-loops-store'

export interface Call {
  readonly remote: Remote
  readonly cache: Cache
  readonly haves?: readonly string[]
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number
  readonly input?: string
  readonly okCodes?: readonly number[]
  /** File that git writes the packets to which it read and sent. */
  readonly proof?: string
  /** Where new objects go, so that none comes into the cache whose history is not there. */
  readonly objects?: string
  /** Folders of objects beside the cache's. */
  readonly alternates?: readonly string[]
}

const READ_TIMEOUT_MS = 60_000
/** Older protocols list every ref of the repository; a commit graph is written under a lock. */
const OUR_SETTINGS: readonly Setting[] = [
  ['protocol.version', '2'],
  ['fetch.writeCommitGraph', 'false'],
]
/**
 * How git complains of objects, wherever it meets them. Rather too much than too little: what is taken for damage
 * and is none costs a fetch, and damage that is taken for something else would be met again for ever.
 */
const DAMAGED = new RegExp(
  [
    'corrupt|truncated|garbage|mismatch|inflate|zlib|checksum|invalid (?:object|tree|commit|sha1)',
    'loose object|object file .* is empty|bad (?:object|tree|commit|pack|offset)|not a valid object',
    'packfile|multi-pack|pack-[0-9a-f]{40}|delta|offset',
    'unable to (?:read|parse|find|open|unpack|get)|could not (?:read|parse|open)|failed to (?:read|parse|unpack)',
    'does not point to a valid|did not (?:send|receive)|revision walk setup failed|missing (?:blob|tree|commit|object)',
  ].join('|'),
  'i',
)
/** Said by the other side, or of the way there: a line that is down must not cost what this host remembers. */
const ELSEWHERE = new RegExp(
  [
    '^remote: |^error: (?:remote unpack failed|failed to push)',
    '^(?:error|fatal): could not read (?:from remote|username|password)',
    '^(?:error|fatal): unable to (?:access|connect|find remote helper|look up|read askpass|get password)',
  ].join('|'),
  'i',
)

/**
 * Learns where refs stand, and gets the objects they lead to.
 *
 * @param wanted ref by the name that the answer gives it
 * @throws StoreError `store_unavailable`
 */
export async function fetchRefs<Name extends string>(
  wanted: Readonly<Record<Name, string>>,
  call: Call,
): Promise<Readonly<Record<Name, string | null>>> {
  const names = Object.keys(wanted) as Name[]
  const refspecs = names.map((name) => `+${patternOf(wanted[name])}:refs/found/${name}/*`)
  return afterRepair(call, (again) =>
    withScratch(again.cache, again.haves ?? [], async (gitDir) => {
      const proof = join(gitDir, 'packets')
      await fetch([STORE, ...refspecs], gitDir, { ...again, proof })
      requireProof(proof, again.remote)
      const found = names.map((name) => [name, readRef(join(gitDir, 'refs', 'found', name, 'head'))])
      return Object.fromEntries(found)
    }),
  )
}

/**
 * git takes any page that a proxy or sign-in puts in its way for an old server with no refs at all. A real
 * one speaks in packets, and git writes down those that it read.
 */
function requireProof(proof: string, { url, shown }: Remote): void {
  if (!/^https?:/i.test(url) || existsSync(proof)) return
  throw new StoreError(
    'store_unavailable',
    `${shown} answered, but not as a git server does; is a proxy or a sign-in page in the way? Nothing was changed`,
    { location: shown, changed: 'no' },
  )
}

/** Gets objects whose names are known. */
export async function fetchObjects(sources: readonly string[], call: Call): Promise<void> {
  const input = `${sources.join('\n')}\n`
  await afterRepair(call, (again) =>
    withScratch(again.cache, again.haves ?? [], (gitDir) => fetch(['--stdin', STORE], gitDir, { ...again, input })),
  )
}

/** Gets one commit without its history, into a folder that is about to be thrown away. */
export async function fetchInto(gitDir: string, ref: string, call: Call): Promise<void> {
  await fetch(['--depth=1', STORE, ref], gitDir, call)
}

/** Every ref of the remote that the pattern matches: value by name. */
export async function listRefs(pattern: string, call: Call): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await withScratch(call.cache, [], (gitDir) =>
    ask(['ls-remote', '--refs', STORE, pattern], gitDir, call),
  )
  const lines = stdout.split('\n').filter(Boolean)
  // Nothing at all is believed only from a git server, which this asks for.
  if (lines.length === 0) await fetchRefs({ nothing: `${pattern.replace('*', 'none')}/=head` }, call)
  return new Map(
    lines.map((line): [string, string] => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]),
  )
}

/** @throws GitError */
export async function gitIn(args: readonly string[], gitDir: string, call: Call): Promise<GitResult> {
  const { remote, cache, signal, timeoutMs = READ_TIMEOUT_MS, input, okCodes } = call
  const { objects = cache.objects } = call
  const alternates = [...(call.alternates ?? []), ...(objects === cache.objects ? [] : [cache.objects])]
  return runGit(args, {
    cwd: cache.folder,
    env: remote.env,
    access: remote.access,
    signal,
    timeoutMs,
    ...(input === undefined ? {} : { input }),
    ...(okCodes === undefined ? {} : { okCodes }),
    settings: [...remote.settings, ...OUR_SETTINGS, [`remote.${STORE}.url`, remote.url]],
    extraEnv: {
      GIT_DIR: gitDir,
      GIT_OBJECT_DIRECTORY: objects,
      ...(call.proof === undefined ? {} : { GIT_TRACE_PACKET: call.proof }),
      ...(alternates.length > 0 ? { GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates.map(quoted).join(delimiter) } : {}),
    },
  })
}

async function fetch(what: readonly string[], gitDir: string, call: Call): Promise<void> {
  const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules']
  await ask(['fetch', ...flags, ...what], gitDir, call)
}

async function ask(args: readonly string[], gitDir: string, call: Call): Promise<GitResult> {
  try {
    return await gitIn(args, gitDir, call)
  } catch (error) {
    throw error instanceof GitError ? unreachable(call.remote, error) : error
  }
}

/** Objects that were cut off by a crash of the machine are in git's way; without them it fetches anew. */
async function afterRepair<T>(call: Call, act: (call: Call) => Promise<T>): Promise<T> {
  const startedMs = Date.now()
  try {
    return await act(call)
  } catch (error) {
    if (!(error instanceof StoreError) || !isDamage(error)) throw error
    discardObjects(call.cache, startedMs)
    return await act({ ...call, haves: [] })
  }
}

/** Whether git failed over objects, or broke down; what the other side said of its own is left out. */
export function isDamage({ details }: DevLoopsError): boolean {
  if (details.crashed === true) return true
  const lines = String(details.stderr ?? '').split('\n')
  return lines.some((line) => !ELSEWHERE.test(line) && DAMAGED.test(line))
}

/** @param changed whether the call may have changed the remote */
export function unreachable(remote: Remote, cause: GitError, changed: 'no' | 'unknown' = 'no'): StoreError {
  const lines = String(cause.details.stderr ?? '').split('\n')
  const said = lines.find((line) => /^(?:fatal|error|remote): /.test(line)) ?? cause.message
  const hint =
    changed === 'no'
      ? 'nothing was changed, try again'
      : 'the change may have been made: read the record before trying again'
  return new StoreError(
    'store_unavailable',
    `the store at ${remote.shown} did not answer as it should (${said.slice(0, 300)}); ${hint}`,
    {
      location: remote.shown,
      changed,
      stderr: cause.details.stderr ?? '',
      timedOut: cause.details.timedOut ?? false,
      crashed: cause.details.crashed ?? false,
    },
    { cause },
  )
}

function readRef(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}

/** git splits the list at the separator of paths unless a name stands in quotes. */
function quoted(path: string): string {
  return `"${path.replace(/(["\\])/g, '\\$1')}"`
}
