/**
 * One request from its arrival to its answer: who asks, what goes wrong on purpose, what is done.
 *
 * A write is done to its end once it was read, whether or not the client is still there; that is what
 * a killed client of GitHub has to reckon with.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { answerControl } from './control.ts'
import { readPushHead } from './git/pkt-lines.ts'
import { answerGit, type GitRequest, parseGitPath } from './git/smart-http.ts'
import { graphqlJob } from './graphql/job.ts'
import { type Answer, jsonAnswer, readBody, send, tokenOf } from './http.ts'
import type { Arrived, Job, ServerParts } from './job.ts'
import { restJob } from './rest/job.ts'
import { notHere } from './rest/routes.ts'
import { findRepository } from './state/find.ts'
import type { Account } from './state/model.ts'
import type { World } from './world.ts'
import { answerInstead, spoil } from './wrong-answers.ts'

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
