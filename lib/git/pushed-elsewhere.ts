/**
 * Did an agent push what it made to a branch that nobody decided to push to?
 *
 * Other people and other runs push at the same time, also out of this very clone, so a branch that moved
 * counts only if it holds a commit that was made in this worktree meanwhile. That is told by the log that
 * git keeps of the worktree's head, whatever branches the agent made there.
 */
import type { StrayedBranch } from '../facts/local.ts'
import { hasCommit, isAncestor, type RemoteRequest } from './remote.ts'
import { runGit } from './run.ts'

/** The remote's branches and the worktree's own history, before an agent is let loose on them. */
export interface BeforeAgent {
  readonly branches: ReadonlyMap<string, string>
  readonly log: readonly string[]
}

/** How git's log names what makes a commit; a checkout, a reset or a fast-forward shows one of others. */
const MADE = /^(commit|cherry-pick|revert|am|rebase \((pick|reword|edit|squash|fixup|continue)\))\b|: Merge made/
const MOST_MADE = 50

/** @param request whose `cwd` is the agent's worktree */
export async function readBeforeAgent(request: RemoteRequest): Promise<BeforeAgent> {
  const [branches, log] = await Promise.all([readRemoteBranches(request), readHeadLog(request)])
  return { branches, log }
}

/** @param branch the branch that the agent works on; moving it is another matter */
export async function findPushedElsewhere(
  before: BeforeAgent,
  branch: string,
  request: RemoteRequest,
): Promise<readonly StrayedBranch[]> {
  const made = await readMade(before, request)
  if (made.length === 0) return []
  const moved = [...(await readRemoteBranches(request))].filter(
    ([name, head]) => name !== branch && before.branches.get(name) !== head,
  )
  const strayed: StrayedBranch[] = []
  for (const [name, head] of moved) if (await holdsAny(head, made, request)) strayed.push({ branch: name, head })
  return strayed
}

async function readRemoteBranches(request: RemoteRequest): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await runGit(['ls-remote', '--heads', '--', request.remote], request)
  const lines = stdout.split('\n').map((line) => line.split('\trefs/heads/'))
  return new Map(lines.flatMap(([sha, branch]) => (sha && branch ? [[branch, sha] as const] : [])))
}

async function readMade(before: BeforeAgent, request: RemoteRequest): Promise<readonly string[]> {
  const known = new Set(before.log)
  const added = (await readHeadLog(request)).filter((line) => !known.has(line)).map((line) => line.split('\0'))
  const made = added.flatMap(([commit, how]) => (commit && how !== undefined && MADE.test(how) ? [commit] : []))
  return [...new Set(made)].slice(0, MOST_MADE)
}

/** Each move of the worktree's head, newest first: the commit, and how it came to be. */
async function readHeadLog(request: RemoteRequest): Promise<readonly string[]> {
  const args = ['log', '--walk-reflogs', '--no-show-signature', '--format=%H%x00%gs', 'HEAD']
  const { stdout } = await runGit(args, { ...request, okCodes: [0, 128] })
  return stdout.split('\n').filter((line) => line !== '')
}

async function holdsAny(head: string, made: readonly string[], request: RemoteRequest): Promise<boolean> {
  if (!(await hasCommit(head, request))) return false
  for (const commit of made) if (await isAncestor(commit, head, request)) return true
  return false
}
