/**
 * Who is who: one predicate for the reviewer and one list of the marks that we leave ourselves.
 *
 * The Copilot reviewer is a bot of exactly this name. Any account may call itself `copilot-…`, and the
 * coding agent of that family also writes review objects when it answers a thread.
 */
import type { Account } from './pull-request.ts'

const COPILOT_REVIEWER = 'copilot-pull-request-reviewer'

export const OWNER_CONTEXT = 'dev-loops/owner'

/** The commit statuses that dev-loops posts. They say nothing about the code and enter no rule on checks. */
export const OWN_CONTEXTS = [OWNER_CONTEXT, 'dev-loops/draft_gate', 'dev-loops/pre_approval_gate'] as const

/** @param reviewer the policy's `review.reviewer`: `copilot`, `none` or a login */
export function isReviewer(account: Account | null, reviewer: string): boolean {
  if (!account || reviewer === 'none') return false
  if (reviewer !== 'copilot') return sameLogin(account.login, reviewer)
  return account.isBot && withoutBotMark(account.login) === COPILOT_REVIEWER
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
