/**
 * Answers of REST that are kept, so that GitHub need only say that nothing changed: that costs no quota.
 *
 * They lie beside the ledger of the token that may read them, one file for each path, readable by their
 * owner alone. Only so many are kept, the oldest go first, and losing one costs one request.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Kept = z.object({ path: z.string(), etag: z.string(), link: z.string().nullable(), body: z.unknown() })
type KeptAnswer = z.infer<typeof Kept>

export interface KeptAnswers {
  read(path: string): KeptAnswer | null
  write(answer: KeptAnswer): void
}

/** Shapes of another format are not found. */
const FORMAT = 1
const MOST_ANSWERS = 500
const LARGEST_BYTES = 512 * 1024

/** For one process: nothing outlives it. */
export function rememberAnswers(): KeptAnswers {
  const kept = new Map<string, KeptAnswer>()
  return {
    read: (path) => kept.get(path) ?? null,
    write(answer) {
      kept.delete(answer.path)
      kept.set(answer.path, answer)
      const [oldest] = kept.keys()
      if (kept.size > MOST_ANSWERS && oldest !== undefined) kept.delete(oldest)
    },
  }
}

/** @param folder made when it is needed; one that cannot be written keeps nothing and stops nobody */
export function openKeptAnswers(folder: string): KeptAnswers {
  return {
    read: (path) => quietly(() => parse(readFileSync(join(folder, nameOf(path)), 'utf8'), path)),
    write: (answer) => void quietly(() => keep(folder, answer)),
  }
}

function keep(folder: string, answer: KeptAnswer): null {
  const text = JSON.stringify(answer)
  if (text.length > LARGEST_BYTES) return null
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const made = join(folder, `.${randomBytes(6).toString('hex')}`)
  writeFileSync(made, text, { mode: 0o600 })
  renameSync(made, join(folder, nameOf(answer.path)))
  forgetOldest(folder)
  return null
}

function forgetOldest(folder: string): void {
  const names = readdirSync(folder)
  if (names.length <= MOST_ANSWERS) return
  const ages = names.map((name) => ({
    name,
    at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  }))
  ages.sort((one, other) => one.at - other.at)
  // A tenth at once, so that it is not done again with every answer.
  for (const { name } of ages.slice(0, names.length - MOST_ANSWERS * 0.9)) rmSync(join(folder, name), { force: true })
}

function parse(text: string, path: string): KeptAnswer | null {
  const kept = Kept.safeParse(JSON.parse(text)).data
  return kept?.path === path ? kept : null
}

function nameOf(path: string): string {
  return `${createHash('sha256').update(`${FORMAT} ${path}`).digest('hex').slice(0, 32)}.json`
}

function quietly<Result>(act: () => Result | null): Result | null {
  try {
    return act()
  } catch {
    return null
  }
}
