/**
 * Decides again what was decided before, from the journal and the facts that were kept: pure.
 *
 * A difference means that today's rules are not those of then. What cannot be replayed is said, with the
 * reason; it is never counted as the same.
 */
import { z } from 'zod'
import type { Decision } from '../../loop/decision.ts'
import { decide } from '../../loop/next.ts'
import { DecisionNote } from '../../sessions/work.ts'
import type { JournalEntry } from '../../store/store.ts'
import { canonical } from '../digest.ts'
import type { FoundFacts } from './facts-archive.ts'
import { inputFrom, parseKept } from './kept-facts.ts'

/** One decision of the journal, and which effects it led to. */
export interface Journaled {
  readonly sequence: number
  readonly at: string
  readonly decision: DecisionNote
  readonly effects: readonly string[]
}

type Conclusion = Pick<DecisionNote, 'state' | 'step' | 'because'>

export interface Difference extends Omit<Journaled, 'decision'> {
  readonly before: Conclusion
  readonly now: Conclusion & Pick<Decision, 'actor'>
}

const REASONS = ['not_kept', 'damaged', 'other_version', 'no_instant'] as const

export interface NotReplayed extends Omit<Journaled, 'decision'> {
  readonly factsDigest: string
  readonly reason: (typeof REASONS)[number]
  /** The damaged file. */
  readonly file: string | null
}

export interface Replay {
  readonly decisions: number
  readonly same: number
  readonly different: readonly Difference[]
  readonly notReplayed: readonly NotReplayed[]
}

const DecisionEntry = z.object({ type: z.literal('decision'), ...DecisionNote.shape })
const IntentEntry = z.object({ type: z.literal('intent'), kind: z.string(), decision: DecisionNote.nullable() })

/** Every decision of the journal once, in order. An intent without one was nobody's decision: a person's command. */
export function listDecisions(journal: readonly JournalEntry[]): readonly Journaled[] {
  const listed: (Journaled & { effects: string[] })[] = []
  for (const { sequence, at, entry } of journal) {
    const made = DecisionEntry.safeParse(entry).data
    if (made && !isLast(made, listed)) listed.push({ sequence, at, decision: DecisionNote.parse(made), effects: [] })
    const intent = IntentEntry.safeParse(entry).data
    if (!intent?.decision) continue
    const led = listed.findLast(({ decision }) => canonical(decision) === canonical(intent.decision))
    if (led) led.effects.push(intent.kind)
    else listed.push({ sequence, at, decision: intent.decision, effects: [intent.kind] })
  }
  return listed
}

/** It is written again when something else of the record changed with it. */
function isLast(made: DecisionNote, listed: readonly Journaled[]): boolean {
  const last = listed.at(-1)
  return last !== undefined && canonical(last.decision) === canonical(DecisionNote.parse(made))
}

/** @param found what is kept of the facts of each decision, by digest */
export function replay(journaled: readonly Journaled[], found: ReadonlyMap<string, FoundFacts>): Replay {
  const answers = journaled.map((one) => decideAgain(one, found.get(one.decision.factsDigest)))
  const different = answers.flatMap((answer) => answer.different ?? [])
  const notReplayed = answers.flatMap((answer) => answer.notReplayed ?? [])
  const same = answers.length - different.length - notReplayed.length
  return { decisions: answers.length, same, different, notReplayed }
}

interface Again {
  readonly different?: Difference
  readonly notReplayed?: NotReplayed
}

function decideAgain({ decision, ...entry }: Journaled, found: FoundFacts | undefined): Again {
  const { step, state, because, factsDigest, atMs } = decision
  const missing = (reason: NotReplayed['reason'], file: string | null = null): Again => ({
    notReplayed: { ...entry, factsDigest, reason, file },
  })
  if (found === undefined || found.status === 'not_kept') return missing('not_kept')
  if (found.status === 'damaged') return missing('damaged', found.file)
  if (atMs === null) return missing('no_instant')
  const kept = parseKept(found.text)
  if (kept === null) return missing('other_version')

  const now = decide(inputFrom(kept, atMs))
  const again = { step: now.step ?? 'none', state: now.state, because: now.because }
  if (canonical(again) === canonical({ step, state, because })) return {}
  return {
    different: {
      ...entry,
      before: { step, state, because },
      now: { ...again, because: [...now.because], actor: now.actor },
    },
  }
}
