/**
 * Looking things up in the forge's memory. Logins and slugs are compared without case, as on GitHub.
 */
import type { Account, ForgeState, Issue, Permission, Pull, Repository } from './model.ts'
import { PERMISSIONS } from './model.ts'

export function findRepository(state: ForgeState, slug: string): Repository | null {
  const wanted = slug.toLowerCase()
  const named = state.repositories.find((one) => `${one.owner}/${one.name}`.toLowerCase() === wanted)
  return named ?? state.repositories.find((one) => one.formerSlugs?.includes(wanted)) ?? null
}

export function repositoryById(state: ForgeState, id: string | number | undefined): Repository | null {
  return state.repositories.find((one) => one.id === id) ?? null
}

/** Bots are named with and without `[bot]`: GraphQL and REST differ in that. */
export function findAccount(state: ForgeState, login: string): Account | null {
  const wanted = bareLogin(login)
  return state.accounts.find((one) => bareLogin(one.login) === wanted) ?? null
}

export function accountByEmail(state: ForgeState, email: string): Account | null {
  const wanted = email.toLowerCase()
  return state.accounts.find((one) => one.emails.some((known) => known.toLowerCase() === wanted)) ?? null
}

export function findPull(repository: Repository, number: unknown): Pull | null {
  return repository.pulls.find((one) => one.number === number) ?? null
}

export function findIssue(repository: Repository, number: unknown): Issue | null {
  return repository.issues.find((one) => one.number === number) ?? null
}

/** A public repository can be read by every account. */
export function permissionOf(repository: Repository, login: string): Permission {
  const given = repository.permissions[login.toLowerCase()]
  if (given) return given
  return repository.isPrivate ? 'NONE' : 'READ'
}

export function mayDo(repository: Repository, login: string, least: Permission): boolean {
  return PERMISSIONS.indexOf(permissionOf(repository, login)) >= PERMISSIONS.indexOf(least)
}

/** The login without case and without the `[bot]` that REST adds. */
export function bareLogin(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '')
}
