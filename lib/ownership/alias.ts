/**
 * A repository that was renamed: under which name are its records?
 *
 * Under the one by which it was first known. The new name has one record, an alias that leads there, and
 * it is only looked for where the new name has no record of the target itself, so nothing else pays for
 * it. One step is followed and no more: an alias that leads to another alias is refused, not guessed at.
 */
import { StoreError } from '../errors.ts'
import type { Json, Store } from '../store/store.ts'
import { parseSlug, type Target } from '../target.ts'

/** What tells a name from another name of the same repository. */
export interface RepositoryName {
  readonly host: string
  readonly repo: string
}

/** No target's: those are below `number`, `branch` and `lease`. */
export function aliasKey({ host, repo }: RepositoryName): string {
  return `${host}/${repo}/alias`
}

/**
 * @returns the target under the name that its records have; `null` when the name that it is asked under has no alias
 * @throws StoreError `state_unreadable` for an alias that cannot be followed
 */
export async function formerTarget(target: Target, store: Store): Promise<Target | null> {
  const repo = await readAlias(target, store)
  if (repo === null) return null
  if ((await readAlias({ host: target.host, repo }, store)) !== null) {
    throw unreadable(target, store, `${target.repo} leads to ${repo}, which leads on to another name`)
  }
  return { ...target, repo }
}

/** @returns the name under which the records of this repository are, or `null` */
export async function readAlias(name: RepositoryName, store: Store): Promise<string | null> {
  const read = await store.read(aliasKey(name))
  if (read === null) return null
  const former = formerNameIn(read.value)
  if (former === null || former === name.repo) throw unreadable(name, store, `${name.repo} leads nowhere`)
  return former
}

/** @returns whether it was written; not when there is one already, or when `former` is an alias itself */
export async function writeAlias(
  { name, former, repositoryId }: { name: RepositoryName; former: string; repositoryId: string },
  store: Store,
): Promise<boolean> {
  if (former === name.repo || (await readAlias({ ...name, repo: former }, store)) !== null) return false
  const value = { schemaVersion: 1, aliasOf: former, repositoryId }
  const entry = { type: 'renamed', from: former, to: name.repo, repositoryId }
  return (await store.compareAndSwap(aliasKey(name), null, value, entry)).ok
}

function formerNameIn(value: Json): string | null {
  if (typeof value !== 'object' || value === null || !('aliasOf' in value) || value.schemaVersion !== 1) return null
  try {
    return typeof value.aliasOf === 'string' ? parseSlug(value.aliasOf) : null
  } catch {
    return null
  }
}

function unreadable(name: RepositoryName, store: Store, what: string): StoreError {
  const place = store.placeOf?.(aliasKey(name)) ?? aliasKey(name)
  return new StoreError(
    'state_unreadable',
    `the alias of a renamed repository cannot be followed (${what}): ${place}`,
    {
      place,
    },
  )
}
