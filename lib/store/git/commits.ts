/**
 * Reads commits from the cache, without git where they lie as single files, and writes new ones there.
 */
import { GitError, StoreError } from '../../errors.ts'
import type { GitResult } from '../../git/run.ts'
import { type Cache, discardObjects, unwritable, withScratch } from './cache.ts'
import { type CommitText, EMPTY_TREE, formatCommit, parseCommit } from './content.ts'
import { nameOfObject, readLoose, writeObject } from './objects.ts'
import { gitIn, type Remote } from './remote.ts'

/** From so many on, one git reads them faster than we open files. */
const MANY = 64
/** So many texts of the usual length are far from what is read of one call. */
const AT_ONCE = 4_000

export interface Place {
  readonly cache: Cache
  readonly remote: Remote
}

/** All commits have the empty tree. @throws StoreError `store_unavailable` when the disk does not take it */
export function writeCommit(cache: Cache, commit: CommitText, wallMs: number): string {
  try {
    if (readLoose(cache.objects, EMPTY_TREE) === null) writeObject(cache.objects, 'tree', Buffer.alloc(0))
    return writeObject(cache.objects, 'commit', Buffer.from(formatCommit(commit, wallMs)))
  } catch (cause) {
    throw unwritable(cache.folder, cause)
  }
}

/** @returns `undefined` when it is not here, `null` when it is no commit */
export async function readCommit(sha: string, place: Place): Promise<CommitText | null | undefined> {
  const alone = readAlone(sha, place)
  if (alone !== undefined) return alone
  const text = (await readTogether([sha], place)).get(sha)
  if (text === undefined || text === null) return text
  keepAlone(sha, text, place)
  return parseCommit(text)
}

/** From a pack into a file of its own: the next look starts no git, and can say that this is here. */
function keepAlone(sha: string, text: string, { cache }: Place): void {
  const content = Buffer.from(text)
  if (nameOfObject('commit', content) !== sha) return
  try {
    writeObject(cache.objects, 'commit', content)
  } catch {
    // A full or read-only disk: git is asked again.
  }
}

/** @returns what is here, and `null` for what is no commit */
export async function readCommits(
  shas: readonly string[],
  place: Place,
): Promise<ReadonlyMap<string, CommitText | null>> {
  const found = new Map<string, CommitText | null>()
  if (shas.length < MANY) {
    for (const sha of shas) {
      const commit = readAlone(sha, place)
      if (commit !== undefined) found.set(sha, commit)
    }
  }
  const others = shas.filter((sha) => !found.has(sha))
  for (const [sha, text] of await readTogether(others, place)) found.set(sha, text === null ? null : parseCommit(text))
  return found
}

/** The commit and so many before it, following first parents, newest first. */
export async function readHistory(sha: string, count: number, place: Place): Promise<readonly [string, CommitText][]> {
  const history: [string, CommitText][] = []
  let next: string | null = sha
  while (next !== null && history.length < count) {
    const commit = readAlone(next, place)
    if (!commit) return [...history, ...(await readPackedHistory(next, count - history.length, place))]
    history.push([next, commit])
    next = commit.parents[0] ?? null
  }
  return history
}

async function readPackedHistory(sha: string, count: number, place: Place): Promise<readonly [string, CommitText][]> {
  const args = ['rev-list', '--first-parent', `--max-count=${count}`, sha]
  const { stdout } = await inScratch(args, place)
  const shas = stdout.split('\n').filter(Boolean)
  const found = await readTogether(shas, place)
  return shas.flatMap((each): [string, CommitText][] => {
    const text = found.get(each)
    const commit = text ? parseCommit(text) : null
    return commit ? [[each, commit]] : []
  })
}

function readAlone(sha: string, { cache }: Place): CommitText | null | undefined {
  const object = readLoose(cache.objects, sha)
  if (object === null) return undefined
  return object.type === 'commit' ? parseCommit(object.content.toString('utf8')) : null
}

/** The text of each commit that is here; `null` for what is no commit. */
async function readTogether(shas: readonly string[], place: Place): Promise<ReadonlyMap<string, string | null>> {
  const found = new Map<string, string | null>()
  for (let start = 0; start < shas.length; start += AT_ONCE) {
    const some = shas.slice(start, start + AT_ONCE)
    const { stdout } = await inScratch(['cat-file', '--batch'], place, `${some.join('\n')}\n`)
    for (const [sha, text] of parseBatch(stdout, some)) found.set(sha, text)
  }
  return found
}

/**
 * The answers stand in the order of the questions. Sizes are in bytes of what may be no UTF-8, so the next
 * answer is found by its name.
 */
function parseBatch(text: string, shas: readonly string[]): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>()
  let position = 0
  for (const [i, sha] of shas.entries()) {
    const next = shas[i + 1]
    const after = next === undefined ? -1 : text.indexOf(`\n${next} `, position)
    const answer = text.slice(position, after < 0 ? text.length - 1 : after)
    position = after < 0 ? text.length : after + 1
    const [, type] = answer.slice(0, answer.indexOf('\n')).split(' ')
    // `<name> missing` has no line of its own for the content.
    if (!answer.includes('\n')) continue
    found.set(sha, type === 'commit' ? answer.slice(answer.indexOf('\n') + 1) : null)
  }
  return found
}

/** @throws StoreError `store_unavailable` when git cannot read the cache, which is then thrown away */
export async function inScratch(args: readonly string[], place: Place, input?: string): Promise<GitResult> {
  const { cache, remote } = place
  const startedMs = Date.now()
  try {
    return await withScratch(cache, [], (gitDir) => {
      return gitIn(args, gitDir, { cache, remote, ...(input === undefined ? {} : { input }) })
    })
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const madeAnew = typeof error.details.exitCode === 'number' || error.details.crashed === true
    if (madeAnew) discardObjects(cache, startedMs)
    throw unusable(place, { madeAnew, stderr: error.details.stderr ?? '' }, error)
  }
}

/** Of a cache that lacks what it should have, and was thrown away for that; `healing` reads once more. */
export function madeAnew(place: Place, sinceMs: number): StoreError {
  discardObjects(place.cache, sinceMs)
  return unusable(place, { madeAnew: true })
}

function unusable({ cache, remote }: Place, more: object, cause?: unknown): StoreError {
  const message = `the cache of ${remote.shown} could not be read and is made anew; nothing was changed, try again`
  return new StoreError('store_unavailable', message, { path: cache.folder, changed: 'no', ...more }, { cause })
}

/**
 * Reads once more where the cache turned out to be damaged and is empty now.
 *
 * @param read may change nothing; it is told whether this is the second time, when damage is the remote's own
 */
export async function healing<T>(read: (again: boolean) => Promise<T>): Promise<T> {
  try {
    return await read(false)
  } catch (error) {
    if (!(error instanceof StoreError && error.details.madeAnew === true)) throw error
    return read(true)
  }
}
