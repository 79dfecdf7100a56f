/**
 * The numbers of all open issues and pull requests of a repository.
 *
 * Whole or not at all: a number that is missing here is taken for closed, so a list that GitHub cuts off or
 * withholds an entry of is an error.
 */
import { z } from 'zod'
import { GitHubError } from '../errors.ts'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import { OPEN_ISSUE_NUMBERS, OPEN_PULL_REQUEST_NUMBERS } from './queries/open-numbers.ts'
import { ownerAndName } from './repository.ts'

const Answer = z.object({
  repository: z.object({
    list: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(z.object({ number: z.number().int() })),
    }),
  }),
})

/** 20,000 numbers of each kind. */
const MOST_PAGES = 200

/** @throws GitHubError `github_answer_invalid` for a list that is not whole, `target_not_found` */
export async function readOpenNumbers(
  repo: string,
  client: GitHubClient,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const numbers = new Set<number>()
  for (const query of [OPEN_ISSUE_NUMBERS, OPEN_PULL_REQUEST_NUMBERS]) {
    let cursor: string | null = null
    for (let pages = 1; ; pages += 1) {
      const answer: unknown = await client.graphql(query, { ...ownerAndName(repo), cursor }, { signal })
      const { nodes, pageInfo } = readAnswer(Answer, answer).repository.list
      for (const { number } of nodes) numbers.add(number)
      if (!pageInfo.hasNextPage) break
      if (pageInfo.endCursor === null || pages === MOST_PAGES) throw cutOff(repo)
      cursor = pageInfo.endCursor
    }
  }
  return numbers
}

function cutOff(repo: string): GitHubError {
  const message = `GitHub did not list all open issues and pull requests of ${repo}; what is closed is not known`
  return new GitHubError('github_answer_invalid', message, { repo })
}
