/**
 * Commit statuses, which only REST can write, and the checks of a commit.
 *
 * A status is never changed, only followed by another of the same context; GitHub keeps a thousand.
 */
import { contextsOf, latestStatuses, rollupState } from '../actions/rollup.ts'
import { type Answer, jsonAnswer } from '../http.ts'
import { mayDo } from '../state/find.ts'
import { STATUS_STATES, type Status } from '../state/model.ts'
import { slugOf } from '../world.ts'
import { bodyOf, listAnswer, missing, openCall, pageOf } from './open.ts'
import type { RepositoryCall, RestCall } from './routes.ts'
import { checkRunJson, checkSuiteJson, commitJson, statusJson } from './shapes.ts'

const MAX_DESCRIPTION = 140
const MAX_PER_CONTEXT = 1000

export async function writeStatus(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  if (!open) return missing()
  const { context, repository } = open
  if (!mayDo(repository, context.viewer.login, 'WRITE')) {
    return jsonAnswer(403, { message: 'Resource not accessible by personal access token', status: '403' })
  }
  const oid = await commitOf(open)
  const wish = parseStatus(bodyOf(call))
  if (!oid) return jsonAnswer(422, { message: `No commit found for SHA: ${call.path[2]}`, status: '422' })
  if (typeof wish === 'string') return jsonAnswer(422, { message: `Validation Failed: ${wish}`, status: '422' })

  const known = repository.statuses.filter((one) => one.oid === oid && one.context === wish.context)
  if (known.length >= MAX_PER_CONTEXT) {
    const message = 'Validation Failed: This SHA and context has reached the maximum number of statuses.'
    return jsonAnswer(422, { message, status: '422' })
  }
  const { world, viewer } = context
  const status: Status = { ...wish, id: world.nextId(), oid, creator: viewer.login, createdAt: world.now() }
  repository.statuses.push(status)
  return jsonAnswer(201, statusJson(context, repository, status))
}

export async function readStatuses(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  const oid = open && (await commitOf(open))
  if (!open || !oid) return missing()
  const { context, repository } = open
  const newestFirst = repository.statuses.filter((status) => status.oid === oid).reverse()
  return listAnswer(call, newestFirst, (page) => page.map((status) => statusJson(context, repository, status)))
}

export async function readCombinedStatus(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  const oid = open && (await commitOf(open))
  if (!open || !oid) return missing()
  const { context, repository } = open
  const latest = latestStatuses(repository, oid)
  const rollup = rollupState(latest.map((status) => ({ status })))
  return jsonAnswer(200, {
    state: rollup === 'SUCCESS' ? 'success' : rollup === null || rollup === 'PENDING' ? 'pending' : 'failure',
    sha: oid,
    total_count: latest.length,
    statuses: pageOf(call, latest).map((status) => statusJson(context, repository, status)),
  })
}

export async function readCommit(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  if (!open) return missing()
  const { context, repository, path } = open
  const commit = await context.world.objects(slugOf(repository)).commit(path[2] ?? '')
  return commit ? jsonAnswer(200, commitJson(commit)) : missing()
}

export async function readCheckRuns(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  const oid = open && (await commitOf(open))
  if (!open || !oid) return missing()
  const { context, repository } = open
  const suites = contextsOf(repository, oid).flatMap((one) => ('suite' in one ? [one.suite] : []))
  return listAnswer(call, suites, (page) => ({
    total_count: suites.length,
    check_runs: page.map((suite) => checkRunJson(context, repository, suite)),
  }))
}

export async function readCheckSuites(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  const oid = open && (await commitOf(open))
  if (!open || !oid) return missing()
  const { repository } = open
  const suites = repository.checkSuites.filter((suite) => suite.oid === oid)
  return listAnswer(call, suites, (page) => ({
    total_count: suites.length,
    check_suites: page.map((suite) => checkSuiteJson(repository, suite)),
  }))
}

function parseStatus(body: Readonly<Record<string, unknown>>) {
  const state = STATUS_STATES.find((one) => one.toLowerCase() === body.state)
  if (!state) return 'state is not included in the list'
  const description = typeof body.description === 'string' ? body.description : null
  if (description !== null && description.length > MAX_DESCRIPTION)
    return 'description is too long (maximum is 140 characters)'
  const targetUrl = typeof body.target_url === 'string' ? body.target_url : null
  if (targetUrl !== null && !/^https?:\/\//.test(targetUrl)) return 'target_url must use http(s) scheme'
  const context = typeof body.context === 'string' ? body.context : 'default'
  return { state, description, targetUrl, context }
}

/** A whole id for writes; for reads a branch is good too. */
async function commitOf({ context, repository, path }: RepositoryCall): Promise<string | null> {
  const name = path[2] ?? ''
  const oid = (await context.refs(repository)).get(`refs/heads/${name}`) ?? name
  if (!/^[0-9a-f]{40,64}$/.test(oid)) return null
  return (await context.world.objects(slugOf(repository)).commit(oid))?.oid ?? null
}
