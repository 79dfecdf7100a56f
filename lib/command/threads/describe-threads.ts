/** Review threads as people and agents want to see them: pure. */
import { summarizeReviews } from '../../facts/copilot-reviews.ts'
import { type Finding, reduceFindings } from '../../facts/findings.ts'
import type { ThreadFact } from '../../facts/pull-request.ts'
import { type Answerer, isAnswered, summarizeThreads } from '../../facts/threads.ts'
import { withoutMarker } from '../../github/marker.ts'
import type { Observed } from '../permission.ts'

export interface ThreadDescription {
  readonly id: string
  readonly state: 'resolved' | 'answered' | 'unanswered' | 'unknown'
  readonly path: string | null
  readonly line: number | null
  readonly isOutdated: boolean
  /** How the finding that it says stands over all rounds; `null`: it is no remark of the reviewer, or not known. */
  readonly finding: Finding['standing'] | null
  readonly comments: readonly {
    readonly author: string | null
    readonly body: string
    readonly at: string
    readonly url: string
  }[]
}

export function describeThreads({ input, pr }: Observed, onlyUnresolved: boolean) {
  const by = answererOf(input)
  const standings = standingsIn({ input, pr })
  const shown = pr.threads.items.filter((thread) => !(onlyUnresolved && thread.isResolved))
  return {
    threads: shown.map((thread) => describe(thread, by, standings.get(thread.id) ?? null)),
    complete: pr.threads.complete,
    unresolved: summarizeThreads(pr.threads, by).unresolved,
  }
}

/** Who "we" are in a thread, and which answers wait to be posted. */
export function answererOf({ facts, work }: Pick<Observed['input'], 'facts' | 'work'>): Answerer {
  return { viewer: facts.repository.viewer, answers: work.answers }
}

function standingsIn({ input, pr }: Pick<Observed, 'input' | 'pr'>): ReadonlyMap<string, Finding['standing']> {
  const reviewer = input.policy.ok ? input.policy.value.review.reviewer : 'none'
  const since = summarizeReviews(pr, reviewer, null).previousRoundAt
  const findings = reduceFindings(pr.threads, { reviewer, since }) ?? []
  return new Map(findings.flatMap(({ threads, standing }) => threads.map((id) => [id, standing] as const)))
}

function describe(thread: ThreadFact, by: Answerer, finding: ThreadDescription['finding']): ThreadDescription {
  const { id, path, line, isOutdated } = thread
  const comments = thread.comments.items.map(({ author, body, createdAt, url }) => ({
    author: author?.login ?? null,
    body: withoutMarker(body),
    at: createdAt,
    url,
  }))
  return { id, state: stateOf(thread, by), path, line, isOutdated, finding, comments }
}

function stateOf(thread: ThreadFact, by: Answerer): ThreadDescription['state'] {
  if (thread.isResolved) return 'resolved'
  const answered = isAnswered(thread, by)
  if (answered === null) return 'unknown'
  return answered ? 'answered' : 'unanswered'
}
