/**
 * What is kept of everything that a decision was made from, so that it can be made again later.
 *
 * Secrets are taken out of every text, bodies are cut, and what moves by itself (the clock, how long a
 * claim still runs) is left out, so two looks at the same world are kept once. The policy is kept as the
 * file that it was read from. A body is cut, and the trail left out, only as long as the rules decide the same.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { digestPolicy, readPolicy } from '../../config/policy.ts'
import { IssueFacts } from '../../facts/issue.ts'
import type { LocalFacts } from '../../facts/local.ts'
import { PullRequestFacts } from '../../facts/pull-request.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import { decide } from '../../loop/next.ts'
import type { Holder } from '../../ownership/service.ts'
import { Work } from '../../sessions/work.ts'
import { canonical } from '../digest.ts'

const KEPT_BODY_CHARACTERS = 500

const Process = z.object({
  machineId: z.string().nullable(),
  bootId: z.string().nullable(),
  pidNamespace: z.string().nullable(),
  pid: z.number(),
  startTime: z.string().nullable(),
})

const Stop = z.object({
  reason: z.string().nullable(),
  at: z.string().nullable(),
  acknowledgedAt: z.string().nullable(),
  permitsTakeover: z.boolean(),
  permitsTakeoverInMs: z.number().nullable(),
})

export const KeptHolder: z.ZodType<Holder> = z.object({
  runId: z.string(),
  token: z.number().int(),
  alive: z.enum(['alive', 'ended', 'unknown']),
  endsInMs: z.number().nullable(),
  since: z.string().nullable(),
  process: Process.nullable(),
  stopRequested: Stop.nullable(),
})

export const KeptLocal: z.ZodType<LocalFacts> = z.object({
  worktree: z.string().nullable(),
  branch: z.string(),
  checkedOut: z.string().nullable(),
  head: z.string().nullable(),
  baseRef: z.string(),
  baseHead: z.string().nullable(),
  remoteHead: z.string().nullable(),
  ahead: z.number().nullable(),
  aheadOfBase: z.number().nullable(),
  behindBase: z.number().nullable(),
  dirty: z.boolean().nullable(),
  untracked: z.number().nullable(),
  conflicted: z.array(z.string()).nullable(),
  unfinished: z.boolean().nullable(),
  pushed: z.boolean().nullable(),
  remoteHeadIsAncestor: z.boolean().nullable(),
  revertsForeign: z.boolean().nullable(),
  related: z.boolean().nullable(),
  strayed: z.array(z.string()).nullable(),
})

export const KeptWaits = z.object({
  pollIntervalMs: z.number(),
  reviewLimitMs: z.number(),
  checksLimitMs: z.number(),
  mergeabilityLimitMs: z.number(),
})

const KeptFacts = z.object({
  schema: z.literal(1),
  target: z.object({ host: z.string(), repo: z.string(), number: z.number().int() }),
  you: z.string().nullable(),
  allowFork: z.boolean(),
  facts: z.discriminatedUnion('kind', [
    PullRequestFacts.omit({ observedAt: true }),
    IssueFacts.omit({ observedAt: true }),
  ]),
  holdings: z.object({
    target: KeptHolder.nullable(),
    branch: KeptHolder.nullable(),
    issue: z.object({ number: z.number().int(), holder: KeptHolder.nullable() }).nullable(),
  }),
  displaced: z.boolean(),
  /** Without the last decision: it is what follows from all this, and stands in the journal. */
  work: Work.omit({ decision: true }),
  local: KeptLocal.nullable(),
  wait: KeptWaits,
})
export type KeptFacts = z.infer<typeof KeptFacts>

export interface Keepable {
  readonly digest: string
  readonly text: string
}

/** @param redact takes secrets out of a text */
export function keepable(input: DecisionInput, redact: (text: string) => string): Keepable {
  const cut = keptOf(withoutUnread(input), (text) => redact(cutText(text)), redact)
  const kept = decidesAlike(cut, input) ? cut : keptOf(input, redact, redact)
  const text = canonical(kept)
  return { text, digest: digestText(text) }
}

/** A question asked again leaves its step in the trail, and the world is still the same; no rule reads commits. */
function withoutUnread(input: DecisionInput): DecisionInput {
  const { facts, work } = input
  const read =
    facts.kind === 'pull_request' && facts.pr !== null ? { ...facts, pr: { ...facts.pr, history: null } } : facts
  return { ...input, facts: read, work: { ...work, trail: [] } }
}

export function digestText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** @returns `null` for what an earlier or later version kept in another shape */
export function parseKept(text: string): KeptFacts | null {
  try {
    return KeptFacts.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** @param atMs when the decision was made */
export function inputFrom({ facts, wait, work, ...kept }: KeptFacts, atMs: number): DecisionInput {
  const observedAt = new Date(atMs).toISOString()
  const policy = readPolicy(facts.policyFile)
  return {
    ...kept,
    facts: { ...facts, observedAt },
    work: { ...work, decision: null },
    policy,
    policyDigest: policy.ok ? digestPolicy(policy.value) : null,
    preference: { wait },
    nowMs: atMs,
  }
}

function keptOf(
  { target, you, allowFork, facts, holdings, displaced, work, local, preference }: DecisionInput,
  onBody: (text: string) => string,
  onText: (text: string) => string,
): KeptFacts {
  const kept = { schema: 1, target, you, allowFork, facts, holdings, displaced, work, local, wait: preference.wait }
  return KeptFacts.parse(mapped(kept, '', { onBody, onText }))
}

interface Mapping {
  readonly onBody: (text: string) => string
  readonly onText: (text: string) => string
}

/** The policy's `text` is no body: every line of it is read. */
const BODIES: ReadonlySet<string> = new Set(['body', 'summary'])

function mapped(value: unknown, key: string, mapping: Mapping): unknown {
  if (typeof value === 'string') return BODIES.has(key) ? mapping.onBody(value) : mapping.onText(value)
  // How long a claim still runs changes by itself, and moves nothing but the pause before the next question.
  if (typeof value === 'number') return key.endsWith('InMs') ? 0 : value
  if (Array.isArray(value)) return value.map((item) => mapped(item, key, mapping))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mapped(part, name, mapping)]))
}

function cutText(text: string): string {
  return text.length > KEPT_BODY_CHARACTERS ? text.slice(0, KEPT_BODY_CHARACTERS) : text
}

function decidesAlike(kept: KeptFacts, input: DecisionInput): boolean {
  const [before, after] = [decide(input), decide(inputFrom(kept, input.nowMs))]
  return canonical(conclusionOf(before)) === canonical(conclusionOf(after))
}

function conclusionOf({ state, step, actor, because }: ReturnType<typeof decide>) {
  return { state, step, actor, because }
}
