/**
 * The paths that a pull request touches, under their new and their old names.
 *
 * GraphQL says that a file was renamed but not from where, so a protected file could be moved away
 * unseen. Only for a pull request with a renamed file is the REST listing read, which names both.
 */
import { z } from 'zod'
import { GitHubError } from '../errors.ts'
import type { Listed } from '../facts/pull-request.ts'
import type { RawFile } from './answers/pull-request.ts'
import { readAnswer } from './answers/read.ts'
import type { Reading } from './observe-pull-request.ts'
import { listed, type Whole } from './pages.ts'
import { restPath } from './repository.ts'

const PER_PAGE = 100
/** GitHub's listing ends at 3,000 files. */
const MOST_PAGES = 30

const RestFiles = z.array(z.object({ filename: z.string(), previous_filename: z.string().optional() }))

export async function changedPaths(files: Whole<RawFile>, reading: Reading): Promise<Listed<string>> {
  const paths = listed(files, (file) => file.path)
  if (!files.nodes.some((file) => file?.changeType === 'RENAMED')) return paths

  // One more request for each of many would undo what asking for many at once is for.
  const former = reading.origin === 'sweep' ? null : await formerPaths(reading)
  if (former === null) return { ...paths, complete: false }
  return { ...paths, items: [...new Set([...paths.items, ...former])] }
}

/** @returns `null` when they cannot be known */
async function formerPaths({ client, target, signal }: Reading): Promise<string[] | null> {
  const found: string[] = []
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const path = `${restPath(target.repo)}/pulls/${target.number}/files?per_page=${PER_PAGE}&page=${page}`
    try {
      const files = readAnswer(RestFiles, (await client.rest('GET', path, undefined, { signal })).body)
      found.push(...files.flatMap((file) => file.previous_filename ?? []))
      if (files.length < PER_PAGE) return found
    } catch (error) {
      if (error instanceof GitHubError && UNANSWERED.includes(error.code)) return null
      throw error
    }
  }
  return null
}

/** The REST interface is not there, or not for this token: the facts stand without it, marked as not whole. */
const UNANSWERED: readonly string[] = ['target_not_found', 'not_permitted']
