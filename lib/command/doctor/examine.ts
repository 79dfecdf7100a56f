/** Makes every check, in the order in which one would repair things. */

import { type Place, readWorkers } from '../../dispatch/workers/service.ts'
import { endpointFor } from '../../endpoint.ts'
import { DevLoopsError } from '../../errors.ts'
import { listWorktrees, type OwnedWorktree } from '../../git/list-worktrees.ts'
import { readHostIdentity } from '../../ownership/host.ts'
import { predecessorFoldersOf } from '../../ownership/predecessor-file.ts'
import { listPredecessors } from '../../ownership/predecessor-list.ts'
import { type ListedOwnership, listOwnership } from '../../ownership/service.ts'
import { originSlug } from '../../store/location.ts'
import type { CommandContext } from '../define.ts'
import { loadedConfig, openGitHub, openRecords, type Records, resolveRepository } from '../services.ts'
import { attempt, type Check, unknown, wrong } from './check.ts'
import { checkAgent, checkConfiguration } from './configuration.ts'
import { checkGitHub } from './github.ts'
import { checkClaims, checkWorktrees } from './leftovers.ts'
import { checkPredecessor } from './predecessor.ts'
import { checkStore } from './store.ts'
import { checkGit, checkNode } from './versions.ts'
import { checkWorkers } from './workers.ts'

interface ExamineWords {
  readonly repo?: string | undefined
  readonly stateDir?: string | undefined
}

export async function examine(words: ExamineWords, context: CommandContext): Promise<readonly Check[]> {
  const loaded = await loadedConfig(context)
  const { agents } = loaded.config
  const records = await openOrExplain(words, context)
  const known = words.repo !== undefined || originSlug(context.cwd) !== null
  const place = known ? resolveRepository(words, context) : null
  return [
    checkNode(process.versions.node),
    await checkGit(context),
    checkConfiguration(loaded),
    checkAgent('developer', agents.developer.command, context),
    checkAgent('reviewer', agents.reviewer.command, context),
    ...('store' in records
      ? [checkStore(records, context.env), ...(await checkLeftovers(records, place, context))]
      : [records]),
    ...(await checkGitHub(place, () => openGitHub(context), context.signal)),
  ]
}

/** Without a store the other checks are still worth making. */
async function openOrExplain(words: ExamineWords, context: CommandContext): Promise<Records | Check> {
  const target = words.repo === undefined ? undefined : { repo: words.repo }
  try {
    return await openRecords(target, words, context)
  } catch (error) {
    if (!(error instanceof DevLoopsError)) throw error
    return wrong('store', error.message, 'set store to files, git or git+<address>')
  }
}

async function checkLeftovers(
  { store, location }: Records,
  place: Place | null,
  context: CommandContext,
): Promise<readonly Check[]> {
  const predecessorFolders = predecessorFoldersOf(context.cwd, location)
  const observations = `${location.folder}/observations`
  const ownership = { store, host: readHostIdentity(), observations, predecessorFolders }
  let listed: readonly ListedOwnership[] = []
  const claims = await attempt('claims', 'look at where the store keeps its records', async () => {
    listed = await listOwnership('', ownership)
    return checkClaims(listed)
  })
  const worktrees = await attempt('worktrees', 'see what git worktree list says', async () =>
    checkWorktrees(await worktreesHere(location, context), listed),
  )
  const workers = await attempt('workers', 'restore the record from a backup, or move its folder away', async () =>
    place === null ? unknown('workers', 'no repository is named') : checkWorkers(await readWorkers(place, ownership)),
  )
  return [claims, worktrees, workers, checkPredecessor(listPredecessors(endpointFor(context.env).host, ownership))]
}

async function worktreesHere(
  { commonGitDir }: Records['location'],
  { cwd, env, signal }: CommandContext,
): Promise<readonly OwnedWorktree[] | null> {
  return commonGitDir === null ? null : listWorktrees({ cwd, env, signal })
}
