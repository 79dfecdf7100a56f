/** Everything that is observed of one pull request, in one request. */
import { RATE_LIMIT, REPOSITORY } from './parts.ts'
import { PULL_REQUEST_FIELDS } from './pull-request-fields.ts'

/**
 * Whether the base branch wants a check before the merge can only be asked with the pull request's number, so
 * it is asked here alone; elsewhere it is not known. Variables: owner, name, number.
 */
export const PULL_REQUEST_FACTS = `
query PullRequestFacts($owner: String!, $name: String!, $number: Int!) {
  viewer { login }
  ${RATE_LIMIT}
  repository(owner: $owner, name: $name) {
    ...RepositoryFields
    pullRequest(number: $number) {
      ...PullRequestFields
      commits(last: 1) {
        nodes {
          commit {
            statusCheckRollup {
              contexts(first: 100) {
                nodes {
                  ... on CheckRun { isRequired(pullRequestNumber: $number) }
                  ... on StatusContext { isRequired(pullRequestNumber: $number) }
                }
              }
            }
          }
        }
      }
    }
  }
}
${REPOSITORY}
${PULL_REQUEST_FIELDS}`
