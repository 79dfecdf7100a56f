/**
 * Who is who: one predicate for everybody who speaks on a pull request, and one list of the marks that we
 * leave ourselves.
 *
 * The Copilot reviewer is a bot of exactly this name. Any account may call itself `copilot-…`, and the
 * coding agent of that family also writes review objects when it answers a thread.
 */
import type { Account } from './pull-request.ts'

const COPILOT_REVIEWER = 'copilot-pull-request-reviewer'

/** The coding agent, which writes commits; `copilot` is what REST calls it. */
const COPILOT_CODERS: readonly string[] = ['copilot-swe-agent', 'app/copilot-swe-agent', 'copilot']

export const OWNER_CONTEXT = 'dev-loops/owner'

/** The commit statuses that dev-loops posts. They say nothing about the code and enter no rule on checks. */
export const OWN_CONTEXTS = [OWNER_CONTEXT, 'dev-loops/draft_gate', 'dev-loops/pre_approval_gate'] as const

/**
 * `reviewer`: whom policy names. `ours`: the account that we act by. `author`: of the pull request, where that is
 * another account. `gone`: GitHub does not say who it was.
 */
const ROLES = ['reviewer', 'ours', 'coding_agent', 'bot', 'author', 'person', 'gone'] as const
export type Role = (typeof ROLES)[number]

export interface Cast {
  /** The policy's `review.reviewer`. */
  readonly reviewer: string
  readonly viewer: string
  readonly author: Account | null
}

/** The one answer to "who is this?". A person who is the reviewer is the reviewer, a bot that is ours is ours. */
export function roleOf(account: Account | null, { reviewer, viewer, author }: Cast): Role {
  if (account === null) return 'gone'
  if (isReviewer(account, reviewer)) return 'reviewer'
  if (sameLogin(account.login, viewer)) return 'ours'
  if (isCodingAgent(account)) return 'coding_agent'
  if (account.isBot) return 'bot'
  return sameLogin(account.login, author?.login) ? 'author' : 'person'
}

/** @param reviewer the policy's `review.reviewer`: `copilot`, `none` or a login */
export function isReviewer(account: Account | null, reviewer: string): boolean {
  if (!account || reviewer === 'none') return false
  if (reviewer !== 'copilot') return sameLogin(account.login, reviewer)
  return account.isBot && withoutBotMark(account.login) === COPILOT_REVIEWER
}

export function isCodingAgent(account: Account | null): boolean {
  return account?.isBot === true && COPILOT_CODERS.includes(withoutBotMark(account.login))
}

/** No account can have this name, so no rule takes a team for a person. */
export const SOME_TEAM = '(team)'

/**
 * Whether this account may be one whose review of the pull request is produced here: never one of the
 * Copilot family, whatever interface named it, never the author, never a team.
 */
export function mayReview(account: Account | null, author: Account | null): account is Account {
  if (!account || account.login === SOME_TEAM || sameLogin(account.login, author?.login)) return false
  const name = withoutBotMark(account.login)
  return name !== 'copilot' && !(account.isBot && /^copilot(?![a-z])/.test(name))
}

export function sameLogin(one: string | null | undefined, other: string | null | undefined): boolean {
  return typeof one === 'string' && typeof other === 'string' && one.toLowerCase() === other.toLowerCase()
}

export function isOwnContext(context: string): boolean {
  return OWN_CONTEXTS.some((own) => own === context)
}

/** REST writes `name[bot]` where GraphQL writes `name` and the type Bot. */
function withoutBotMark(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '')
}
