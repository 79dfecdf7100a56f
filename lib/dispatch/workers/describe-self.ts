/**
 * How a worker of this host is described to people: a fresh id, the machine's name, and its checkout.
 *
 * The list may be in a repository that many can read, so the folder is told without the name of the
 * user's home.
 */
import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { join, relative } from 'node:path'
import { findCheckout } from '../../checkout.ts'
import type { Registration } from './rules/registry.ts'

interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export function describeSelf({ cwd, env }: Surroundings): Pick<Registration, 'id' | 'machine' | 'projectRoot'> {
  const root = realpathSync(findCheckout(cwd)?.top ?? cwd)
  const fromHome = relative(env.HOME || homedir(), root)
  const isBelowHome = !fromHome.startsWith('..') && !fromHome.startsWith('/')
  return {
    id: `w-${randomBytes(4).toString('hex')}`,
    machine: hostname(),
    projectRoot: isBelowHome ? join('~', fromHome) : root,
  }
}
