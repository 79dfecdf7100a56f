/** Where facts come from, as every answer that is made of them says it. */
import type { SourceFact } from './pull-request.ts'

export interface ToldSource {
  readonly source: SourceFact['via']
  /** Only over REST: what it cannot prove, whatever it looks like. */
  readonly unproved?: readonly string[]
  /** Only over REST: when GraphQL, which can, answers again. */
  readonly wholeAt?: string
}

export function tellSource(source: SourceFact): ToldSource {
  if (source.via === 'graphql') return { source: 'graphql' }
  return { source: 'rest', unproved: source.unproved, wholeAt: source.wholeAt }
}

/** One line for people, where there is something to tell. */
export function describeSource({ unproved = [], wholeAt }: Partial<ToldSource>): readonly string[] {
  if (wholeAt === undefined) return []
  const names = unproved.length === 0 ? '' : `, not provable: ${unproved.join(', ').replaceAll('_', ' ')}`
  return [`seen over REST until GraphQL answers again at ${wholeAt}${names}`]
}
