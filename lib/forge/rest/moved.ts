/**
 * A repository that was given another name: over REST GitHub sends whoever asks under the old one to the
 * address that holds its number, which stays.
 */
import { type Answer, jsonAnswer } from '../http.ts'
import { findRepository, mayDo, repositoryById } from '../state/find.ts'
import type { ForgeState } from '../state/model.ts'
import { slugOf } from '../world.ts'

/** @returns the path with the repository's name in place of its number; any other path as it is */
export function namedPath(state: ForgeState, path: string): string {
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? []
  const repository = id === undefined ? null : repositoryById(state, Number(id))
  return repository ? `/repos/${slugOf(repository)}${rest}` : path
}

interface Asking {
  readonly state: ForgeState
  readonly login: string
  readonly url: URL
  readonly method: string
}

/** @param path from `/repos/` on; @returns where to ask instead, when its name is a former one */
export function movedAnswer(path: string, { state, login, url, method }: Asking): Answer | null {
  const [, slug, rest = ''] = /^\/repos\/([\w.-]+\/[\w.-]+)(\/.*)?$/.exec(path) ?? []
  const repository = slug === undefined ? null : findRepository(state, slug)
  if (!repository || sameSlug(slug, slugOf(repository)) || !mayDo(repository, login, 'READ')) return null
  const location = `${url.origin}/api/v3/repositories/${repository.id}${rest}${url.search}`
  const status = method === 'GET' ? 301 : 307
  const body = { message: 'Moved Permanently', url: location, documentation_url: 'https://docs.github.com/rest' }
  return jsonAnswer(status, body, { location })
}

function sameSlug(one = '', other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
