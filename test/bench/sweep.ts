/**
 * What does looking at a whole repository cost? Requests are counted where they arrive, points by GitHub's
 * formula from the query and its variables. Of the busy ones each has 100 threads.
 */
import { lookAtOpenPullRequests } from '../../lib/github/observe-changed-pull-requests.ts'
import { observeOpenPullRequests } from '../../lib/github/observe-open-pull-requests.ts'
import { pageSizes } from '../../lib/github/page-sizes.ts'
import { costOf, manyPulls, openPulls, threads } from '../github/many-pulls.ts'
import { clientOf, startServer } from '../github/server.ts'

export interface SweepCost {
  readonly pullRequests: number
  readonly requests: number
  readonly points: number
}

export interface SweepBench {
  readonly whole: readonly SweepCost[]
  readonly busy: readonly SweepCost[]
  readonly unchanged: readonly SweepCost[]
}

export async function benchSweep(): Promise<SweepBench> {
  return {
    whole: [await cost('whole', 1), await cost('whole', 100), await cost('whole', 1_000)],
    busy: [await cost('busy', 100)],
    unchanged: [await cost('unchanged', 1), await cost('unchanged', 100), await cost('unchanged', 1_000)],
  }
}

async function cost(kind: keyof SweepBench, count: number): Promise<SweepCost> {
  const pulls = openPulls(count, () => (kind === 'busy' ? { reviewThreads: threads(100) } : {}))
  const server = await startServer(manyPulls(() => pulls))
  try {
    const { client } = clientOf(server.url, { timeoutMs: 60_000 })
    const repository = { host: 'github.com', repo: 'acme/api' }
    const options = { sizes: pageSizes({ whole: Math.min(50, count) }), now: () => new Date() }
    const seen =
      kind === 'unchanged'
        ? (await lookAtOpenPullRequests(client, repository, options)).open
        : (await observeOpenPullRequests(client, repository, options)).facts
    if (seen.length !== count) throw new Error(`${seen.length} of ${count} pull requests were seen`)
    const points = server.received.reduce((sum, request) => sum + costOf(request), 0)
    return { pullRequests: count, requests: server.received.length, points }
  } finally {
    await server.stop()
  }
}
