/** Everything that is observed of one pull request, in one request. */
import { RATE_LIMIT, REPOSITORY } from './parts.ts'
import { NUMBERED_PULL_REQUEST_FIELDS } from './pull-request-fields.ts'

/** Variables: owner, name, number. */
export const PULL_REQUEST_FACTS = `
query PullRequestFacts($owner: String!, $name: String!, $number: Int!) {
  viewer { login }
  ${RATE_LIMIT}
  repository(owner: $owner, name: $name) {
    ...RepositoryFields
    pullRequest(number: $number) { ...PullRequestFields }
  }
}
${REPOSITORY}
${NUMBERED_PULL_REQUEST_FIELDS}`
