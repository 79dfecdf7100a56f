/** An answer that is nearly what GitHub promises: it is read, or refused by a code, and never crashes a reader. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CODES } from '../../lib/codes.ts'
import { DevLoopsError } from '../../lib/errors.ts'
import { IssueFacts } from '../../lib/facts/issue.ts'
import { PullRequestFacts } from '../../lib/facts/pull-request.ts'
import type { GitHubClient } from '../../lib/github/client.ts'
import { observeIssue } from '../../lib/github/observe-issue.ts'
import { observePullRequest } from '../../lib/github/observe-pull-request.ts'
import { decide } from '../../lib/loop/next.ts'
import { ask } from '../forge/with-forge.ts'
import { anInput } from '../loop/build.ts'
import { damaged } from '../support/damage.ts'
import { BRANCH, onForge } from './on-forge.ts'
import { clientOf, json, type Server, startServer } from './server.ts'

const options = { now: () => new Date('2026-01-02T10:30:00Z') }
const target = { host: 'github.com', repo: 'acme/parcel-price' }

let server: Server
let client: GitHubClient
/** What the server says to everything. */
let answer: unknown
/** Whole answers of the local forge, by what was asked. */
const good = { pullRequest: null as unknown, issue: null as unknown }

beforeAll(async () => {
  const forge = await onForge()
  await forge.push('export const price = 1\n')
  const { number } = await forge.openDraft()
  server = await startServer(async ({ body }) => {
    const { query, variables } = JSON.parse(body)
    answer ??= (await ask(forge.forge, query, variables)).json
    return json(answer)
  })
  client = clientOf(server.url).client
  await observePullRequest(client, { ...target, number }, options)
  good.pullRequest = answer
  answer = null
  await observeIssue(client, { ...target, number: 1 }, { ...options, branch: BRANCH })
  good.issue = answer
  await forge.end()
})
afterAll(() => server.stop())

async function observed<Facts>(given: unknown, observe: () => Promise<Facts>): Promise<Facts | null> {
  answer = given ?? 'null'
  try {
    return await observe()
  } catch (error) {
    expect(error).toBeInstanceOf(DevLoopsError)
    expect(CODES).toHaveProperty((error as DevLoopsError).code)
    return null
  }
}

describe('a damaged answer', () => {
  it('about a pull request becomes facts that can be decided on, or a named failure', async () => {
    const run = async (given: unknown) => {
      const facts = await observed(given, () => observePullRequest(client, { ...target, number: 2 }, options))
      if (facts === null) return
      PullRequestFacts.parse(facts)
      decide(anInput({ facts }))
    }
    await fc.assert(fc.asyncProperty(damaged(good.pullRequest), run), { numRuns: 250 })
  })

  it('about an issue becomes facts that can be decided on, or a named failure', async () => {
    const run = async (given: unknown) => {
      const asked = () => observeIssue(client, { ...target, number: 1 }, { ...options, branch: BRANCH })
      const seen = await observed(given, asked)
      if (seen === null) return
      IssueFacts.parse(seen.facts)
      decide(anInput({ facts: seen.facts, local: null }))
    }
    await fc.assert(fc.asyncProperty(damaged(good.issue), run), { numRuns: 250 })
  })

  it('is told from a good one', async () => {
    expect(
      await observed(good.pullRequest, () => observePullRequest(client, { ...target, number: 2 }, options)),
    ).toMatchObject({ pr: { number: 2 } })
    expect(await observed({ data: {} }, () => observePullRequest(client, { ...target, number: 2 }, options))).toBeNull()
  })
})
