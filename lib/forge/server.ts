/**
 * One request from its arrival to its answer: who asks, what goes wrong on purpose, what is done.
 *
 * A write is done to its end once it was read, whether or not the client is still there; that is what
 * a killed client of GitHub has to reckon with.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { answerControl, type Controls } from './control.ts'
import { digestOf, type EffectLog, keyIn } from './effects.ts'
import { readPushHead } from './git/pkt-lines.ts'
import { answerGit, type GitRequest, parseGitPath } from './git/smart-http.ts'
import { Context, type Snapshot } from './graphql/context.ts'
import { ForgeError } from './graphql/errors.ts'
import { type GraphqlAnswer, type GraphqlRequest, type Prepared, prepare, run } from './graphql/execute.ts'
import { tables } from './graphql/tables.ts'
import { effectLines, plannedWrites, targetsOf } from './graphql/writes.ts'
import { type Answer, jsonAnswer, parseJson, readBody, send, tokenOf } from './http.ts'
import type { Misbehaviour, Misbehaviours, RequestKind } from './misbehave.ts'
import { type Quotas, quotaHeaders } from './quota.ts'
import { findRoute, notHere, type RestCall, type Route } from './rest/routes.ts'
import { findRepository } from './state/find.ts'
import type { Account } from './state/model.ts'
import type { World } from './world.ts'

export interface ServerParts {
  readonly world: World
  readonly effects: EffectLog
  readonly quotas: Quotas
  readonly misbehaviours: Misbehaviours
  readonly controls: Controls
  /** What stale reads are answered from. */
  snapshot: Snapshot | null
}

/** What a request turned out to be, ready to be done. */
interface Job {
  readonly kind: RequestKind
  readonly work: (snapshot: Snapshot | null) => Promise<Answer>
}

interface Arrived {
  readonly request: IncomingMessage
  readonly url: URL
  readonly body: Buffer
  readonly account: Account
}

export async function handle(request: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const url = new URL(request.url ?? '/', parts.world.origin)
  const account = accountOf(request, parts.world)
  const body = await readBody(request)
  if (!Buffer.isBuffer(body)) return send(response, body)
  const asked = parseGitPath(url)
  if (asked && !account && mayReadUnnamed(asked, parts.world)) {
    return send(
      response,
      await answerGit(parts.world, asked, { request, body, account: NOBODY, effects: parts.effects }),
    )
  }
  if (!account) return send(response, unauthorised(url))
  const arrived = { request, url, body, account }
  if (url.pathname === '/control') return send(response, await answerControl(arrived, parts.controls))

  const job = jobFor(arrived, parts)
  if ('status' in job) return send(response, job)
  await perform(job, response, parts)
}

async function perform(job: Job, response: ServerResponse, parts: ServerParts): Promise<void> {
  const happening = parts.misbehaviours.take(job.kind)
  for (const rule of happening) {
    if (rule.do === 'latency' || rule.do === 'apply_late') await pause(rule.delayMs ?? 1000)
  }
  if (happening.some((rule) => rule.do === 'refuse_connection')) return void response.destroy()
  const instead = happening.map(answerInstead).find((answer) => answer !== null)
  if (instead) return send(response, instead)

  const stale = happening.some((rule) => rule.do === 'stale_read')
  const answer = await job.work(stale ? parts.snapshot : null)
  if (happening.some((rule) => rule.do === 'drop_answer')) return void response.destroy()
  send(response, happening.reduce(spoil, answer))
}

/** Failures in which nothing is done at all. */
function answerInstead(rule: Misbehaviour): Answer | null {
  const html = { 'content-type': 'text/html; charset=utf-8' }
  if (rule.do === 'bad_gateway') return { status: 502, headers: html, body: '<html><body>Bad Gateway</body></html>' }
  if (rule.do === 'html')
    return { status: 200, headers: html, body: '<!DOCTYPE html><html><body>Unicorn!</body></html>' }
  if (rule.do !== 'rate_limit') return null

  const retryAfter = { 'retry-after': String(rule.retryAfterSeconds ?? 1) }
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
  if (rule.status === 200) return jsonAnswer(200, { errors: [{ type: 'RATE_LIMITED', message }] }, retryAfter)
  return jsonAnswer(rule.status ?? 403, { message, status: String(rule.status ?? 403) }, retryAfter)
}

/** Failures of the answer, after the work was done. */
function spoil(answer: Answer, rule: Misbehaviour): Answer {
  if (rule.do === 'truncate') return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) }
  if (rule.do !== 'partial_error' || rule.path === undefined) return answer
  const path = rule.path.split('.')
  const value = parseJson(Buffer.from(answer.body))
  if (typeof value !== 'object' || value === null) return answer
  const message = 'Something went wrong while executing your query.'
  const cut = cutOut(Reflect.get(value, 'data'), path)
  return jsonAnswer(200, { ...value, data: cut, errors: [{ type: 'SOMETHING_WENT_WRONG', path, message }] })
}

function cutOut(value: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || !(key in value)) return value
  return { ...value, [key]: rest.length === 0 ? null : cutOut(Reflect.get(value, key), rest) }
}

function jobFor(arrived: Arrived, parts: ServerParts): Job | Answer {
  const { request, url, body, account } = arrived
  const asked = parseGitPath(url)
  if (asked) {
    const access = asked.service === 'git-receive-pack' && !asked.advertise ? 'write' : 'read'
    const kinds = access === 'write' ? readPushHead(body).commands.map(({ ref }) => `git push ${ref}`) : []
    const { world, effects } = parts
    return {
      kind: { route: 'git', access, kinds },
      work: () => answerGit(world, asked, { request, body, account, effects }),
    }
  }
  if (url.pathname === '/graphql' || url.pathname === '/api/graphql') return graphqlJob(arrived, parts)
  if (url.pathname.startsWith('/api/v3/')) return restJob(arrived, parts)
  return notHere(`The forge has nothing at ${url.pathname}.`)
}

function graphqlJob({ request, body, account }: Arrived, parts: ServerParts): Job | Answer {
  const asked = request.method === 'POST' ? parseGraphql(parseJson(body)) : null
  if (!asked) return jsonAnswer(400, { message: 'Problems parsing JSON', status: '400' })
  const prepared = prepare(asked)
  const writes = 'errors' in prepared ? [] : plannedWrites(prepared.operation, asked.variables)
  const kind: RequestKind = {
    route: 'graphql',
    access: writes.length > 0 ? 'write' : 'read',
    kinds: writes.map((write) => write.kind),
  }
  return { kind, work: (snapshot) => answerGraphql(asked, prepared, { account, parts, snapshot }) }
}

function parseGraphql(value: unknown): GraphqlRequest | null {
  if (typeof value !== 'object' || value === null) return null
  const query: unknown = Reflect.get(value, 'query')
  const variables: unknown = Reflect.get(value, 'variables')
  const operationName: unknown = Reflect.get(value, 'operationName')
  if (typeof query !== 'string') return null
  return {
    query,
    variables: typeof variables === 'object' && variables !== null ? { ...variables } : {},
    operationName: typeof operationName === 'string' ? operationName : null,
  }
}

type Asking = { account: Account; parts: ServerParts; snapshot: Snapshot | null }

async function answerGraphql(
  asked: GraphqlRequest,
  prepared: ReturnType<typeof prepare>,
  { account, parts, snapshot }: Asking,
): Promise<Answer> {
  if ('errors' in prepared) return jsonAnswer(200, { errors: prepared.errors })
  const { quotas } = parts
  if (quotas.read(account.login).remaining <= 0) {
    const error = { type: 'RATE_LIMITED', message: `API rate limit exceeded for user ID ${account.id}.` }
    return jsonAnswer(200, { errors: [error] }, quotaHeaders(quotas.read(account.login), 'graphql'))
  }
  // What this query costs is known only while it runs, and is part of its own answer.
  const context = new Context(parts.world, account, quotas.read(account.login), snapshot)
  const answer = await runAndLog(prepared, asked, { context, parts })
  quotas.charge(account.login, context.cost.cost)
  const headers = { ...quotaHeaders(quotas.read(account.login), 'graphql'), 'x-oauth-scopes': account.scopes }
  return jsonAnswer(200, answer, headers)
}

async function runAndLog(
  prepared: Prepared,
  asked: GraphqlRequest,
  { context, parts }: { context: Context; parts: ServerParts },
): Promise<GraphqlAnswer> {
  const writes = plannedWrites(prepared.operation, asked.variables)
  const targets = await targetsOf(context, writes)
  const answer = await run(prepared, asked, { tables, context })
  if (writes.length === 0) return answer
  await parts.world.save()
  for (const line of effectLines(context, answer, { writes, targets })) await parts.effects.add(line)
  return answer
}

function restJob({ request, url, body, account }: Arrived, parts: ServerParts): Job | Answer {
  const found = findRoute(request.method ?? 'GET', url.pathname.slice('/api/v3'.length))
  if (!found) return notHere(`The forge does not have ${request.method} ${url.pathname}.`)
  const { route, path } = found
  const access = route.method === 'GET' ? 'read' : 'write'
  const kind: RequestKind = { route: 'rest', access, kinds: access === 'write' ? [route.kind] : [] }
  const work = async (snapshot: Snapshot | null) => {
    const context = new Context(parts.world, account, parts.quotas.read(account.login), snapshot)
    const idempotencyKey = request.headers['idempotency-key']?.toString() ?? null
    const call = { context, path, query: url.searchParams, body: parseJson(body), idempotencyKey }
    return access === 'read' ? conditional(await route.answer(call), request) : writeRest(route, call, parts)
  }
  return { kind, work }
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

/** What is public can be cloned by anybody, as on GitHub; everything else wants a token. */
const NOBODY: Account = { id: 0, login: '', kind: 'User', name: '', emails: [], token: null, scopes: '' }

function mayReadUnnamed({ slug, service }: GitRequest, world: World): boolean {
  const repository = findRepository(world.state, slug)
  return service === 'git-upload-pack' && repository !== null && !repository.isPrivate
}

function accountOf(request: IncomingMessage, world: World): Account | null {
  const token = tokenOf(request)
  return token === null ? null : (world.state.accounts.find((account) => account.token === token) ?? null)
}

function unauthorised(url: URL): Answer {
  if (parseGitPath(url)) {
    return { status: 401, headers: { 'www-authenticate': 'Basic realm="forge"' }, body: 'Authentication required.\n' }
  }
  return jsonAnswer(401, {
    message: 'Bad credentials',
    documentation_url: 'https://docs.github.com/rest',
    status: '401',
  })
}
