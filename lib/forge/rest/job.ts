/**
 * One request to the REST API: what it is logged as, and whether its answer is sent again.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { digestOf, keyIn } from '../effects.ts'
import { Context, type Quota, type Snapshot } from '../graphql/context.ts'
import { ForgeError } from '../graphql/errors.ts'
import { type Answer, jsonAnswer, parseJson } from '../http.ts'
import type { Arrived, Job, ServerParts } from '../job.ts'
import type { RequestKind } from '../misbehave.ts'
import { quotaHeaders } from '../quota.ts'
import { movedAnswer, namedPath } from './moved.ts'
import { findRoute, notHere, type RestCall, type Route } from './routes.ts'

export function restJob({ request, url, body, account }: Arrived, parts: ServerParts): Job | Answer {
  const asked = url.pathname.slice('/api/v3'.length)
  const found = findRoute(request.method ?? 'GET', namedPath(parts.world.state, asked))
  if (!found) return notHere(`The forge does not have ${request.method} ${url.pathname}.`)
  const { route, path } = found
  const access = route.method === 'GET' ? 'read' : 'write'
  const kind: RequestKind = { route: 'rest', access, kinds: access === 'write' ? [route.kind] : [] }
  const work = async (snapshot: Snapshot | null) => {
    const { quotas, world } = parts
    const { login } = account
    const isFree = route.kind === 'GET rate_limit'
    if (!isFree && quotas.read(login, 'core').remaining <= 0) return limited(account.id, quotas.read(login, 'core'))
    const moved = movedAnswer(asked, { state: world.state, login, url, method: route.method })
    if (moved) {
      quotas.charge(login, 'core', 1)
      return { ...moved, headers: { ...moved.headers, ...quotaHeaders(quotas.read(login, 'core'), 'core') } }
    }
    const context = new Context(world, account, quotas.read(login, 'graphql'), snapshot)
    const idempotencyKey = request.headers['idempotency-key']?.toString() ?? null
    const core = () => quotas.read(login, 'core')
    const call = { context, core, path, url, query: url.searchParams, body: parseJson(body), idempotencyKey }
    const answer =
      access === 'read' ? conditional(await route.answer(call), request) : await writeRest(route, call, parts)
    // "Not changed" costs nothing: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    if (!isFree && answer.status !== 304) quotas.charge(login, 'core', 1)
    return { ...answer, headers: { ...answer.headers, ...quotaHeaders(core(), 'core') } }
  }
  return { kind, work }
}

function limited(id: number, quota: Quota): Answer {
  const message = `API rate limit exceeded for user ID ${id}.`
  return jsonAnswer(403, { message, status: '403' }, quotaHeaders(quota, 'core'))
}

async function writeRest(route: Route, call: RestCall, { world, effects }: ServerParts): Promise<Answer> {
  const answer = await refusable(route, call)
  await world.save()
  const [owner, name, rest] = call.path
  const number = route.kind.endsWith('requested_reviewers')
  await effects.add({
    at: new Date().toISOString(),
    actor: call.context.viewer.login,
    kind: route.kind,
    target: `${owner}/${name}${number ? '#' : '@'}${rest}`,
    key: call.idempotencyKey ?? keyIn(call.body),
    ok: answer.status < 300,
    digest: digestOf(call.body ?? null),
    ...noteOf(call.body),
  })
  return answer
}

async function refusable(route: Route, call: RestCall): Promise<Answer> {
  try {
    return await route.answer(call)
  } catch (error) {
    if (error instanceof ForgeError) return jsonAnswer(422, { message: error.message, status: '422' })
    throw error
  }
}

/** The context of a status tells writes to one commit apart. */
function noteOf(body: unknown): { note?: string } {
  const context: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'context') : undefined
  return typeof context === 'string' ? { note: context } : {}
}

/** An answer that has not changed is not sent again, and costs nothing. */
function conditional(answer: Answer, request: IncomingMessage): Answer {
  if (answer.status !== 200) return answer
  const etag = `W/"${createHash('sha256').update(answer.body).digest('hex').slice(0, 40)}"`
  const headers = { ...answer.headers, etag }
  return request.headers['if-none-match'] === etag ? { status: 304, headers, body: '' } : { ...answer, headers }
}
