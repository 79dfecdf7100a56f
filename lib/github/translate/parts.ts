/**
 * GitHub's words into ours, for what pull requests and issues share. Pure: an answer in, facts out.
 */

import { SOME_TEAM } from '../../facts/identity.ts'
import type { LinkedPullRequestFact } from '../../facts/issue.ts'
import type { Account, PolicyFileFact, RepositoryFact } from '../../facts/pull-request.ts'
import type {
  RawActor,
  RawBase,
  RawLinkedPullRequest,
  RawPolicyEntry,
  RawRepository,
  RawReviewer,
} from '../answers/parts.ts'

/** @returns `null` for an account that is gone (GitHub shows it as "ghost") or may not be seen */
export function accountOf(actor: RawActor): Account | null {
  return actor === null ? null : { login: actor.login, isBot: isBot(actor.__typename, actor.login) }
}

export function reviewerOf(reviewer: RawReviewer | undefined): Account | null {
  const login = reviewer?.__typename === 'Team' ? SOME_TEAM : reviewer?.login
  if (!reviewer || login === undefined) return null
  return { login, isBot: isBot(reviewer.__typename, login) }
}

function isBot(typename: string, login: string): boolean {
  return typename === 'Bot' || login.endsWith('[bot]')
}

export function repositoryOf(raw: RawRepository, { host, viewer }: { host: string; viewer: string }): RepositoryFact {
  return {
    id: raw.id,
    host,
    repo: raw.nameWithOwner.toLowerCase(),
    defaultBranch: raw.defaultBranchRef?.name ?? null,
    viewerPermission: oneOf(['ADMIN', 'MAINTAIN', 'WRITE', 'TRIAGE', 'READ'], raw.viewerPermission),
    viewer: asAuthor(viewer),
  }
}

/** GitHub calls an app `name[bot]` when it is the viewer, and `name` as the author of what it wrote. */
export function asAuthor(viewer: string): string {
  return viewer.replace(/\[bot\]$/, '')
}

const NAMES = { plain: '.devloops', yaml: '.devloops.yaml', yml: '.devloops.yml', json: '.devloops.json' } as const

/**
 * The policy file at the tip of the base. Two of them, a link, a folder, a binary or a text that GitHub
 * cut are unreadable, because whoever wrote them may have meant something stricter than we would see.
 *
 * @param base `null` when the base branch is gone
 */
export function policyFileOf(base: RawBase): PolicyFileFact {
  const target = base?.target
  if (!target) return unreadable('the base branch cannot be read')
  if (target.__typename !== 'Commit') return unreadable('the base branch does not lead to a commit')

  const found = (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((name) => {
    const entry = target[name]
    return entry ? [{ path: NAMES[name], entry }] : []
  })
  const [first, second] = found
  if (!first) return { status: 'absent' }
  if (second) return unreadable(`${found.map(({ path }) => path).join(' and ')} are both there; keep one`)
  return textOf(first.path, first.entry)
}

const REGULAR_FILE_MODES = [0o100644, 0o100755]

function textOf(path: string, { mode, object }: NonNullable<RawPolicyEntry>): PolicyFileFact {
  if (!REGULAR_FILE_MODES.includes(mode)) return unreadable(`${path} is not a regular file`)
  if (object?.__typename !== 'Blob' || object.oid === undefined) return unreadable(`${path} cannot be read`)
  if (object.isBinary === true) return unreadable(`${path} is binary`)
  if (object.isTruncated !== false || typeof object.text !== 'string') {
    return unreadable(`GitHub does not give the whole text of ${path}`)
  }
  return { status: 'present', path, text: object.text, oid: object.oid }
}

function unreadable(reason: string): PolicyFileFact {
  return { status: 'unreadable', reason }
}

export function linkedPullRequestOf(raw: RawLinkedPullRequest): LinkedPullRequestFact | null {
  const state = oneOf(['OPEN', 'CLOSED', 'MERGED'], raw.state)
  if (state === null) return null
  return {
    number: raw.number,
    repo: raw.repository.nameWithOwner.toLowerCase(),
    state,
    isDraft: raw.isDraft,
    headBranch: raw.headRefName,
    headRepo: raw.headRepository?.nameWithOwner.toLowerCase() ?? null,
    author: accountOf(raw.author),
  }
}

/** @returns the value when it is one of those we know, else `null`: GitHub may add others any day */
export function oneOf<const Value extends string>(known: readonly Value[], value: string | null): Value | null {
  return known.find((candidate) => candidate === value) ?? null
}
