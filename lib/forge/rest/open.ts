/** From the first two parts of a path to a repository that the account may read. */
import { findPull, findRepository, mayDo } from '../state/find.ts'
import type { Pull } from '../state/model.ts'
import type { RepositoryCall, RestCall } from './routes.ts'

export async function openCall(call: RestCall): Promise<RepositoryCall | null> {
  const { context, path } = call
  const repository = findRepository(context.state, `${path[0]}/${path[1]}`)
  if (!repository || !mayDo(repository, context.viewer.login, 'READ')) return null
  await context.refs(repository)
  return { ...call, repository }
}

export async function openPullCall(call: RestCall): Promise<(RepositoryCall & { readonly pull: Pull }) | null> {
  const open = await openCall(call)
  const pull = open && findPull(open.repository, Number(call.path[2]))
  return open && pull ? { ...open, pull } : null
}

/** Fields of a JSON body; anything else has none. */
export function bodyOf(call: RestCall): Readonly<Record<string, unknown>> {
  const { body } = call
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {}
}

/** `per_page` and `page`, as REST counts: thirty unless told, a hundred at most. */
export function pageOf<T>({ query }: RestCall, all: readonly T[]): readonly T[] {
  const size = Math.min(100, Number(query.get('per_page')) || 30)
  const page = Math.max(1, Number(query.get('page')) || 1)
  return all.slice((page - 1) * size, page * size)
}
