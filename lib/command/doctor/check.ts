/**
 * One line of `doctor`: what was looked at, whether it is as it should be, and what to do if not.
 */
import { DevLoopsError } from '../../errors.ts'

/** A promise to programs, like the codes: added, never renamed. */
export const CHECKS = [
  'node',
  'git',
  'configuration',
  'agent_developer',
  'agent_reviewer',
  'store',
  'claims',
  'worktrees',
  'workers',
  'predecessor',
  'token',
  'scopes',
  'permission',
  'policy',
] as const

export type CheckId = (typeof CHECKS)[number]

export interface Check {
  readonly id: CheckId
  /** `null`: it could not be looked at, or nothing depends on it here. */
  readonly ok: boolean | null
  readonly detail: string
  /** What to do now; `null` when there is nothing to do. */
  readonly fix: string | null
}

export function fine(id: CheckId, detail: string): Check {
  return { id, ok: true, detail, fix: null }
}

export function wrong(id: CheckId, detail: string, fix: string): Check {
  return { id, ok: false, detail, fix }
}

export function unknown(id: CheckId, detail: string, fix: string | null = null): Check {
  return { id, ok: null, detail, fix }
}

/** One check that cannot be made must not hide the others; a bug still ends all of them. */
export async function attempt(id: CheckId, fix: string, look: () => Promise<Check> | Check): Promise<Check> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof DevLoopsError)) throw error
    return wrong(id, error.message, fix)
  }
}
