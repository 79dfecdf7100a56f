/**
 * Bringing pull requests up to what the branches say.
 *
 * Branches change by pushes, by merges and, in tests, behind the forge's back; so every request
 * compares before it answers. A new head is a new object of checks; a head branch that is gone
 * closes its pull request, as on GitHub.
 */
import { bareFolder, git } from '../git/bare.ts'
import type { Pull, Repository } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'

export type Refs = ReadonlyMap<string, string>

/** @returns the branches and tags of the repository, full name → commit id */
export function syncRepository(world: World, repository: Repository): Promise<Refs> {
  return world.oneAtATime(`sync ${repository.id}`, async () => {
    const refs = await world.objects(slugOf(repository)).refs()
    const open = repository.pulls.filter((pull) => pull.state === 'OPEN')
    let changed = false
    for (const pull of open) changed = (await syncPull(world, { repository, pull, refs })) || changed
    if (changed) await world.save()
    return refs
  })
}

async function syncPull(world: World, at: { repository: Repository; pull: Pull; refs: Refs }): Promise<boolean> {
  const { repository, pull, refs } = at
  const ownHead = pull.headRepository === slugOf(repository)
  const heads = ownHead ? refs : await world.objects(pull.headRepository).refs()
  const oid = heads.get(`refs/heads/${pull.headRef}`)
  if (oid === pull.headOid || pull.state !== 'OPEN') return false

  if (oid === undefined) {
    closeForLostBranch(world, pull)
    return true
  }
  await keepHead(world, { repository, pull, oid })
  pull.headOid = oid
  pull.baseOid = refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseOid
  pull.updatedAt = world.now()
  world.events.emit('head', repository, pull)
  return true
}

function closeForLostBranch(world: World, pull: Pull): void {
  const at = world.now()
  pull.state = 'CLOSED'
  pull.closedAt = at
  pull.updatedAt = at
  pull.events.push({ id: world.nextId(), type: 'HeadRefDeletedEvent', at, actor: pull.author })
  pull.events.push({ id: world.nextId(), type: 'ClosedEvent', at, actor: pull.author })
}

/** `refs/pull/<n>/head` keeps the commits after the branch is deleted, and brings those of forks here. */
export async function keepHead(world: World, at: { repository: Repository; pull: Pull; oid: string }): Promise<void> {
  const gitDir = bareFolder(world.folder, slugOf(at.repository).toLowerCase())
  const ref = `refs/pull/${at.pull.number}/head`
  if (at.pull.headRepository === slugOf(at.repository)) {
    await git(gitDir, ['update-ref', ref, at.oid])
    return
  }
  const fork = bareFolder(world.folder, at.pull.headRepository.toLowerCase())
  await git(gitDir, ['fetch', '--quiet', fork, `+refs/heads/${at.pull.headRef}:${ref}`])
}
