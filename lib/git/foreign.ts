/**
 * Does this branch undo what somebody else committed to it?
 *
 * Foreign are the commits that this worktree adopted from the remote, and those on the remote's branch
 * whose committer is not this worktree's identity. They count as undone when a path that such a commit
 * changed stands again exactly as it was before that commit, through a change that the remote does not
 * have yet. Content decides, not the message: a dropped change, a revert and a careless merge look alike.
 * A person's change that was only edited further is not undone, and neither is one that this branch has
 * not taken in yet.
 */
import { LENT_IDENTITY, readIdentity } from './identity.ts'
import type { AdoptedRange } from './list-worktrees.ts'
import { readMergeBase } from './remote.ts'
import { type GitAccess, runGit } from './run.ts'

export interface UndoneCommit {
  readonly commit: string
  readonly path: string
}

/** Content of one path before and after a change; all zeros: the path was or became absent. */
interface PathChange {
  readonly path: string
  readonly before: string
  readonly after: string
}

export interface BranchHeads {
  readonly baseHead: string
  readonly remoteHead: string
  readonly head: string
  readonly adopted: readonly AdoptedRange[]
}

const MOST_COMMITS = 200

/**
 * @returns the foreign commits that `head` undoes; `null` when there are too many to judge
 * @throws GitError when a commit is not present here
 */
export async function findUndone(
  heads: BranchHeads,
  options: GitAccess & { cwd: string },
): Promise<readonly UndoneCommit[] | null> {
  const shared = await readMergeBase(heads.remoteHead, heads.head, options)
  // Whoever has changed nothing since undoes nothing, and that is so at nearly every look.
  if (shared === null || shared === heads.head) return []
  const commits = await readForeign({ ...heads, remoteHead: shared }, options)
  if (commits.length > MOST_COMMITS) return null
  if (commits.length === 0) return []

  const args = ['diff-tree', '-r', '-z', '--no-renames', '--no-ext-diff', '--end-of-options']
  const ours = parseChanges((await runGit([...args, shared, heads.head], options)).stdout)
  const theirs = await readChanges(commits, options)
  return [...theirs].flatMap(([commit, changes]) => undoneBy(ours, changes).map((path) => ({ commit, path })))
}

export interface LostQuestion {
  readonly remoteHead: string
  /** Commits whose history stays. */
  readonly kept: readonly string[]
  readonly adopted: readonly AdoptedRange[]
}

/**
 * Commits of others that go away when the remote's head is replaced. Both author and committer count: who
 * wrote it and who put it there would each miss it.
 *
 * @returns `null` when there are too many to judge
 */
export async function findForeignLost(
  { remoteHead, kept, adopted }: LostQuestion,
  options: GitAccess & { cwd: string },
): Promise<readonly string[] | null> {
  const own = await readOwnEmail(options)
  const gone = [remoteHead, ...kept.map((commit) => `^${commit}`)]
  const lost = await listCommits(gone, { ...options, merges: true })
  if (lost.length > MOST_COMMITS) return null
  const received = new Set<string>()
  for (const { from, to } of adopted) {
    for (const { commit } of await listCommits([to, `^${from}`], { ...options, merges: true })) received.add(commit)
  }
  const isForeign = (email: string) => email.toLowerCase() !== own
  return lost
    .filter(({ commit, author, committer }) => received.has(commit) || isForeign(author) || isForeign(committer))
    .map(({ commit }) => commit)
}

/** Paths of `theirs` that `ours` puts back to what they were before. */
function undoneBy(ours: readonly PathChange[], theirs: readonly PathChange[]): readonly string[] {
  const now = new Map(ours.map((change) => [change.path, change.after]))
  return theirs.filter((change) => now.get(change.path) === change.before).map((change) => change.path)
}

/** Reads raw changes as git prints them with `-z`: a field of modes, contents and kind, then the path. */
function parseChanges(text: string): readonly PathChange[] {
  const fields = text.split('\0')
  const changes: PathChange[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, , before, after] = (fields[at] ?? '').split(' ')
    const path = fields[at + 1]
    if (before !== undefined && after !== undefined && path !== undefined) changes.push({ path, before, after })
  }
  return changes
}

async function readForeign(heads: BranchHeads, options: GitAccess & { cwd: string }): Promise<readonly string[]> {
  const found = new Set<string>()
  const own = await readOwnEmail(options)
  const onRemote = await listCommits([heads.remoteHead, `^${heads.baseHead}`], options)
  for (const { commit, committer } of onRemote) if (committer.toLowerCase() !== own) found.add(commit)

  for (const { from, to } of heads.adopted) {
    const range = await listCommits([to, `^${from}`, `^${heads.baseHead}`], options)
    for (const { commit } of range) found.add(commit)
  }
  return [...found]
}

async function readOwnEmail(options: GitAccess & { cwd: string }): Promise<string> {
  return ((await readIdentity(options)) ?? LENT_IDENTITY).email.toLowerCase()
}

async function listCommits(
  revisions: readonly string[],
  { merges = false, ...options }: GitAccess & { cwd: string; merges?: boolean },
) {
  const flags = [`--max-count=${MOST_COMMITS + 1}`, '--format=%H%x00%ae%x00%ce', '--no-show-signature']
  if (!merges) flags.push('--no-merges')
  const { stdout } = await runGit(['log', ...flags, '--end-of-options', ...revisions], options)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [commit = '', author = '', committer = ''] = line.split('\0')
      return { commit, author, committer }
    })
}

async function readChanges(commits: readonly string[], options: GitAccess & { cwd: string }) {
  const changes = new Map<string, readonly PathChange[]>()
  for (const commit of commits) {
    const args = ['diff-tree', '-r', '-z', '--root', '--no-commit-id', '--no-renames', '--no-ext-diff']
    const { stdout } = await runGit([...args, '--end-of-options', commit], options)
    changes.set(commit, parseChanges(stdout))
  }
  return changes
}
