/**
 * Did work of this clone turn up on a branch of the remote that nobody decided to push to?
 *
 * A branch that moved is suspicious only if a local branch here holds the commit it moved to, and no
 * other worktree works on that branch: other people and other runs push as well.
 */
import { listWorktrees } from './list-worktrees.ts'
import { hasCommit, type RemoteRequest } from './remote.ts'
import { runGit } from './run.ts'

/** Every branch of the remote with its commit. */
export async function readRemoteBranches(request: RemoteRequest): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await runGit(['ls-remote', '--heads', '--', request.remote], request)
  const lines = stdout.split('\n').map((line) => line.split('\trefs/heads/'))
  return new Map(lines.flatMap(([sha, branch]) => (sha && branch ? [[branch, sha] as const] : [])))
}

/**
 * @param before what `readRemoteBranches` said before the agent was started
 * @param branch the branch that the agent works on; moving it is another matter
 */
export async function findPushedElsewhere(
  before: ReadonlyMap<string, string>,
  branch: string,
  request: RemoteRequest,
): Promise<readonly string[]> {
  // The agent's own worktree may show the very branch that it should not have pushed.
  const others = new Set(
    (await listWorktrees(request)).flatMap((other) => (other.owner?.branch === branch ? [] : [other.branch])),
  )
  const found: string[] = []
  for (const [name, sha] of await readRemoteBranches(request)) {
    if (name === branch || others.has(name) || before.get(name) === sha) continue
    if (await isOnLocalBranch(sha, request)) found.push(name)
  }
  return found
}

async function isOnLocalBranch(sha: string, request: RemoteRequest): Promise<boolean> {
  if (!(await hasCommit(sha, request))) return false
  const { stdout } = await runGit(['for-each-ref', '--count=1', `--contains=${sha}`, 'refs/heads'], request)
  return stdout !== ''
}
