/**
 * What a new forge is filled with: accounts, one repository with its files, its issues, and how the
 * others (reviewer, maintainer) will behave. Data only.
 */
import type { BranchProtection, Permission, ReviewerScript } from '../state/model.ts'

export interface SeedAccount {
  readonly login: string
  readonly kind: 'User' | 'Bot'
  readonly name: string
  readonly permission: Permission
  readonly scopes?: string
}

/** The parts in the story; `tokens` of a started forge has the same names. */
export const ROLES = ['maintainer', 'developer', 'reviewer', 'judge', 'stranger'] as const
export type Role = (typeof ROLES)[number]

export interface SeedIssue {
  readonly title: string
  readonly body: string
  readonly labels?: readonly string[]
}

export interface Seed {
  readonly name: string
  /** `owner/name` */
  readonly repo: string
  readonly isPrivate?: boolean
  readonly accounts: Readonly<Record<Role, SeedAccount>>
  readonly files: Readonly<Record<string, string>>
  readonly issues: readonly SeedIssue[]
  readonly labels: readonly string[]
  readonly reviewer: ReviewerScript | null
  readonly protections?: readonly BranchProtection[]
  readonly mergeabilityLag?: number
  readonly deleteBranchOnMerge?: boolean
  /** Whose copy of the repository there is, from which pull requests may come. */
  readonly forkedBy?: Role
  readonly baseMove?: {
    readonly afterChecks: number
    readonly message: string
    readonly files: Readonly<Record<string, string>>
  }
}

/** The same five everywhere; only what they own differs. */
export const USUAL_ACCOUNTS: Seed['accounts'] = {
  maintainer: { login: 'mara', kind: 'User', name: 'Mara Keller', permission: 'ADMIN' },
  developer: { login: 'dev-loop', kind: 'User', name: 'Dev Loop', permission: 'WRITE' },
  reviewer: { login: 'copilot-pull-request-reviewer', kind: 'Bot', name: 'Copilot', permission: 'READ' },
  judge: { login: 'gatekeeper', kind: 'User', name: 'Gate Keeper', permission: 'WRITE' },
  stranger: { login: 'passer-by', kind: 'User', name: 'Passer By', permission: 'READ' },
}
