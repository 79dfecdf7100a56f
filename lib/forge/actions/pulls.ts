/**
 * Opening, closing, drafting and readying pull requests, and closing issues.
 *
 * Each function checks what GitHub checks of the thing itself; whether the account may do it at all
 * is decided by the caller, who knows the name of the call that was made.
 */
import { unprocessable } from '../graphql/errors.ts'
import type { Account, Issue, Pull, Repository, TimelineEvent } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'
import { keepHead, type Refs } from './sync.ts'

interface NewPull {
  readonly title: string
  readonly body: string
  readonly baseRef: string
  readonly headRepository: Repository
  readonly headRef: string
  readonly draft: boolean
  readonly maintainerCanModify: boolean
}

export async function openPull(
  world: World,
  wish: NewPull,
  { repository, refs, author }: { repository: Repository; refs: Refs; author: Account },
): Promise<Pull> {
  const baseOid = refs.get(`refs/heads/${wish.baseRef}`)
  const heads = wish.headRepository === repository ? refs : await world.objects(slugOf(wish.headRepository)).refs()
  const headOid = heads.get(`refs/heads/${wish.headRef}`)
  if (!baseOid) throw unprocessable(`Base ref must be a branch`)
  if (!headOid) throw unprocessable(`Head sha can't be blank, Base sha can't be blank, Head ref must be a branch`)
  if (await nothingNew(world, { repository, wish, baseOid, headOid })) {
    throw unprocessable(`No commits between ${wish.baseRef} and ${wish.headRef}`)
  }
  // Asked last and without a pause before the push below: of two that come together, one is refused.
  const twin = repository.pulls.find((pull) => pull.state === 'OPEN' && samePair(pull, wish))
  if (twin) throw unprocessable(`A pull request already exists for ${wish.headRepository.owner}:${wish.headRef}.`)

  const pull = blankPull(world, wish, { repository, author, baseOid, headOid })
  repository.pulls.push(pull)
  await keepHead(world, { repository, pull, oid: headOid })
  world.events.emit('head', repository, pull)
  return pull
}

async function nothingNew(
  world: World,
  at: { repository: Repository; wish: NewPull; baseOid: string; headOid: string },
) {
  if (at.wish.headRepository !== at.repository) return false
  return world.objects(slugOf(at.repository)).contains(at.baseOid, at.headOid)
}

function samePair(pull: Pull, wish: NewPull): boolean {
  const sameHead = pull.headRepository === slugOf(wish.headRepository) && pull.headRef === wish.headRef
  return sameHead && pull.baseRef === wish.baseRef
}

function blankPull(
  world: World,
  wish: NewPull,
  at: { repository: Repository; author: Account; baseOid: string; headOid: string },
): Pull {
  const now = world.now()
  return {
    id: world.nextId(),
    number: at.repository.nextNumber++,
    title: wish.title,
    body: wish.body,
    author: at.author.login,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    labels: [],
    assignees: [],
    comments: [],
    events: [],
    state: 'OPEN',
    draft: wish.draft,
    baseRef: wish.baseRef,
    baseOid: at.baseOid,
    headRepository: slugOf(wish.headRepository),
    headRef: wish.headRef,
    headOid: at.headOid,
    maintainerCanModify: wish.maintainerCanModify,
    mergedAt: null,
    mergedBy: null,
    mergeCommitOid: null,
    reviewRequests: [],
    reviews: [],
    threads: [],
  }
}

export function note(
  world: World,
  about: Pull | Issue,
  event: Pick<TimelineEvent, 'type' | 'actor'> & Partial<TimelineEvent>,
): void {
  const at = world.now()
  about.events.push({ id: world.nextId(), at, ...event })
  about.updatedAt = at
}

/** Saying it twice is allowed and changes nothing, as on GitHub. */
export function setDraft(world: World, pull: Pull, { draft, actor }: { draft: boolean; actor: Account }): void {
  if (pull.state !== 'OPEN') throw unprocessable('Pull request is closed')
  if (pull.draft === draft) return
  pull.draft = draft
  note(world, pull, { type: draft ? 'ConvertToDraftEvent' : 'ReadyForReviewEvent', actor: actor.login })
}

export function closePull(world: World, pull: Pull, actor: Account): void {
  if (pull.state === 'MERGED') throw unprocessable('Pull request is already merged')
  if (pull.state === 'CLOSED') throw unprocessable('Pull request is already closed')
  pull.state = 'CLOSED'
  pull.closedAt = world.now()
  note(world, pull, { type: 'ClosedEvent', actor: actor.login })
}

export function reopenPull(world: World, pull: Pull, { refs, actor }: { refs: Refs; actor: Account }): void {
  if (pull.state !== 'CLOSED') throw unprocessable('Pull request cannot be reopened')
  if (!refs.has(`refs/heads/${pull.headRef}`)) throw unprocessable('The head branch was deleted')
  pull.state = 'OPEN'
  pull.closedAt = null
  note(world, pull, { type: 'ReopenedEvent', actor: actor.login })
}

export function closeIssue(
  world: World,
  issue: Issue,
  { actor, reason }: { actor: Account; reason: NonNullable<Issue['stateReason']> },
): void {
  issue.stateReason = reason
  if (issue.state === 'CLOSED') return
  issue.state = 'CLOSED'
  issue.closedAt = world.now()
  note(world, issue, { type: 'ClosedEvent', actor: actor.login })
}
