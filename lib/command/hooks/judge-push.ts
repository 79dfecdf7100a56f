/**
 * Looks up who holds the branches of a push, and lets the hook's rules decide.
 *
 * The repository is named by the address that is pushed to, as a target names it: `owner/name`. So a push
 * to a fork or to any other repository asks about branches of that one, and a mirror of the same name
 * counts as the same. A branch of an address that names no repository can be claimed by nobody.
 */
import { UsageError } from '../../errors.ts'
import { type BranchClaim, branchOf, decidePush, type RefVerdict } from '../../git/hooks/decide.ts'
import type { PushedRef } from '../../git/hooks/pushed-refs.ts'
import { sameRepository } from '../../git/same-repository.ts'
import { type Holder, listOwnership, type OwnershipContext, readOwnership } from '../../ownership/service.ts'
import { parseWork } from '../../sessions/work.ts'
import { parseStoreChoice } from '../../store/git/address.ts'
import { NAMESPACES, recordRef } from '../../store/git/ref-names.ts'
import { originSlug } from '../../store/location.ts'
import { slugOfUrl } from '../../store/remotes.ts'
import { type BranchTarget, isBranchName, type Target, targetKey } from '../../target.ts'
import type { CommandContext } from '../define.ts'
import { openOwnership, validConfig } from '../services.ts'

export interface PushWords {
  readonly url: string
  readonly stateDir?: string | undefined
}

export interface JudgedPush {
  /** `null`: the address names no repository. */
  readonly repo: string | null
  readonly verdicts: readonly RefVerdict[]
}

/** @throws StoreError, ConfigError: then nothing is known, and the push must not pass */
export async function judgePush(
  refs: readonly PushedRef[],
  words: PushWords,
  context: CommandContext,
): Promise<JudgedPush> {
  // A setting that cannot be read may be the one that says where the records are.
  const { config } = await validConfig(context)
  const repo = slugOfUrl(words.url)
  const stores = repo === null ? [] : await openStores(repo, words, context)
  const place = namesOf(config.store)
  const looking = { stores: await Promise.all(stores.map(list)), ...words, ...place, cwd: context.cwd }

  const claims = new Map<string, BranchClaim | null>()
  for (const pushed of refs) {
    const branch = branchOf(pushed)
    if (branch === null || claims.has(branch)) continue
    const claimable = repo !== null && isBranchName(branch)
    claims.set(branch, claimable ? await findClaim({ repo, branch }, looking) : null)
  }
  return { repo, verdicts: decidePush({ refs, claims, records: place.records }) }
}

/**
 * The records of the repository that is pushed to, and those of this clone's own: a pull request from a fork
 * keeps the claim on its branch beside its own.
 */
async function openStores(
  repo: string,
  words: PushWords,
  context: CommandContext,
): Promise<readonly OwnershipContext[]> {
  const own = originSlug(context.cwd)
  const found = own === null || own === repo ? [] : [await openOwnership(anywhereIn(own), words, context)]
  try {
    return [...found, await openOwnership(anywhereIn(repo), words, context)]
  } catch (error) {
    // Records in a remote that this clone does not have can only be those of another clone.
    if (error instanceof UsageError && error.code === 'not_a_checkout' && found.length > 0) return found
    throw error
  }
}

async function list(ownership: OwnershipContext): Promise<Opened> {
  return { ownership, keys: await ownership.store.list('') }
}

/** Which repository decides where records are; which target of it does not. */
function anywhereIn(repo: string): Target {
  return { host: 'any', repo, lease: 'any' }
}

interface Looking {
  readonly stores: readonly Opened[]
  readonly url: string
  readonly cwd: string
  readonly records: string | null
  readonly refOf: (key: string) => string | null
}

interface Opened {
  readonly ownership: OwnershipContext
  readonly keys: readonly string[]
}

/**
 * Records bear the name of their forge, and a hook's shell may not say which one that is, so a record of
 * any forge counts whose repository and branch have these names.
 */
async function findClaim({ repo, branch }: Omit<BranchTarget, 'host'>, looking: Looking): Promise<BranchClaim | null> {
  for (const { ownership, keys } of looking.stores) {
    for (const host of hostsAmong(keys, { repo, branch })) {
      const { holder, version, record } = await readOwnership({ host, repo, branch }, ownership)
      if (holder === null || holder.alive === 'ended') continue
      const announced = await readAnnounced(host, holder, ownership)
      const { runId, token } = holder
      // Of a renamed repository the record is still kept under the former name.
      const key = targetKey(record?.target ?? { host, repo, branch })
      return { runId, token, announced, record: await recordOf(key, version, { ...looking, ownership }) }
    }
  }
  return null
}

/** Where the branch has a record, or the repository another name under which it may have one. */
function hostsAmong(keys: readonly string[], { repo, branch }: Omit<BranchTarget, 'host'>): ReadonlySet<string> {
  const names = [`/${repo}/branch/${branch}`, `/${repo}/alias`]
  const hosts = names.flatMap((name) =>
    keys.filter((key) => key.endsWith(name)).map((key) => key.slice(0, -name.length)),
  )
  // A branch of another repository may be called like the end of a key.
  return new Set(hosts.filter((host) => !host.includes('/')))
}

/** Where records of a git store lie in their remote. */
function namesOf(choice: string): Pick<Looking, 'records' | 'refOf'> {
  if (choice === 'files') return { records: null, refOf: () => null }
  const { namespace } = parseStoreChoice(choice)
  return { records: `${NAMESPACES[namespace]}/`, refOf: (key) => recordRef(namespace, key) }
}

/** @returns `null` unless the record lies in the very repository that is pushed to */
async function recordOf(
  key: string,
  version: string | null,
  { url, cwd, refOf, ownership }: Looking & { readonly ownership: OwnershipContext },
): Promise<BranchClaim['record']> {
  const ref = refOf(key)
  const { remote } = ownership.store
  if (ref === null || version === null || remote === undefined) return null
  return (await sameRepository(url, remote, cwd)) ? { ref, version } : null
}

/** A run announces what it pushes in the record of the issue or pull request that it works on. */
async function readAnnounced(host: string, { runId }: Holder, ownership: OwnershipContext): Promise<readonly string[]> {
  const announced: string[] = []
  for (const { target, record } of await listOwnership(`${host}/`, ownership)) {
    const held = record?.activeRun
    if (target === null || !('number' in target) || held?.runId !== runId) continue
    const own = parseWork(record?.work ?? null).intents.filter((intent) => intent.token === held.token)
    announced.push(...own.map(({ key }) => key))
  }
  return announced
}
