/**
 * The newest workflow runs of a branch: one conditional-free REST read, because GraphQL lists runs only by
 * the commit that they belong to, and a session of the coding agent moves the head while it runs.
 */
import { z } from 'zod'
import type { WorkflowRuns } from '../facts/copilot-session.ts'
import { isCodingAgent } from '../facts/identity.ts'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import { restPath } from './repository.ts'

const RawRuns = z.object({
  total_count: z.number().int(),
  workflow_runs: z.array(
    z.object({
      id: z.number().int(),
      display_title: z.string().nullish(),
      name: z.string().nullish(),
      path: z.string().nullish(),
      event: z.string(),
      status: z.string().nullable(),
      conclusion: z.string().nullable(),
      created_at: z.string(),
      actor: z.object({ login: z.string(), type: z.string().optional() }).nullish(),
    }),
  ),
})
type RawRun = z.infer<typeof RawRuns>['workflow_runs'][number]

/** @param limit 1 to 100, as GitHub gives on one page */
export async function observeWorkflowRuns(
  client: GitHubClient,
  { repo, branch, limit }: { readonly repo: string; readonly branch: string; readonly limit: number },
  signal: AbortSignal | undefined,
): Promise<WorkflowRuns> {
  const query = new URLSearchParams({ branch, per_page: String(limit) })
  const { body } = await client.rest('GET', `${restPath(repo)}/actions/runs?${query}`, undefined, { signal })
  const { total_count, workflow_runs } = readAnswer(RawRuns, body)
  return { items: workflow_runs.map(runOf), complete: workflow_runs.length >= total_count }
}

function runOf({ id, display_title, name, path, event, status, conclusion, created_at, actor }: RawRun) {
  const account = actor ? { login: actor.login, isBot: actor.type === 'Bot' || actor.login.endsWith('[bot]') } : null
  return {
    id,
    // A session's own name is its title; `name` is that of the workflow.
    name: display_title ?? name ?? null,
    path: path ?? null,
    event,
    byCodingAgent: isCodingAgent(account),
    status,
    conclusion,
    createdAt: created_at,
  }
}
