/**
 * Opens the store for a caller of the library, in the place that a command would use for the same
 * target: a program and a person that ask about one pull request must meet in one record.
 */
import { loadPlaceOfRecords } from '../config/load.ts'
import { locateState } from '../store/location.ts'
import { openChosenStore } from '../store/open.ts'
import type { NumberedTarget } from '../target.ts'
import type { OwnershipContext } from './context.ts'
import { readHostIdentity } from './host.ts'
import { predecessorFoldersOf } from './predecessor-file.ts'
import type { RunnerTarget } from './predecessor-types.ts'

/** @throws ConfigError `config_invalid` when configuration does not say where records are; other problems are passed over */
export async function openForLibrary(target: NumberedTarget, options: RunnerTarget): Promise<OwnershipContext> {
  const { cwd = process.cwd(), env = process.env, caller = 'library', filePath } = options
  const { store, stateDir } = await loadPlaceOfRecords({ cwd, env })
  const location = locateState({ cwd, env, target, caller, stateDir: stateDir ?? undefined })
  return {
    store: await openChosenStore(store, { location, env, target, askToken: async () => tokenIn(env) }),
    host: readHostIdentity(),
    observations: `${location.folder}/observations`,
    predecessorFolders: predecessorFoldersOf(cwd, location),
    predecessorFile: filePath ?? undefined,
  }
}

/** A library does not start the `gh` command: without a token git uses what the person has set up. */
function tokenIn(env: Readonly<Record<string, string | undefined>>): string | null {
  return env.GH_TOKEN || env.GITHUB_TOKEN || null
}
