/**
 * Every target of a store and who holds it. A record that cannot be read is listed with its problem:
 * one damaged file must not hide the others.
 */
import { DevLoopsError } from '../errors.ts'
import { isTargetKey, type Target } from '../target.ts'
import { describeHolder, type Holder } from './answers.ts'
import type { OwnershipContext } from './context.ts'
import { gatherEvidence } from './evidence.ts'
import { parseRecord } from './parse.ts'
import type { OwnershipRecord } from './record.ts'
import { placeOf } from './stored.ts'

export interface ListedOwnership {
  readonly key: string
  readonly target: Target | null
  readonly record: OwnershipRecord | null
  readonly version: string | null
  readonly holder: Holder | null
  /** Why the record cannot be read. */
  readonly problem: string | null
}

/** @param prefix of the key, such as `github.com/acme/api/`; empty for all */
export async function listOwnership(prefix: string, context: OwnershipContext): Promise<readonly ListedOwnership[]> {
  const listed: ListedOwnership[] = []
  const keys = (await context.store.list(prefix)).filter(isTargetKey)
  for (const key of keys) listed.push(await lookAt(key, context))
  return listed
}

async function lookAt(key: string, context: OwnershipContext): Promise<ListedOwnership> {
  const { store } = context
  try {
    const stored = await store.read(key)
    if (stored === null) return { key, target: null, record: null, version: null, holder: null, problem: null }

    const record = parseRecord(stored.value, null, placeOf(key, store))
    const seen = { key, record, version: stored.version }
    const holder = describeHolder(record, gatherEvidence(seen, store.now(), context, false))
    return { ...seen, target: record.target, holder, problem: null }
  } catch (error) {
    if (!(error instanceof DevLoopsError)) throw error
    return { key, target: null, record: null, version: null, holder: null, problem: error.message }
  }
}
