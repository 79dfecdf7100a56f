/**
 * A local forge with a branch that has a commit, ready for a pull request, and a client for it.
 */
import { createClient, type GitHubClient } from '../../lib/github/client.ts'
import { createDraftPullRequest, type PullRequestMade } from '../../lib/github/effects/create-draft-pull-request.ts'
import { observePullRequest } from '../../lib/github/observe-pull-request.ts'
import type { Effect } from '../../lib/sessions/effect.ts'
import type { Json } from '../../lib/store/store.ts'
import { aClone, aForge, type Clone, until } from '../forge/with-forge.ts'

export const REPO = 'acme/parcel-price'
export const BRANCH = 'dev-loops/issue-1'

export interface OnForge {
  readonly forge: Awaited<ReturnType<typeof aForge>>['forge']
  readonly client: GitHubClient
  readonly clone: Clone
  /** Commits on the branch and pushes; answers with the commit. */
  push(text: string): Promise<string>
  openDraft(): Promise<PullRequestMade>
  /** How many writes of this kind the forge received. */
  received(kind: string): Promise<number>
  clientFor(token: string): GitHubClient
  end(): Promise<void>
}

export async function onForge(): Promise<OnForge> {
  const started = await aForge()
  const { forge } = started
  const clone = await aClone(forge, REPO)
  await clone.git('switch', '--quiet', '-c', BRANCH)
  const clientFor = (token: string) =>
    createClient({ token, graphqlUrl: forge.graphqlUrl, restUrl: forge.restUrl, timeoutMs: 10_000 })
  const client = clientFor(forge.tokens.developer)
  return {
    forge,
    client,
    clone,
    clientFor,
    async push(text) {
      const commit = await clone.commit({ 'src/price.js': text }, `Change the price (${text.length})`)
      const pushed = await clone.git('push', '--quiet', 'origin', 'HEAD')
      if (pushed.exitCode !== 0) throw new Error(pushed.stderr)
      return commit
    },
    openDraft: () => make(draft(client)),
    received: async (kind) => (await forge.effects()).filter((effect) => effect.ok && effect.kind === kind).length,
    async end() {
      await clone.remove()
      await started.end()
    },
  }
}

export function draft(client: GitHubClient): Effect<PullRequestMade> {
  const wanted = { repo: REPO, branch: BRANCH, base: null, title: 'Price parcels', body: 'Closes #1' }
  return createDraftPullRequest(wanted, client)
}

/** As performEffect does, without a record: look, and act only when it is not there. */
export async function make<Result extends Json>(effect: Effect<Result>): Promise<Result> {
  const signal = AbortSignal.timeout(effect.deadlineMs)
  return (await effect.find(signal)) ?? effect.act(signal)
}

/** The forge's check ends when it likes; who observes twice and compares waits for it first. */
export async function checkEnded({ forge, client }: OnForge, number: number): Promise<void> {
  await until('a finished check', async () => {
    const target = { host: forge.host, repo: REPO, number }
    const { pr } = await observePullRequest(client, target, { now: () => new Date() })
    const contexts = pr?.checks.contexts.items ?? []
    return contexts.length > 0 && contexts.every((check) => check.type === 'status' || check.status === 'COMPLETED')
  })
}
