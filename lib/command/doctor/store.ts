/** Where are the records, whom do they protect, and can they be written? */
import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { StateLocation } from '../../store/location.ts'
import { REACH } from '../reach.ts'
import { type Check, fine, wrong } from './check.ts'

export function checkStore({ folder, scope, reason }: StateLocation): Check {
  const detail = `${folder} (${reason}); protects ${REACH[scope]}`
  const place = nearestThere(folder)
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
