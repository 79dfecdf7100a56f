/** The acting half of `detect-copilot-loop-state`: where its facts come from. */
import type { IterationSummary } from '../../facts/copilot-iterations.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import type { CopilotLoopAnswer } from '../../loop/detectors/copilot-loop.ts'
import type { Refusal } from '../../outcome.ts'
import type { CommandContext } from '../define.ts'
import { loadedConfig } from '../services.ts'
import { readLive } from './live.ts'
import { readSnapshot } from './snapshot.ts'

export interface DetectWords {
  readonly repo?: string | undefined
  readonly pr?: number | undefined
  readonly input?: string | undefined
  readonly stateDir?: string | undefined
}

interface Live extends ToldSource {
  readonly iterations?: IterationSummary
  readonly missing: readonly string[]
}

type Answer = ({ readonly ok: true } & CopilotLoopAnswer & Partial<Live>) | Refusal

export async function detectCopilotLoop(words: DetectWords, context: CommandContext): Promise<Answer> {
  return words.input === undefined ? detectLive(words, context) : detectSnapshot(words.input, context)
}

/** Nothing is done by this answer, so the rules that this checkout's own file asks for will do. */
async function detectSnapshot(path: string, context: CommandContext): Promise<Answer> {
  const { CopilotSnapshot } = await import('../../loop/detectors/copilot-snapshot.ts')
  const { parseSnapshot } = await import('../../loop/detectors/snapshot-shape.ts')
  const { answerFor, classifySnapshot } = await import('../../loop/detectors/copilot-loop.ts')
  const snapshot = parseSnapshot(CopilotSnapshot, await readSnapshot(path, context))
  const { localPolicy } = await loadedConfig(context)
  return { ok: true, ...answerFor(snapshot, classifySnapshot(snapshot, localPolicy)) }
}

async function detectLive(words: DetectWords, context: CommandContext): Promise<Answer> {
  const { answerFor, classifySnapshot, EMPTY, iterationsOf, snapshotOf } = await import(
    '../../loop/detectors/copilot-loop.ts'
  )
  const live = await readLive(words, context)
  if (!live.ok) return live
  const { reading, policy, missing, input } = live
  const told = { missing, ...tellSource(input.facts.source) }
  if (reading === null) return { ok: true, ...answerFor(EMPTY, classifySnapshot(EMPTY, policy)), ...told }
  const iterations = iterationsOf(reading, policy)
  return { ok: true, ...answerFor(snapshotOf(reading, policy), reading.review), iterations, ...told }
}
