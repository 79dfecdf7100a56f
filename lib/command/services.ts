/**
 * Opens what commands need of the world: target, records, GitHub, configuration. Only when asked for,
 * and each import as late as possible: `ownership status` must not pay for GitHub's client.
 */
import type { Checkout } from '../checkout.ts'
import { STATE_DIR } from '../config/inputs.ts'
import { loadConfig, loadPlaceOfRecords, requireValid } from '../config/load.ts'
import type { LoadedConfig, PlaceOfRecords } from '../config/resolved.ts'
import { endpointFor } from '../endpoint.ts'
import { DevLoopsError, UsageError } from '../errors.ts'
import type { GitHubClient } from '../github/client.ts'
import type { PullRequestHead } from '../github/head-branch.ts'
import { readHostIdentity } from '../ownership/host.ts'
import { predecessorFoldersOf } from '../ownership/predecessor-file.ts'
import { type OwnershipContext, readOwnership } from '../ownership/service.ts'
import type { EffectContext } from '../sessions/perform.ts'
import { locateState, originSlug, type StateLocation } from '../store/location.ts'
import { openChosenStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { formatTarget, type NumberedTarget, type Target } from '../target.ts'
import type { CommandContext } from './define.ts'

type Place = Pick<CommandContext, 'cwd' | 'env'>

export interface TargetWords {
  readonly repo?: string | undefined
  readonly pr?: number | undefined
  readonly issue?: number | undefined
  readonly stateDir?: string | undefined
}

/**
 * @param checkout around the current folder, when it was looked for already
 * @returns what `--repo` and `--pr` or `--issue` name; without `--repo` the origin of this checkout
 * @throws UsageError `usage` when there is no number, `not_a_checkout` when there is no repository
 */
export function resolveTarget(words: TargetWords, context: CommandContext, checkout?: Checkout | null): NumberedTarget {
  const number = words.pr ?? words.issue
  if (number === undefined) throw new UsageError('usage', 'give --pr <number> or --issue <number>')
  return { ...resolveRepository(words, context, checkout), number }
}

export function resolveRepository(
  words: Pick<TargetWords, 'repo'>,
  context: CommandContext,
  checkout?: Checkout | null,
): { readonly host: string; readonly repo: string } {
  const repo = words.repo ?? originSlug(context.cwd, checkout?.commonGitDir)
  if (repo !== null) return { host: endpointFor(context.env).host, repo }
  throw new UsageError(
    'not_a_checkout',
    'this is no checkout with a remote named origin; give --repo <owner/name>, or run it in one',
  )
}

/** Where the records are asked for. */
interface RecordWords extends Pick<TargetWords, 'stateDir'> {
  /** What `placeOfRecords` answered, when it was asked already. */
  readonly place?: PlaceOfRecords
  /** The target's repository was read from this checkout's origin, so nobody has to look whether it is a remote here. */
  readonly fromOrigin?: boolean
}

/** Where the records of this target are, opened. */
export async function openOwnership(
  target: Target,
  words: RecordWords,
  context: CommandContext,
): Promise<OwnershipContext> {
  const { store, location } = await openRecords(target, words, context)
  return {
    store,
    host: readHostIdentity(),
    observations: `${location.folder}/observations`,
    // Looked for only where the store has no record.
    get predecessorFolders() {
      return predecessorFoldersOf(context.cwd, location)
    },
  }
}

export interface Records {
  readonly store: Store
  readonly location: StateLocation
}

/**
 * @param target whose records; without one, those of this checkout
 * @throws ConfigError `config_invalid` when it cannot be known which store is meant: to go on with files
 *   would be to claim where nobody looks
 */
export async function openRecords(
  target: Pick<Target, 'repo'> | undefined,
  words: RecordWords,
  context: CommandContext,
): Promise<Records> {
  const place = words.place ?? (await placeOfRecords(context))
  const location = locationFor(words.fromOrigin ? undefined : target, words, place, context)
  const { env } = context
  const askToken = async () => {
    const { readToken } = await import('../github/token.ts')
    return readToken({ env, host: endpointFor(env).host }).catch(() => null)
  }
  return { location, store: await openChosenStore(place.store, { location, env, target, askToken }) }
}

/**
 * `DEV_LOOPS_STATE_DIR` is read without its help, so it has nothing to resolve where that variable is alone.
 *
 * @throws ConfigError `config_invalid`
 */
export function placeOfRecords({ cwd, env }: Place): Promise<PlaceOfRecords> {
  return loadPlaceOfRecords({ cwd, env, without: STATE_DIR })
}

/** `--state-dir`, then `DEV_LOOPS_STATE_DIR`, then the preference, then the place that belongs to the target. */
export async function stateLocation(
  target: Target,
  words: Pick<TargetWords, 'stateDir'>,
  context: CommandContext,
): Promise<StateLocation> {
  const { config, checkout } = await loadedConfig(context)
  return locationFor(target, words, { store: config.store, stateDir: config.stateDir, checkout }, context)
}

function locationFor(
  target: Pick<Target, 'repo'> | undefined,
  { stateDir }: Pick<TargetWords, 'stateDir'>,
  place: PlaceOfRecords,
  { cwd, env }: CommandContext,
): StateLocation {
  const given = stateDir ?? env[STATE_DIR] ?? place.stateDir
  return locateState({ cwd, env, stateDir: given ?? undefined, target, commonGitDir: place.checkout?.commonGitDir })
}

/** Never throws for a wrong file: `problems` says what is wrong with it. */
export async function loadedConfig({ cwd, env }: Place): Promise<LoadedConfig> {
  return loadConfig({ cwd, env })
}

/** For commands that change anything. @throws ConfigError `config_invalid` */
export async function validConfig(context: CommandContext): Promise<LoadedConfig> {
  return requireValid(await loadedConfig(context))
}

/** @throws GitHubError `token_missing` */
export async function openGitHub(context: CommandContext): Promise<GitHubClient> {
  const { config } = await loadedConfig(context)
  const { clientFor } = await import('./github-client.ts')
  const { readToken } = await import('../github/token.ts')
  const token = await readToken({ env: context.env, host: endpointFor(context.env).host })
  return clientFor(token, config.github, context)
}

export interface Acting extends EffectContext {
  readonly target: NumberedTarget
}

/**
 * The right to make effects on a target that this run holds.
 *
 * @throws UsageError `run_id_required`; DevLoopsError with the refusal's code when the run does not
 *   hold the target
 */
export async function openEffects(
  words: TargetWords & { readonly runId?: string | undefined },
  context: CommandContext,
): Promise<Acting> {
  await validConfig(context)
  const { runId } = words
  if (runId === undefined) {
    throw new UsageError('run_id_required', 'only a run may do this; give --run-id <id> or set DEV_LOOPS_RUN_ID')
  }
  const target = resolveTarget(words, context)
  const ownership = await openOwnership(target, words, context)
  const { holder } = await readOwnership(target, ownership)
  const name = formatTarget(target)
  if (holder === null) {
    throw new DevLoopsError('ownership_missing', `run ${runId} does not hold ${name}; claim it first`, { target: name })
  }
  if (holder.runId !== runId) {
    throw new DevLoopsError('ownership_lost', `run ${holder.runId} holds ${name}; stop`, {
      target: name,
      holder: holder.runId,
      token: holder.token,
    })
  }
  const { signal } = context
  const boundary = context.onBoundary === undefined ? {} : { onBoundary: context.onBoundary }
  return { target, runId, token: holder.token, ownership, signal, ...boundary }
}

/**
 * The head branch of a pull request, for the claim that must hold it too: one request, or two over REST.
 *
 * @returns `null` when the number is an issue's
 */
export async function headBranchOf(target: NumberedTarget, context: CommandContext): Promise<PullRequestHead | null> {
  const client = await openGitHub(context)
  const { readHeadBranchByAny } = await import('../github/observe-by-any.ts')
  return readHeadBranchByAny(client, target, context.signal)
}
