/** Whose token is this? */
import { z } from 'zod'
import { readAnswer } from './answers/read.ts'
import type { GitHubClient } from './client.ts'
import { VIEWER } from './queries/lookups.ts'

const Answer = z.object({ viewer: z.object({ login: z.string() }) })

/** @throws GitHubError */
export async function readViewerLogin(client: GitHubClient, signal?: AbortSignal): Promise<string> {
  return readAnswer(Answer, await client.graphql(VIEWER, {}, { signal })).viewer.login
}
