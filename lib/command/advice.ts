/**
 * Where records of this machine alone protect little: in a container or in CI, whose disk ends with the job.
 */
import { existsSync } from 'node:fs'
import type { StoreScope } from '../store/store.ts'

const MARKS = ['/.dockerenv', '/run/.containerenv'] as const
const VARIABLES = ['CI', 'KUBERNETES_SERVICE_HOST', 'container'] as const

/** @returns what to do about it; `null` when the store reaches far enough for where this runs */
export function adviseStore(
  scope: StoreScope,
  env: Readonly<Record<string, string | undefined>>,
  isThere: (path: string) => boolean = existsSync,
): string | null {
  const isPassing = VARIABLES.some((name) => env[name]) || MARKS.some(isThere)
  if (scope === 'every_machine' || !isPassing) return null
  return 'in a container or CI others do not see these records; set `store: git` in .devloops, or DEV_LOOPS_STORE=git'
}
