/**
 * Can every record be read, with its whole journal?
 */
import { StoreError } from '../errors.ts'
import type { Checked, Store } from './store.ts'

export async function checkRecords(store: Store, prefix: string): Promise<Checked> {
  if (store.care) return store.care.check(prefix)
  const keys = await store.list(prefix)
  const damaged: { key: string; problem: StoreError }[] = []
  for (const key of keys) {
    const problem = await problemOf(key, store)
    if (problem !== null) damaged.push({ key, problem })
  }
  return { records: keys.length, damaged }
}

async function problemOf(key: string, store: Store): Promise<StoreError | null> {
  try {
    await store.read(key)
    await store.journal(key, 0)
    return null
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}
