/** Where are the records, whom do they protect, and can they be written? */
import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { adviseStore } from '../advice.ts'
import { REACH } from '../reach.ts'
import type { Records } from '../services.ts'
import { type Check, fine, wrong } from './check.ts'

export function checkStore({ store, location }: Records, env: Readonly<Record<string, string | undefined>>): Check {
  const where = store.remote === undefined ? '' : `${store.remote}, cache in `
  const advice = adviseStore(store.scope, env)
  const reach = `protects ${REACH[store.scope]}${advice === null ? '' : `; ${advice}`}`
  const detail = `${where}${location.folder} (${location.reason}); ${reach}`
  const place = nearestThere(location.folder)
  try {
    accessSync(place, constants.W_OK)
    return fine('store', detail)
  } catch {
    return wrong('store', `${detail}; ${place} cannot be written`, 'change its permissions, or give --state-dir')
  }
}

/** The folder is made with the first record. */
function nearestThere(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestThere(dirname(folder))
}
