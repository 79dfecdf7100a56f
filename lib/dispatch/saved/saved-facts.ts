/**
 * Everything that a decision was made from, as a file that a person may keep, send, and decide from again.
 *
 * Unlike what is kept for `replay` nothing is cut, and the policy stands in it as it was understood, so that
 * deciding needs neither the policy's text nor anything that reads it. Secrets are taken out of every text.
 *
 * This schema is for those who write and check; a decision from a file is made without it, by the form that
 * the build makes of it (saved-facts.generated.ts).
 */
import { z } from 'zod'
import { ASSURANCES, SEVERITIES } from '../../config/judging.ts'
import { type Policy, STOPS } from '../../config/schema.ts'
import { IssueFacts } from '../../facts/issue.ts'
import { PullRequestFacts } from '../../facts/pull-request.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import { Work } from '../../sessions/work.ts'
import { KeptHolder, KeptLocal, KeptWaits } from '../replay/kept-facts.ts'

const Gate = {
  angles: z.array(z.string()),
  blockOn: z.array(z.enum(SEVERITIES)),
  minimumAssurance: z.enum(ASSURANCES),
}

/** A policy as it was understood: nothing of it is to be translated, and its limits were checked then. */
const ReadPolicy: z.ZodType<Policy> = z.object({
  gates: z.object({
    draft: z.object({ requireCi: z.boolean(), requireRefinement: z.boolean(), ...Gate }),
    preApproval: z.object(Gate),
  }),
  review: z.object({
    reviewer: z.string(),
    maxRounds: z.number(),
    onUnavailable: z.enum(['person', 'gate']),
    stopOnLowSignal: z.boolean(),
    lowSignalRoundThreshold: z.number(),
    lowSignalMaxComments: z.number(),
    internalPaths: z.array(z.string()),
  }),
  autonomy: z.object({ stopAt: z.array(z.enum(STOPS)) }),
  trust: z.object({ accounts: z.array(z.string()) }),
  protect: z.object({ paths: z.array(z.string()), branches: z.array(z.string()) }),
  budgets: z.object({
    implement: z.number(),
    fixChecks: z.number(),
    fixGate: z.number(),
    addressFeedback: z.number(),
    resolveConflicts: z.number(),
  }),
  checks: z.object({
    command: z.tuple([z.string()], z.string()).nullable(),
    whenNone: z.enum(['wait', 'pass']),
    graceMs: z.number(),
  }),
  merge: z.object({
    method: z.enum(['squash', 'merge', 'rebase']),
    /** Files of before there was this have none. */
    requireRetrospective: z.boolean().default(false),
  }),
})

export const SavedFacts = z.object({
  /** Says what the file is, and in which form. */
  devLoopsFacts: z.literal(1),
  target: z.object({ host: z.string(), repo: z.string(), number: z.number().int() }),
  you: z.string().nullable(),
  allowFork: z.boolean(),
  facts: z.discriminatedUnion('kind', [PullRequestFacts, IssueFacts]),
  holdings: z.object({
    target: KeptHolder.nullable(),
    branch: KeptHolder.nullable(),
    issue: z.object({ number: z.number().int(), holder: KeptHolder.nullable() }).nullable(),
  }),
  displaced: z.boolean(),
  work: Work,
  local: KeptLocal.nullable(),
  /** `null`: it could not be read, so nothing passes. */
  policy: ReadPolicy.nullable(),
  policyDigest: z.string().nullable(),
  wait: KeptWaits,
  nowMs: z.number(),
})
export type SavedFacts = z.infer<typeof SavedFacts>

/** @param redact takes secrets out of a text */
export function formatSaved(input: DecisionInput, redact: (text: string) => string): string {
  const { policy, preference, ...seen } = input
  const saved = { devLoopsFacts: 1, ...seen, policy: policy.ok ? policy.value : null, wait: preference.wait }
  const parsed = SavedFacts.parse(saved)
  return `${JSON.stringify(parsed, (_key, value: unknown) => (typeof value === 'string' ? redact(value) : value), 1)}\n`
}
