/**
 * One request to the GraphQL API: whether it writes, what it costs, and what it leaves in the log.
 */
import { type Answer, jsonAnswer, parseJson } from '../http.ts'
import type { Arrived, Job, ServerParts } from '../job.ts'
import type { RequestKind } from '../misbehave.ts'
import { quotaHeaders } from '../quota.ts'
import type { Account } from '../state/model.ts'
import { Context, type Snapshot } from './context.ts'
import { type GraphqlAnswer, type GraphqlRequest, type Prepared, prepare, run } from './execute.ts'
import { tables } from './tables.ts'
import { effectLines, plannedWrites, targetsOf } from './writes.ts'

export function graphqlJob({ request, body, account }: Arrived, parts: ServerParts): Job | Answer {
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
  if (quotas.read(account.login, 'graphql').remaining <= 0) {
    const error = { type: 'RATE_LIMITED', message: `API rate limit exceeded for user ID ${account.id}.` }
    return jsonAnswer(200, { errors: [error] }, quotaHeaders(quotas.read(account.login, 'graphql'), 'graphql'))
  }
  // What this query costs is known only while it runs, and is part of its own answer.
  const context = new Context(parts.world, account, quotas.read(account.login, 'graphql'), snapshot)
  const answer = await runAndLog(prepared, asked, { context, parts })
  quotas.charge(account.login, 'graphql', context.cost.cost)
  const headers = {
    ...quotaHeaders(quotas.read(account.login, 'graphql'), 'graphql'),
    'x-oauth-scopes': account.scopes,
  }
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
