/**
 * One push that changes all of its refs or none, each only if it still holds what is stated.
 *
 * The remote compares; nothing is asked before. When it does not say yes, nobody knows by that alone
 * what happened: a push may land after its answer was lost. So the answer here is never "refused" but
 * "look again, and if nothing changed this is why".
 */
import { type DevLoopsError, GitError, StoreError } from '../../errors.ts'
import { discardObjects, withScratch } from './cache.ts'
import { NAMESPACES } from './ref-names.ts'
import { type Call, gitIn, isDamage, STORE, unreachable } from './remote.ts'

export interface RefUpdate {
  readonly ref: string
  /** What the remote must hold; `null`: nothing. */
  readonly expected: string | null
  /** `null` deletes the ref. */
  readonly next: string | null
}

export type Pushed =
  | { readonly ok: true }
  /** The remote cannot change several refs in one step; nothing was changed. */
  | { readonly ok: false; readonly unsupported: true }
  /**
   * To be thrown when a look at the refs shows that nothing changed.
   * `damaged`: the cache was, and is empty now. Objects that a push is to send have to be written again.
   */
  | { readonly ok: false; readonly unsupported: false; readonly failure: DevLoopsError; readonly damaged: boolean }

const PUSH_TIMEOUT_MS = 30_000
const FLAGS = ['--porcelain', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no'] as const
/** What git's receiving side says when somebody else is changing the ref right now, or its disk is full. */
const PASSING = /lock|atomic|transaction|unpack|failed to update|stale info|fetch first|pack|missing|timed? ?out/i

export async function push(updates: readonly RefUpdate[], call: Call): Promise<Pushed> {
  return withScratch(call.cache, [], (gitDir) => pushFrom(gitDir, updates, call))
}

/** The same from a folder that holds more than the cache. */
export async function pushFrom(gitDir: string, updates: readonly RefUpdate[], call: Call): Promise<Pushed> {
  const leases = updates.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected ?? ''}`)
  const refspecs = updates.map(({ ref, next }) => `${next ?? ''}:${ref}`)
  const atomic = updates.length > 1 ? ['--atomic'] : []
  const args = ['push', ...FLAGS, ...atomic, ...leases, STORE, ...refspecs]
  const startedMs = Date.now()
  try {
    const asked = { timeoutMs: PUSH_TIMEOUT_MS, ...call, okCodes: [0, 1] }
    const { exitCode, stdout, stderr } = await gitIn(args, gitDir, asked)
    if (exitCode === 0) return { ok: true }
    return failed(rejected(stdout, stderr, call), call, startedMs)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    if (/does not support --atomic/.test(String(error.details.stderr))) return { ok: false, unsupported: true }
    return failed(unreachable(call.remote, error, 'unknown'), call, startedMs)
  }
}

/** Sending fails over damage here too, and then either side may be the first to say so. */
function failed(failure: DevLoopsError, { cache }: Call, startedMs: number): Pushed {
  const damaged = isDamage(failure)
  if (damaged) discardObjects(cache, startedMs)
  return { ok: false, unsupported: false, failure, damaged }
}

interface Rejection {
  readonly ref: string
  readonly reason: string
}

function rejected(porcelain: string, stderr: string, { remote }: Call): DevLoopsError {
  const all = rejectionsIn(porcelain)
  const lasting = all.filter(({ reason }) => !PASSING.test(reason))
  const details = { location: remote.shown, changed: 'no', stderr: stderr.slice(-2000) }

  const others = lasting.find(({ ref }) => !isOurs(ref))
  if (others) {
    const message = `the remote refused the push to ${others.ref}: ${others.reason.slice(0, 300)}`
    return new GitError('push_rejected', message, { ...details, ...others })
  }
  const [ours] = lasting
  if (ours) {
    const message = `${remote.shown} does not accept the refs that records are kept in (${ours.reason.slice(0, 300)}); nothing was changed. Name another repository (store: git+<address>), or keep them there as branches: end the store in #branches`
    return new StoreError('store_refs_forbidden', message, { ...details, ...ours })
  }
  const why = all[0]?.reason ?? 'another change came between'
  const message = `${remote.shown} did not take the change (${why.slice(0, 300)}); nothing was changed, try again`
  return new StoreError('store_unavailable', message, details)
}

/** What the remote itself refused; what git did not even send is not among it. */
function rejectionsIn(porcelain: string): readonly Rejection[] {
  return porcelain.split('\n').flatMap((line) => {
    const [, refspec = '', reason] = /^!\t(\S+)\t\[remote rejected\] \((.*)\)$/.exec(line) ?? []
    return reason === undefined ? [] : [{ ref: refspec.slice(refspec.indexOf(':') + 1), reason }]
  })
}

function isOurs(ref: string): boolean {
  return Object.values(NAMESPACES).some((prefix) => ref.startsWith(`${prefix}/`))
}
