/**
 * Every query text there is, by name. The conformance test validates each one against GitHub's
 * published schema and counts its price; the forge's test sends each one to the forge. A text that is
 * not reachable from here is not checked, so nothing else builds queries.
 */
import * as issue from './issue.ts'
import * as lookups from './lookups.ts'
import * as mutations from './mutations.ts'
import * as openNumbers from './open-numbers.ts'
import * as openPullRequests from './open-pull-requests.ts'
import * as pullRequest from './pull-request.ts'
import * as pages from './pull-request-pages.ts'

export const QUERIES: Readonly<Record<string, string>> = {
  ...pullRequest,
  ...pages,
  ...issue,
  ...lookups,
  ...openNumbers,
  ...openPullRequests,
  ...mutations,
}
