/**
 * Finds out what is over, and moves its records into the archive of the store.
 */
import { findCommonGitDir } from '../../checkout.ts'
import { DevLoopsError } from '../../errors.ts'
import { runGit } from '../../git/run.ts'
import { readOpenNumbers } from '../../github/open-numbers.ts'
import { readHostIdentity } from '../../ownership/host.ts'
import { type ListedOwnership, listOwnership } from '../../ownership/service.ts'
import { urlOfRepository } from '../../store/remotes.ts'
import type { RecordVersion, StoreCare } from '../../store/store.ts'
import { checkoutOf, openGit } from '../asking.ts'
import type { CommandContext } from '../define.ts'
import { openGitHub, openRecords, resolveRepository } from '../services.ts'
import { chooseArchived, type Ended, isFree } from './choose-archived.ts'

const REMOTE = 'dev-loops-repository'

interface CompactWords {
  readonly repo?: string | undefined
  readonly stateDir?: string | undefined
  readonly dryRun: boolean
}

export interface Compacted {
  readonly status: 'archived' | 'planned' | 'nothing_to_do'
  readonly repo: string
  readonly targets: readonly string[]
  /** Keys of the records that were changed meanwhile. */
  readonly left: readonly string[]
  readonly live: number
  readonly location: string
  readonly warnings?: readonly string[]
}

export async function compact(words: CompactWords, context: CommandContext): Promise<Compacted> {
  const { host, repo } = resolveRepository(words, context)
  const { store, location } = await openRecords({ repo }, words, context)
  const observations = `${location.folder}/observations`
  const listed = await listOwnership(`${host}/${repo}/`, { store, host: readHostIdentity(), observations })
  const nothing = {
    status: 'nothing_to_do' as const,
    repo,
    targets: [],
    left: [],
    live: listed.length,
    location: store.location,
  }
  if (store.care === undefined) return { ...nothing, warnings: [KEPT_SMALL] }

  const free = listed.filter(isFree)
  const { known, warnings } = await findEnded(free, repo, context)
  const chosen = chooseArchived(free, known)
  const said = warnings.length === 0 ? {} : { warnings }
  if (chosen.length === 0) return { ...nothing, ...said }
  if (words.dryRun) return { ...nothing, ...said, status: 'planned', targets: namesOf(chosen, host) }
  return { ...nothing, ...said, ...(await archiveAll(chosen, store.care, { host, live: listed.length })) }
}

const KEPT_SMALL = 'a store of files has no archive, and needs none: a record that nobody uses costs nothing there'

async function archiveAll(
  chosen: readonly RecordVersion[],
  care: StoreCare,
  { host, live }: { readonly host: string; readonly live: number },
): Promise<Pick<Compacted, 'status' | 'targets' | 'left' | 'live'>> {
  const { archived, left } = await care.archive(chosen)
  const moved = new Set(archived)
  return {
    status: 'archived',
    targets: namesOf(
      chosen.filter(({ key }) => moved.has(key)),
      host,
    ),
    left,
    live: live - archived.length,
  }
}

interface Found {
  readonly known: Ended
  readonly warnings: readonly string[]
}

/** Each is asked for only when a record is about it, and one that cannot be had does not hide the other. */
async function findEnded(free: readonly ListedOwnership[], repo: string, context: CommandContext): Promise<Found> {
  const warnings: string[] = []
  const orWarn = async <T>(wanted: boolean, what: string, ask: () => Promise<T>): Promise<T | null> => {
    if (!wanted) return null
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof DevLoopsError)) throw error
      warnings.push(`${what} is not known, so their records stay: ${error.message}`)
      return null
    }
  }
  const has = (word: 'number' | 'branch') => free.some(({ target }) => target !== null && word in target)
  const openNumbers = await orWarn(has('number'), 'which issues and pull requests are open', async () =>
    readOpenNumbers(repo, await openGitHub(context), context.signal),
  )
  const branches = await orWarn(has('branch'), 'which branches there are', () => readBranches(repo, context))
  return { known: { openNumbers, branches }, warnings }
}

/** @throws DevLoopsError `not_a_checkout`; GitError */
async function readBranches(repo: string, context: CommandContext): Promise<ReadonlySet<string>> {
  const cwd = checkoutOf(repo, context)
  const commonGitDir = findCommonGitDir(context.cwd)
  const url = cwd === null || commonGitDir === null ? null : urlOfRepository(commonGitDir, repo)
  if (cwd === null || url === null) {
    throw new DevLoopsError('not_a_checkout', `run it in a checkout whose remote is ${repo}`, { repo })
  }
  // The address may hold a password, so it is no argument.
  const settings = [[`remote.${REMOTE}.url`, url]] as const
  const { stdout } = await runGit(['ls-remote', '--heads', REMOTE], { ...(await openGit(cwd, context)), cwd, settings })
  return new Set([...stdout.matchAll(/\trefs\/heads\/(.+)$/gm)].map(([, branch = '']) => branch))
}

function namesOf(records: readonly RecordVersion[], host: string): readonly string[] {
  return records.map(({ key }) => key.slice(host.length + 1))
}
