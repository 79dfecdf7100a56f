/**
 * What the remote holds now, asked of the remote itself, and the objects fetched that go with it.
 *
 * A remote-tracking ref is only what was seen some time ago, so no rule is fed from one, and a fetch of
 * ours moves none: runs that fetch the same base at once in one clone would meet in that ref's lock.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findCommonGitDir } from '../checkout.ts'
import { GitError } from '../errors.ts'
import { type GitAccess, readGitLine, runGit } from './run.ts'

export interface RemoteState {
  /** Commit of each branch that was asked for; a branch that the remote does not have is missing here. */
  readonly heads: ReadonlyMap<string, string>
  /** The remote's default branch; `null` when it names none. */
  readonly defaultBranch: string | null
}

export interface RemoteRequest extends GitAccess {
  /** Any folder of the repository. */
  readonly cwd: string
  /** A configured remote's name, or an address. */
  readonly remote: string
  readonly timeoutMs?: number
}

/** One request: the default branch, and where each of `branches` stands. */
export async function readRemote(branches: readonly string[], request: RemoteRequest): Promise<RemoteState> {
  const refs = branches.map((branch) => `refs/heads/${branch}`)
  const { stdout } = await runGit(['ls-remote', '--symref', '--', request.remote, 'HEAD', ...refs], request)
  return parseRemote(stdout, refs)
}

/**
 * @param wanted full names; git matches them as endings, so others that end alike are left out here
 */
function parseRemote(text: string, wanted: readonly string[]): RemoteState {
  const heads = new Map<string, string>()
  let defaultBranch: string | null = null
  for (const line of text.split('\n')) {
    const [value, ref] = line.split('\t')
    if (value === undefined || ref === undefined) continue
    const symbolic = /^ref: refs\/heads\/(.+)$/.exec(value)?.[1]
    if (symbolic !== undefined && ref === 'HEAD') defaultBranch = symbolic
    else if (/^[0-9a-f]{40,64}$/.test(value) && wanted.includes(ref)) heads.set(ref.slice('refs/heads/'.length), value)
  }
  return { heads, defaultBranch }
}

/**
 * Asks where the branches stand and fetches their commits unless they are here already.
 *
 * @returns the state whose every head is present in this repository
 * @throws GitError `git_failed`, also when the branches move faster than they can be fetched
 */
export async function freshen(branches: readonly string[], request: RemoteRequest): Promise<RemoteState> {
  let shallow = await isShallow(request)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const state = await readRemote(branches, request)
    if (!shallow && (await hasAllCommits(state, request))) return state
    await fetchBranches([...state.heads.keys()], shallow, request)
    shallow = false
    if (await hasAllCommits(state, request)) return state
  }
  throw new GitError('git_failed', 'the remote branches moved during each of three fetches; try again', { branches })
}

/** The address that git would talk to, or `null` when there is no such remote. */
export async function readRemoteUrl(remote: string, options: GitAccess & { cwd: string }): Promise<string | null> {
  if (remote.includes('/') || remote.includes(':')) return remote
  const { stdout, exitCode } = await runGit(['remote', 'get-url', '--', remote], { ...options, okCodes: [0, 2, 128] })
  return exitCode === 0 ? stdout.trim() : null
}

/** Where a push to it goes, which may be several places, and others than a fetch comes from. */
export async function readPushUrls(remote: string, options: GitAccess & { cwd: string }): Promise<readonly string[]> {
  if (remote.includes('/') || remote.includes(':')) return [remote]
  const args = ['remote', 'get-url', '--push', '--all', '--', remote]
  const { stdout, exitCode } = await runGit(args, { ...options, okCodes: [0, 2, 128] })
  return exitCode === 0 ? stdout.split('\n').filter((line) => line !== '') : []
}

export async function hasCommit(sha: string, options: GitAccess & { cwd: string }): Promise<boolean> {
  const { exitCode } = await runGit(['cat-file', '-e', `${sha}^{commit}`], { ...options, okCodes: [0, 1, 128] })
  return exitCode === 0
}

/** @returns whether every commit of `older` is part of `newer`; both must be present */
export async function isAncestor(older: string, newer: string, options: GitAccess & { cwd: string }): Promise<boolean> {
  if (older === newer) return true
  const { exitCode } = await runGit(['merge-base', '--is-ancestor', older, newer], { ...options, okCodes: [0, 1] })
  return exitCode === 0
}

/** @returns the newest commit that both have; `null` when they share none. Both must be present. */
export async function readMergeBase(
  one: string,
  other: string,
  options: GitAccess & { cwd: string },
): Promise<string | null> {
  if (one === other) return one
  const { stdout, exitCode } = await runGit(['merge-base', one, other], { ...options, okCodes: [0, 1] })
  return exitCode === 0 ? stdout.trim() : null
}

/** @returns the commit that `revision` names, or `null` when there is none */
export async function readCommit(revision: string, options: GitAccess & { cwd: string }): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]
  const sha = await readGitLine(args, { ...options, okCodes: [0, 1] })
  return sha === '' ? null : sha
}

/** In a shallow clone every count and every ancestor may be wrong, so the history is completed first. */
async function isShallow(request: RemoteRequest): Promise<boolean> {
  const common = findCommonGitDir(request.cwd)
  if (common !== null) return existsSync(join(common, 'shallow'))
  return (await readGitLine(['rev-parse', '--is-shallow-repository'], local(request))) === 'true'
}

async function fetchBranches(branches: readonly string[], shallow: boolean, request: RemoteRequest): Promise<void> {
  if (branches.length === 0) return
  const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--refmap=']
  if (shallow) flags.push('--unshallow')
  await runGit(['fetch', ...flags, '--', request.remote, ...branches.map((branch) => `refs/heads/${branch}`)], request)
}

async function hasAllCommits(state: RemoteState, request: RemoteRequest): Promise<boolean> {
  const wanted = new Set(state.heads.values())
  if (wanted.size === 0) return true
  const input = [...wanted].map((sha) => `${sha}^{commit}\n`).join('')
  const asked = { ...local(request), input, okCodes: [0, 1, 128] }
  const { stdout } = await runGit(['cat-file', '--batch-check=%(objecttype)'], asked)
  return stdout.split('\n').filter((type) => type === 'commit').length === wanted.size
}

/** The same request for a command that stays on this machine, with that command's own time limit. */
function local({ cwd, access, signal, env }: RemoteRequest): GitAccess & { cwd: string } {
  return { cwd, access, signal, env }
}
