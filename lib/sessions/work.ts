/**
 * What a run remembers about a target, beside who owns it: links, open intents, budgets, verdicts.
 *
 * It lives inside the ownership record, so that every change of it is made in one compare-and-swap
 * with the check that the run still owns the target.
 */
import { z } from 'zod'
import { ASSURANCES, SEVERITIES } from '../config/judging.ts'
import { StoreError } from '../errors.ts'
import { GATES } from '../gates/verdict.ts'
import type { Json } from '../store/store.ts'

const AnyJson: z.ZodType<Json> = z.json()

/** A change that was announced and whose outcome is not recorded yet. */
export const Intent = z.object({
  key: z.string(),
  kind: z.string(),
  level: z.enum(['fenced', 'pinned', 'checked']),
  runId: z.string(),
  token: z.number().int(),
  params: AnyJson,
  /** The store's clock when it was written; within one boot the deadline is counted from it. */
  at: z.object({ bootId: z.string(), monotonicMs: z.number(), wallMs: z.number() }),
  deadlineMs: z.number(),
  /** The process group that carries it out, when it is one (agents, reviewers). */
  process: z.object({ pid: z.number().int(), startTime: z.string(), bootId: z.string() }).nullable(),
})
export type Intent = z.infer<typeof Intent>

/**
 * How often a repair was tried. `heads` are the commits for which it was handed out, `attempts` the
 * agents that were started; whichever is larger is spent.
 */
export const Budget = z.object({ heads: z.array(z.string()), attempts: z.number().int() })
export type Budget = z.infer<typeof Budget>

/** The verdict of a gate as the record keeps it; the commit status names its digest. */
export const VerdictRecord = z.object({
  gate: z.enum(GATES),
  repo: z.string(),
  pr: z.number().int(),
  head: z.string(),
  verdict: z.enum(['clean', 'findings_present', 'blocked']),
  findings: z.array(
    z.object({
      severity: z.enum(SEVERITIES),
      angle: z.string(),
      summary: z.string(),
      files: z.array(z.string()),
    }),
  ),
  /** Why a verdict is `blocked` although nothing was found, such as `reviewer_silent`. */
  reason: z.string().nullable(),
  judgeRunId: z.string(),
  judgeLogin: z.string(),
  assurance: z.enum(ASSURANCES),
  policyDigest: z.string(),
  at: z.string(),
})
export type VerdictRecord = z.infer<typeof VerdictRecord>

/** A decision as it is journaled: what was concluded, and what from. */
export const DecisionNote = z.object({
  step: z.string(),
  state: z.string(),
  because: z.array(z.string()),
  /** Names the facts that were kept of it (lib/dispatch/replay). */
  factsDigest: z.string(),
  /** Wall clock of when it was first decided so; notes of before there was one have none. */
  atMs: z.number().nullable().default(null),
})
export type DecisionNote = z.infer<typeof DecisionNote>

/** A step that the run was handed out; see lib/sessions/trail.ts. */
export const TrailEntry = z.object({
  state: z.string(),
  step: z.string(),
  by: z.enum(['command', 'agent', 'wait']),
  head: z.string().nullable(),
  /** Digest of what was evident then. */
  evidence: z.string(),
  /** A file that a failing check did not find. */
  missing: z.string().nullable(),
  /** Of the claim under which it was handed out last. */
  token: z.number().int().nullable(),
  /** Under that claim. */
  tries: z.number().int(),
  /** How many claims have come to it, one after the death of the other. */
  claims: z.number().int().default(1),
  /** Handed out, and no effect was announced since. */
  open: z.boolean(),
})
export type TrailEntry = z.infer<typeof TrailEntry>

export const Work = z.object({
  schema: z.literal(1),
  /** The forge's node id of the repository: it stays when the repository gets another name. */
  repositoryId: z.string().nullable().default(null),
  issue: z.number().int().nullable(),
  pr: z.number().int().nullable(),
  branch: z.string().nullable(),
  worktree: z.string().nullable(),
  intents: z.array(Intent),
  budgets: z.record(z.string(), Budget),
  /** Newest verdict of each gate. */
  verdicts: z.object({ draft_gate: VerdictRecord.nullable(), pre_approval_gate: VerdictRecord.nullable() }),
  /** What the agent says it did about a review thread, by thread id; posted when the thread is resolved. */
  answers: z.record(z.string(), z.object({ body: z.string(), head: z.string().nullable() })),
  /** The wait that goes on: in which state, for which head, since when (wall clock of the store). */
  wait: z.object({ state: z.string(), head: z.string().nullable(), sinceMs: z.number() }).nullable(),
  /** The reviewer could not be asked (not enabled, no permission) for this head. */
  reviewUnavailable: z.object({ head: z.string(), reason: z.string() }).nullable(),
  /** What people said until then (an instant of GitHub) was heard; records of before there was this have none. */
  heardUntil: z.string().nullable().default(null),
  /** What somebody wrote looking back before the merge; records of before there was this have none. */
  retrospective: z
    .object({
      head: z.string(),
      runId: z.string(),
      at: z.string(),
      mergeApproved: z.boolean(),
      followedWorkingAgreement: z.boolean(),
      gateQualityAcceptable: z.boolean(),
      gateQuality: z.string(),
      unexpectedFindings: z.array(z.string()),
      mergeRecommendation: z.string(),
    })
    .nullable()
    .default(null),
  /** The last decision that this run was given; an intent is journaled together with it. */
  decision: DecisionNote.nullable(),
  /** Evidence against the last agent, such as `no_commit`; cleared when a step succeeds. */
  evidence: z.array(z.string()),
  /** Branches that agents pushed to on their own; records of before there was this have none. */
  strayed: z.array(z.object({ branch: z.string(), head: z.string() })).default([]),
  /** The last steps that were handed out, oldest first. */
  trail: z.array(TrailEntry).default([]),
})
export type Work = z.infer<typeof Work>

export const NO_WORK: Work = {
  schema: 1,
  repositoryId: null,
  issue: null,
  pr: null,
  branch: null,
  worktree: null,
  intents: [],
  budgets: {},
  verdicts: { draft_gate: null, pre_approval_gate: null },
  answers: {},
  wait: null,
  reviewUnavailable: null,
  heardUntil: null,
  retrospective: null,
  decision: null,
  evidence: [],
  strayed: [],
  trail: [],
}

/**
 * @param json what the ownership record holds for the work; `null` when nobody has worked on it yet
 * @throws StoreError `state_unreadable` when it is something else: it is named and never replaced
 */
export function parseWork(json: Json): Work {
  if (json === null) return NO_WORK
  const parsed = Work.safeParse(json)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]?.path.join('.') ?? ''
  throw new StoreError('state_unreadable', `the record's work cannot be read (at ${where}); it was kept as it is`, {
    where,
  })
}
