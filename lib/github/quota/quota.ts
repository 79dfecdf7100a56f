/**
 * Keeps the books of one token's quotas: asked before each request, told of each answer.
 *
 * The folder is named after a hash of host and token; the token itself goes nowhere.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { GitHubError } from '../../errors.ts'
import { readQuota } from './headers.ts'
import { type Charge, type Refusal, type Resource, settle, take } from './ledger.ts'
import { type KeptLedger, openLedgerFolder } from './ledger-folder.ts'

export interface Quota {
  /** @throws GitHubError `rate_limited` without asking GitHub, when the answer would be that or the reserve is reached */
  take(charge: Charge): void
  settle(charge: Charge, answer: { readonly status: number; readonly headers: Headers }): void
  /** GitHub says in words alone that a quota is spent. */
  spent(resource: Resource, forMs: number): void
}

export const NO_QUOTA: Quota = { take: () => undefined, settle: () => undefined, spent: () => undefined }

export interface QuotaOptions {
  /** Points of every window that observing leaves to effects. */
  readonly reserve: number
  /** Wall clock in milliseconds. */
  readonly wallMs: () => number
}

/** Where everything about one token is kept, below the folder of the user's state. */
export function quotaFolder(stateFolder: string, { host, token }: { host: string; token: string }): string {
  const key = createHash('sha256').update(`${host}\0${token}`).digest('hex').slice(0, 32)
  return join(stateFolder, 'quota', key)
}

export function openQuota(folder: string, { reserve, wallMs }: QuotaOptions): Quota {
  const kept: KeptLedger = openLedgerFolder(join(folder, 'ledger'))
  return {
    take(charge) {
      const nowMs = wallMs()
      const refused = kept.change((before) => {
        const { ledger, refused } = take(before, charge, { reserve, nowMs })
        return { ledger, result: refused }
      })
      if (refused) throw refusal(refused, charge.resource, { nowMs, reserve })
    },
    settle(charge, answer) {
      const nowMs = wallMs()
      const said = readQuota(answer, { resource: charge.resource, nowMs })
      kept.change((before) => ({ ledger: settle(before, charge, { ...said, nowMs }), result: null }))
    },
    spent(resource, forMs) {
      const nowMs = wallMs()
      kept.change((before) => {
        const seen = { limit: before[resource].limit ?? 0, remaining: 0, untilMs: nowMs + forMs }
        const charge: Charge = { resource, points: 0, purpose: 'observe' }
        return { ledger: settle(before, charge, { seen, pauseMs: 0, nowMs }), result: null }
      })
    },
  }
}

const NAMES: Readonly<Record<Resource, string>> = { graphql: 'GraphQL', core: 'REST' }

function refusal(
  { why, untilMs, remaining }: Refusal,
  resource: Resource,
  { nowMs, reserve }: { readonly nowMs: number; readonly reserve: number },
): GitHubError {
  const resetAt = new Date(untilMs).toISOString()
  const words = {
    paused: 'GitHub asked for a pause',
    spent: `the ${NAMES[resource]} quota of this token is spent`,
    reserved: `of the ${NAMES[resource]} quota of this token ${remaining} are left, and ${reserve} are kept for effects`,
  }
  return new GitHubError('rate_limited', `${words[why]}; nothing was asked, wait until ${resetAt}`, {
    limit: why === 'paused' ? 'secondary' : 'primary',
    resource,
    resetAt,
    retryAfterMs: Math.max(1_000, untilMs - nowMs),
    asked: false,
  })
}
