/**
 * Which records of a predecessor are left in some folders, not yet taken over?
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DevLoopsError } from '../errors.ts'
import type { OwnershipContext } from './context.ts'
import { readPredecessor } from './predecessor-file.ts'

export interface LeftRecord {
  readonly file: string
  /** The run that it names as owner; `null`: none, or it cannot be read. */
  readonly runId: string | null
  /** Why it cannot be read; it stands in the way of a first claim until it is removed. */
  readonly problem: string | null
}

/** In the order of `predecessorFolders`; a folder that cannot be listed holds none. */
export function listPredecessors(host: string, context: OwnershipContext): readonly LeftRecord[] {
  return (context.predecessorFolders ?? []).flatMap((folder) => {
    const top = join(folder, '.pi', 'runner-coordination')
    return namesIn(top).flatMap((owner) =>
      namesIn(join(top, owner)).flatMap((name) => {
        const place = { folder: join(top, owner, name), host, repo: `${owner}/${name}` }
        return namesIn(place.folder).flatMap((file) => lookAt(file, place, context))
      }),
    )
  })
}

interface Place {
  readonly folder: string
  readonly host: string
  readonly repo: string
}

function lookAt(name: string, { folder, host, repo }: Place, context: OwnershipContext): readonly LeftRecord[] {
  const number = /^pr-(\d+)\.json$/.exec(name)?.[1]
  if (number === undefined) return []

  const file = join(folder, name)
  try {
    const found = readPredecessor(file, { host, repo, number: Number(number) }, context)
    return found === null || found.sealed ? [] : [{ file, runId: found.record.activeRun?.runId ?? null, problem: null }]
  } catch (error) {
    if (!(error instanceof DevLoopsError)) throw error
    return [{ file, runId: null, problem: error.message }]
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
