/**
 * What the last sweep of a repository saw, in a file of its own: a light look at each open pull request, and
 * the sizes of page that GitHub answered.
 *
 * It only saves looking. A file that is missing, damaged or of another version is as if nothing had been seen;
 * of two sweeps at once the later one's is kept, and what it had not seen is seen the next time.
 */
import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { LightPullRequest } from '../../facts/light-pull-request.ts'
import type { RepositoryName } from '../../github/observe-open-pull-requests.ts'
import { LARGEST_PAGE, type PageSizes, pageSizes } from '../../github/page-sizes.ts'
import { makeFolder } from '../../make-folder.ts'

const Size = z.number().int().min(1)

const SeenFile = z.object({
  schema: z.literal(1),
  /** Wall clock. */
  sizesAtMs: z.number(),
  sizes: z.object({ whole: Size.max(LARGEST_PAGE.whole), light: Size.max(LARGEST_PAGE.light) }),
  pullRequests: z.array(z.object({ light: LightPullRequest, lookAgainAtMs: z.number().nullable() })),
})
export type SeenFile = z.infer<typeof SeenFile>

/** After this long larger pages are tried again: what was too much at one hour is not at another. */
const SIZES_KEPT_MS = 24 * 60 * 60_000

function nothingSeen(nowMs: number): SeenFile {
  return { schema: 1, sizesAtMs: nowMs, sizes: { ...LARGEST_PAGE }, pullRequests: [] }
}

/** @param folder of the state */
export function seenFileOf(folder: string, { host, repo }: RepositoryName): string {
  return join(folder, 'sweeps', `${encodeURIComponent(`${host}/${repo}`)}.json`)
}

export async function readSeen(file: string, nowMs: number): Promise<SeenFile> {
  try {
    const { data } = SeenFile.safeParse(JSON.parse(await readFile(file, 'utf8')))
    return data ?? nothingSeen(nowMs)
  } catch {
    return nothingSeen(nowMs)
  }
}

/** @throws what the file system throws */
export async function writeSeen(file: string, seen: SeenFile): Promise<void> {
  makeFolder(dirname(file))
  const unfinished = `${file}.${randomUUID()}.tmp`
  try {
    await writeFile(unfinished, JSON.stringify(seen), { mode: 0o600 })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

export function knownSizes({ sizes, sizesAtMs }: SeenFile, nowMs: number): PageSizes {
  const fresh = sizesAtMs <= nowMs && nowMs - sizesAtMs < SIZES_KEPT_MS
  return pageSizes(fresh ? sizes : {})
}

/** Sizes that stayed the same keep their age, so that a day later larger ones are tried. */
export function sizesAfter({ sizes, sizesAtMs }: SeenFile, used: PageSizes, nowMs: number) {
  const now = { whole: used.read('whole'), light: used.read('light') }
  const same = now.whole === sizes.whole && now.light === sizes.light
  return { sizes: now, sizesAtMs: same ? sizesAtMs : nowMs }
}
