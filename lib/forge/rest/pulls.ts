/** Pull requests over REST; and asking for reviews, the only way in which a bot can be asked. */
import { requestReview, withdrawRequest } from '../actions/reviews.ts'
import { pullSource } from '../graphql/sources.ts'
import { readCommits, readFiles } from '../graphql/types/pull-request.ts'
import { type Answer, jsonAnswer } from '../http.ts'
import { findAccount, mayDo } from '../state/find.ts'
import type { Account } from '../state/model.ts'
import { bodyOf, listAnswer, missing, openCall, openPullCall } from './open.ts'
import type { RestCall } from './routes.ts'
import { fileJson, isPerson, loginJson, pullJson } from './shapes.ts'

export async function readPull(call: RestCall): Promise<Answer> {
  const open = await openPullCall(call)
  if (!open) return missing()
  const { context, repository, pull } = open
  const { mergeable, mergeStateStatus } = await context.mergeability(repository, pull)
  const source = pullSource(repository, pull)
  const files = await readFiles(context, source)
  const commits = await readCommits(context, source)
  return jsonAnswer(200, {
    ...pullJson(context, repository, pull),
    mergeable: mergeable === 'UNKNOWN' ? null : mergeable === 'MERGEABLE',
    mergeable_state: mergeStateStatus.toLowerCase(),
    changed_files: files.length,
    commits: commits.length,
  })
}

export async function readPulls(call: RestCall): Promise<Answer> {
  const open = await openCall(call)
  if (!open) return missing()
  const state = call.query.get('state') ?? 'open'
  const head = call.query.get('head')
  const pulls = open.repository.pulls.filter((pull) => {
    const inState = state === 'all' || (state === 'open') === (pull.state === 'OPEN')
    return inState && (head === null || head === `${pull.headRepository.split('/')[0]}:${pull.headRef}`)
  })
  const { context, repository } = open
  return listAnswer(call, pulls.reverse(), (page) => page.map((pull) => pullJson(context, repository, pull)))
}

/** Unlike GraphQL this listing says where a renamed file came from. */
export async function readPullFiles(call: RestCall): Promise<Answer> {
  const open = await openPullCall(call)
  if (!open) return missing()
  const files = await readFiles(open.context, pullSource(open.repository, open.pull))
  return listAnswer(call, files, (page) => page.map(fileJson))
}

/** As on GitHub this list leaves bots out; only GraphQL names them. */
export async function readReviewRequests(call: RestCall): Promise<Answer> {
  const open = await openPullCall(call)
  if (!open) return missing()
  const { context, pull } = open
  const people = pull.reviewRequests.filter(({ login }) => isPerson(context, login))
  return jsonAnswer(200, { users: people.map((one) => loginJson(context, one.login)), teams: [] })
}

export async function requestReviewers(call: RestCall): Promise<Answer> {
  const open = await openPullCall(call)
  if (!open) return missing()
  const { context, repository, pull } = open
  if (!mayChange(call, { author: pull.author, repository })) return denied()
  const accounts = reviewersOf(call)
  const unknown = accounts.some((account) => account === null)
  if (unknown)
    return jsonAnswer(422, { message: 'Could not resolve to a node with one of the given logins', status: '422' })

  for (const account of accounts)
    if (account) requestReview(context.world, account, { repository, pull, actor: context.viewer })
  return jsonAnswer(201, pullJson(context, repository, pull))
}

export async function removeReviewers(call: RestCall): Promise<Answer> {
  const open = await openPullCall(call)
  if (!open) return missing()
  const { context, repository, pull } = open
  if (!mayChange(call, { author: pull.author, repository })) return denied()
  for (const account of reviewersOf(call)) {
    if (account) withdrawRequest(context.world, pull, { login: account.login, actor: context.viewer })
  }
  return jsonAnswer(200, pullJson(context, repository, pull))
}

function reviewersOf(call: RestCall): (Account | null)[] {
  const { reviewers } = bodyOf(call)
  const logins = Array.isArray(reviewers) ? reviewers.filter((one) => typeof one === 'string') : []
  return logins.map((login) => findAccount(call.context.state, login))
}

function mayChange({ context }: RestCall, at: { author: string; repository: Parameters<typeof mayDo>[0] }): boolean {
  return at.author === context.viewer.login || mayDo(at.repository, context.viewer.login, 'WRITE')
}

function denied(): Answer {
  return jsonAnswer(403, { message: 'Must have push access to repository', status: '403' })
}
