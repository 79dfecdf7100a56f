/** Whether an issue says when it is done, in the predecessor's fields. */
import { z } from 'zod'
import type { SourceFact } from '../../facts/pull-request.ts'
import { detectIssueRefinementArtifact, REFINEMENT_SOURCE, type RefinementArtifact } from '../../facts/refinement.ts'
import { parseSlug } from '../../target.ts'
import { parseSnapshot } from './snapshot-shape.ts'

export interface RefinementAnswer extends RefinementArtifact {
  readonly ok: true
  readonly repo: string | null
  readonly issue: number | null
  /** Which of GitHub's interfaces was asked; not given for a snapshot. `source` had another meaning here first. */
  readonly via?: SourceFact['via']
  /** Every value that `source` may have. */
  readonly sources: typeof REFINEMENT_SOURCE
}

interface IssueBody {
  readonly repo: string | null
  readonly issue: number | null
  readonly body: string
}

const Snapshot = z.object({
  repo: z.string().nullish(),
  issue: z.number().int().positive().nullish(),
  body: z.string(),
})

/** @throws UsageError `invalid_value` */
export function parseRefinementSnapshot(raw: unknown): IssueBody {
  const { repo, issue, body } = parseSnapshot(Snapshot, raw)
  return { repo: repo == null ? null : parseSlug(repo), issue: issue ?? null, body }
}

export function answerRefinement({ repo, issue, body }: IssueBody): RefinementAnswer {
  return { ok: true, repo, issue, ...detectIssueRefinementArtifact({ body }), sources: REFINEMENT_SOURCE }
}
