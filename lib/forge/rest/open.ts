/** From the first two parts of a path to a repository that the account may read. */
import { type Answer, jsonAnswer } from '../http.ts'
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
  const { size, page } = pageAsked(query)
  return all.slice((page - 1) * size, page * size)
}

/** A page of a list, with the addresses of the next one and the last. */
export function listAnswer<T>(call: RestCall, all: readonly T[], write: (page: readonly T[]) => unknown): Answer {
  const { size, page } = pageAsked(call.query)
  const last = Math.max(1, Math.ceil(all.length / size))
  const links = page < last ? [link(call, page + 1, 'next'), link(call, last, 'last')] : []
  return jsonAnswer(200, write(pageOf(call, all)), links.length > 0 ? { link: links.join(', ') } : {})
}

function pageAsked(query: URLSearchParams): { size: number; page: number } {
  const size = Math.min(100, Number(query.get('per_page')) || 30)
  return { size, page: Math.max(1, Number(query.get('page')) || 1) }
}

function link({ url }: RestCall, page: number, relation: string): string {
  const at = new URL(url)
  at.searchParams.set('page', String(page))
  return `<${at.href}>; rel="${relation}"`
}

export function missing(): Answer {
  return jsonAnswer(404, { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' })
}
