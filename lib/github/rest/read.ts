/**
 * Reads over REST that cost nothing while nothing changes: each is asked with the ETag of the answer
 * that is kept, and a list page by page, each page by itself.
 */
import { z } from 'zod'
import { GitHubError } from '../../errors.ts'
import type { Listed } from '../../facts/pull-request.ts'
import { readAnswer } from '../answers/read.ts'
import type { GitHubClient } from '../client.ts'

export interface RestReading {
  readonly client: GitHubClient
  readonly signal: AbortSignal | undefined
}

interface Page<Data> {
  readonly data: Data
  readonly link: string | null
}

/** As many as GitHub lists files of one pull request. */
const MOST_PAGES = 30
const PER_PAGE = 100

/** @throws GitHubError */
export async function readRest<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  reading: RestReading,
): Promise<z.output<Schema>> {
  return (await readPage(path, schema, reading)).data
}

/** What is named by the hash of its content never changes: once read, it is not asked for again. */
export async function readForEver<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  reading: RestReading,
): Promise<z.output<Schema>> {
  const kept = schema.safeParse(reading.client.answers.read(path)?.body)
  return kept.success ? kept.data : readRest(path, schema, reading)
}

/** @returns `null` when GitHub says that it is not there */
export async function readIfThere<Result>(read: Promise<Result>): Promise<Result | null> {
  return read.catch((error: unknown) => {
    if (error instanceof GitHubError && error.code === 'target_not_found') return null
    throw error
  })
}

export interface RestList<Item> {
  readonly items: readonly Item[]
  readonly reachedEnd: boolean
}

/** @param path with its query; `per_page` is added */
export function readList<Item>(path: string, item: z.ZodType<Item>, reading: RestReading): Promise<RestList<Item>> {
  return readPages(path, z.array(item), { ...reading, itemsOf: (page) => page })
}

export async function readPages<Data, Item>(
  path: string,
  schema: z.ZodType<Data>,
  { itemsOf, ...reading }: RestReading & { readonly itemsOf: (page: Data) => readonly Item[] },
): Promise<RestList<Item>> {
  const separator = path.includes('?') ? '&' : '?'
  const items: Item[] = []
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data, link } = await readPage(`${path}${separator}per_page=${PER_PAGE}&page=${page}`, schema, reading)
    const found = itemsOf(data)
    items.push(...found)
    // "Not changed" is said of the entries alone: a page that was the last, and is full, need not be the last now.
    if (!namesNext(link) && found.length < PER_PAGE) return { items, reachedEnd: true }
  }
  return { items, reachedEnd: false }
}

/** @param translate `null` for an entry that cannot be understood; the list is then not complete */
export function listedFrom<Raw, Item>(list: RestList<Raw>, translate: (raw: Raw) => Item | null): Listed<Item> {
  const items = list.items.flatMap((raw) => translate(raw) ?? [])
  return { items, total: list.items.length, complete: list.reachedEnd && items.length === list.items.length }
}

async function readPage<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { client, signal }: RestReading,
): Promise<Page<z.output<Schema>>> {
  const kept = client.answers.read(path)
  const known = kept && schema.safeParse(kept.body)
  const ifNoneMatch = known?.success ? kept?.etag : undefined
  const { status, etag, link, body } = await client.rest('GET', path, undefined, {
    signal,
    ifNoneMatch,
  })
  if (status === 304 && kept && known?.success) return { data: known.data, link: kept.link }

  const data = readAnswer(schema, body)
  if (etag !== null) client.answers.write({ path, etag, link, body: data })
  return { data, link }
}

/** `<https://…>; rel="next"` among others. The pages are counted here: an address that GitHub names is not followed. */
function namesNext(link: string | null): boolean {
  return link !== null && /;\s*rel="?next"?/.test(link)
}
