/** The same client for whoever only looks: its reads leave the reserve of the quotas to effects. */
import type { GitHubClient } from './client.ts'

export function forObserving(client: GitHubClient): GitHubClient {
  return {
    answers: client.answers,
    timeoutMs: client.timeoutMs,
    get requests() {
      return client.requests
    },
    get scopes() {
      return client.scopes
    },
    graphql: (query, variables, call) => client.graphql(query, variables, { ...call, purpose: 'observe' }),
    rest: (method, path, body, call) => client.rest(method, path, body, { ...call, purpose: 'observe' }),
  }
}
