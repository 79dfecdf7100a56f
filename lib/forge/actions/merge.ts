/**
 * Merging a pull request on the bare repository, by GitHub's three methods.
 *
 * The base branch is moved with its old value stated, so a push that comes between is not lost: the
 * merge is refused and can be asked for again.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bareFolder, git, tryGit } from '../git/bare.ts'
import { unprocessable } from '../graphql/errors.ts'
import { findIssue } from '../state/find.ts'
import type { Account, Pull, Repository } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'
import { closedBy } from './links.ts'
import { computeMergeability, unmetRule } from './mergeability.ts'
import { closeIssue, note } from './pulls.ts'
import type { Refs } from './sync.ts'

export const MERGE_METHODS = ['MERGE', 'SQUASH', 'REBASE'] as const
type MergeMethod = (typeof MERGE_METHODS)[number]

interface MergeWish {
  readonly method: MergeMethod
  readonly expectedHeadOid: string | null
  readonly headline: string | null
  readonly body: string | null
}

interface Place {
  readonly repository: Repository
  readonly pull: Pull
  readonly refs: Refs
  readonly actor: Account
}

export async function mergePull(world: World, wish: MergeWish, place: Place): Promise<void> {
  const { repository, pull, refs, actor } = place
  const base = refs.get(`refs/heads/${pull.baseRef}`)
  if (base === undefined) throw unprocessable('Base branch does not exist')
  await refuseUnmergeable(world, wish, { ...place, base })

  const gitDir = bareFolder(world.folder, slugOf(repository).toLowerCase())
  const oid = await makeCommit(world, wish, { ...place, base, gitDir })
  const moved = await tryGit(gitDir, ['update-ref', `refs/heads/${pull.baseRef}`, oid, base])
  if (moved.exitCode !== 0) throw unprocessable('Base branch was modified. Review and try the merge again.')

  const at = world.now()
  pull.state = 'MERGED'
  pull.mergedAt = at
  pull.closedAt = at
  pull.mergedBy = actor.login
  pull.mergeCommitOid = oid
  pull.baseOid = base
  note(world, pull, { type: 'MergedEvent', actor: actor.login, commitOid: oid })
  note(world, pull, { type: 'ClosedEvent', actor: actor.login })
  closeLinkedIssues(world, place)
  if (repository.deleteBranchOnMerge) await deleteHead(world, place)
}

async function refuseUnmergeable(world: World, wish: MergeWish, at: Place & { base: string }): Promise<void> {
  const { repository, pull } = at
  if (pull.state === 'MERGED') throw unprocessable('Pull request is already merged')
  if (pull.state === 'CLOSED') throw unprocessable('Pull request is closed')
  if (wish.expectedHeadOid !== null && wish.expectedHeadOid !== pull.headOid) {
    throw unprocessable('Head branch was modified. Review and try the merge again.')
  }
  if (pull.draft) throw unprocessable('Pull Request is still a draft')
  const allowed = { MERGE: 'mergeCommitAllowed', SQUASH: 'squashMergeAllowed', REBASE: 'rebaseMergeAllowed' } as const
  if (!repository[allowed[wish.method]]) {
    const name = { MERGE: 'Merge commits', SQUASH: 'Squash merges', REBASE: 'Rebase merges' }[wish.method]
    throw unprocessable(`${name} are not allowed on this repository.`)
  }
  const { mergeStateStatus } = await computeMergeability(world, at)
  if (mergeStateStatus === 'DIRTY') throw unprocessable('Pull Request is not mergeable')
  if (mergeStateStatus === 'BEHIND') throw unprocessable('Head branch is not up to date with the base branch')
  const unmet = unmetRule(repository, pull)
  if (unmet !== null) throw unprocessable(unmet)
}

type Making = Place & { base: string; gitDir: string }

async function makeCommit(world: World, wish: MergeWish, at: Making): Promise<string> {
  if (wish.method === 'REBASE') return rebase(at)

  const objects = world.objects(slugOf(at.repository))
  const tree = await objects.mergedTree(at.base, at.pull.headOid)
  if (tree === null) throw unprocessable('Pull Request is not mergeable')
  const squash = wish.method === 'SQUASH'
  const parents = squash ? ['-p', at.base] : ['-p', at.base, '-p', at.pull.headOid]
  const message = squash ? squashMessage(at.pull, wish) : mergeMessage(at, wish)
  const env = commitEnvironment(at.actor)
  return (await git(at.gitDir, ['commit-tree', tree, ...parents, '-F', '-'], { env, input: message })).trim()
}

function squashMessage(pull: Pull, wish: MergeWish): string {
  const headline = wish.headline ?? `${pull.title} (#${pull.number})`
  return `${headline}\n\n${wish.body ?? pull.body}`.trim()
}

function mergeMessage({ pull }: Place, wish: MergeWish): string {
  const owner = pull.headRepository.split('/')[0]
  const headline = wish.headline ?? `Merge pull request #${pull.number} from ${owner}/${pull.headRef}`
  return `${headline}\n\n${wish.body ?? pull.title}`.trim()
}

/** Needs a work tree, which is thrown away: the objects come back by a fetch. */
async function rebase({ gitDir, pull, base, actor }: Making): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'forge-rebase-'))
  try {
    const env = commitEnvironment(actor)
    await git(gitDir, ['clone', '--quiet', '--shared', '--no-checkout', gitDir, scratch], { cwd: scratch })
    await git(gitDir, ['checkout', '--quiet', '--detach', pull.headOid], { cwd: scratch })
    const done = await tryGit(gitDir, ['rebase', '--quiet', base], { cwd: scratch, env })
    if (done.exitCode !== 0) throw unprocessable('This branch can’t be rebased')
    const oid = (await git(gitDir, ['rev-parse', 'HEAD'], { cwd: scratch })).trim()
    await git(gitDir, ['fetch', '--quiet', scratch, 'HEAD'])
    return oid
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

export function commitEnvironment(account: Account): Record<string, string> {
  const email = account.emails[0] ?? `${account.login}@users.noreply.forge.local`
  return {
    GIT_AUTHOR_NAME: account.name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: account.name,
    GIT_COMMITTER_EMAIL: email,
  }
}

/** Only merging into the default branch closes what the text says is closed. */
function closeLinkedIssues(world: World, { repository, pull, actor }: Place): void {
  if (pull.baseRef !== repository.defaultBranch) return
  for (const number of closedBy(pull.body, slugOf(repository))) {
    const issue = findIssue(repository, number)
    if (issue?.state === 'OPEN') closeIssue(world, issue, { actor, reason: 'COMPLETED' })
  }
}

async function deleteHead(world: World, { repository, pull, actor }: Place): Promise<void> {
  if (pull.headRepository !== slugOf(repository)) return
  const gitDir = bareFolder(world.folder, slugOf(repository).toLowerCase())
  const deleted = await tryGit(gitDir, ['update-ref', '-d', `refs/heads/${pull.headRef}`, pull.headOid])
  if (deleted.exitCode === 0) note(world, pull, { type: 'HeadRefDeletedEvent', actor: actor.login })
}

/** Brings the base into the head branch by a merge commit, as the button on GitHub does. */
export async function updateBranch(world: World, place: Place, expectedHeadOid: string | null): Promise<void> {
  const { repository, pull, refs, actor } = place
  const base = refs.get(`refs/heads/${pull.baseRef}`)
  if (pull.state !== 'OPEN' || base === undefined) throw unprocessable('Pull request is closed')
  if (expectedHeadOid !== null && expectedHeadOid !== pull.headOid) {
    throw unprocessable("expected head sha didn't match current head ref.")
  }
  const objects = world.objects(slugOf(repository))
  if (await objects.contains(pull.headOid, base)) throw unprocessable('There are no new commits on the base branch.')
  const tree = await objects.mergedTree(base, pull.headOid)
  if (tree === null) throw unprocessable('merge conflict between base and head')

  const gitDir = bareFolder(world.folder, slugOf(repository).toLowerCase())
  const input = `Merge branch '${pull.baseRef}' into ${pull.headRef}`
  const parents = ['-p', pull.headOid, '-p', base, '-F', '-']
  const oid = (await git(gitDir, ['commit-tree', tree, ...parents], { env: commitEnvironment(actor), input })).trim()
  const moved = await tryGit(gitDir, ['update-ref', `refs/heads/${pull.headRef}`, oid, pull.headOid])
  if (moved.exitCode !== 0) throw unprocessable("expected head sha didn't match current head ref.")
}
