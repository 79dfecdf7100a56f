/** Makes every check, in the order in which one would repair things. */
import { listWorktrees, type OwnedWorktree } from '../../git/list-worktrees.ts'
import { readHostIdentity } from '../../ownership/host.ts'
import { type ListedOwnership, listOwnership } from '../../ownership/service.ts'
import { locateState, originSlug, type StateLocation } from '../../store/location.ts'
import { openStore } from '../../store/open.ts'
import type { CommandContext } from '../define.ts'
import { loadedConfig, openGitHub, resolveRepository } from '../services.ts'
import { attempt, type Check } from './check.ts'
import { checkAgent, checkConfiguration } from './configuration.ts'
import { checkGitHub } from './github.ts'
import { checkClaims, checkWorktrees } from './leftovers.ts'
import { checkStore } from './store.ts'
import { checkGit, checkNode } from './versions.ts'

interface ExamineWords {
  readonly repo?: string | undefined
  readonly stateDir?: string | undefined
}

export async function examine(words: ExamineWords, context: CommandContext): Promise<readonly Check[]> {
  const loaded = await loadedConfig(context)
  const { agents } = loaded.config
  const location = locate(words, loaded.config.stateDir, context)
  const known = words.repo !== undefined || originSlug(context.cwd) !== null
  const place = known ? resolveRepository(words, context) : null
  return [
    checkNode(process.versions.node),
    await checkGit(context),
    checkConfiguration(loaded),
    checkAgent('developer', agents.developer.command, context),
    checkAgent('reviewer', agents.reviewer.command, context),
    checkStore(location),
    ...(await checkLeftovers(location, context)),
    ...(await checkGitHub(place, () => openGitHub(context), context.signal)),
  ]
}

function locate(words: ExamineWords, configured: string | null, { cwd, env }: CommandContext): StateLocation {
  const stateDir = words.stateDir ?? env.DEV_LOOPS_STATE_DIR ?? configured ?? undefined
  const target = words.repo === undefined ? undefined : { repo: words.repo }
  return locateState({ cwd, env, stateDir, target })
}

async function checkLeftovers(location: StateLocation, context: CommandContext): Promise<readonly Check[]> {
  const store = openStore(location)
  const ownership = { store, host: readHostIdentity(), observations: `${location.folder}/observations` }
  let listed: readonly ListedOwnership[] = []
  const claims = await attempt('claims', 'look at the folder of the store', async () => {
    listed = await listOwnership('', ownership)
    return checkClaims(listed)
  })
  const worktrees = await attempt('worktrees', 'see what git worktree list says', async () =>
    checkWorktrees(await worktreesHere(location, context), listed),
  )
  return [claims, worktrees]
}

async function worktreesHere(
  { commonGitDir }: StateLocation,
  { cwd, env, signal }: CommandContext,
): Promise<readonly OwnedWorktree[] | null> {
  return commonGitDir === null ? null : listWorktrees({ cwd, env, signal })
}
