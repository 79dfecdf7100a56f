/**
 * The forge's own log of writes: one line for each that it received, in the order they were applied.
 *
 * It is the forge's word against ours: tests count these lines and never the journal of the worker
 * that sent the writes. A write is logged whether or not it succeeded, and whether or not anybody was
 * still there to hear the answer.
 */
import { createHash } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface EffectLine {
  readonly at: string
  readonly actor: string
  /** Name of the mutation, `POST /statuses` and the like, or `git push <ref>`. */
  readonly kind: string
  /** What it was done to, such as `acme/api#3` or `acme/api@branch`. */
  readonly target: string | null
  /** The idempotency key that came with it, if any. */
  readonly key: string | null
  readonly ok: boolean
  /** Of what was sent: equal writes have equal digests. */
  readonly digest: string
  /** What a reader needs to tell two writes of one kind apart, such as the old and new commit of a push. */
  readonly note?: string
}

export class EffectLog {
  readonly path: string
  #writing: Promise<void> = Promise.resolve()

  constructor(folder: string) {
    this.path = join(folder, 'effects.jsonl')
  }

  /** Resolves when the line is in the file, so a write that was answered is in the log. */
  add(line: EffectLine): Promise<void> {
    this.#writing = this.#writing.then(() => appendFile(this.path, `${JSON.stringify(line)}\n`))
    return this.#writing
  }
}

export async function readEffects(folder: string): Promise<EffectLine[]> {
  const text = await readFile(join(folder, 'effects.jsonl'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}

/** A key comes as `clientMutationId`, or in a comment that readers of the page do not see. */
export function keyIn(value: unknown): string | null {
  const text = JSON.stringify(value) ?? ''
  const id = /"clientMutationId":"([^"]+)"/.exec(text)
  if (id) return id[1] ?? null
  const marked = /<!--\s*dev-loops[\s:]+(?:key[=:]\s*)?([^\s>]+?)\s*-->/.exec(text)
  // Two dashes in a row would end the comment, so the writer of a key puts a dot between them.
  return marked ? (marked[1] ?? '').replace(/-\.(?=-)/g, '-') : null
}
