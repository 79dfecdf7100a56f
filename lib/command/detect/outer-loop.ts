/**
 * One cycle of the outer loop: observe (or read what was saved), decide, remember.
 */
import { join, resolve } from 'node:path'
import type { LoadedConfig } from '../../config/resolved.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import { readStatus } from '../../git/status.ts'
import type { DecisionInput } from '../../loop/decision.ts'
import type { CheckedOut } from '../../loop/detectors/branch-identity.ts'
import { CopilotSnapshot } from '../../loop/detectors/copilot-snapshot.ts'
import { lifecyclePhaseForCopilotState } from '../../loop/detectors/lifecycle.ts'
import type { Checkpoint } from '../../loop/detectors/outer-checkpoint.ts'
import { evidenceOfFacts, evidenceOfSnapshot, type OuterEvidence } from '../../loop/detectors/outer-evidence.ts'
import { type CycleGround, decideOuterCycle, type OuterCycle } from '../../loop/detectors/outer-loop.ts'
import { interpretReviewerLoopState, type ReviewerLoopState } from '../../loop/detectors/reviewer.ts'
import {
  normalizeReviewerSnapshot,
  parseLocalReview,
  snapshotReviewer,
} from '../../loop/detectors/reviewer-snapshot.ts'
import { parseSnapshot } from '../../loop/detectors/snapshot-shape.ts'
import type { Refusal } from '../../outcome.ts'
import { type AskingWords, checkoutOf, openGit } from '../asking.ts'
import type { CommandContext } from '../define.ts'
import { loadedConfig, resolveTarget, stateLocation } from '../services.ts'
import { checkpointFile, readCheckpoint, writeCheckpoint } from './checkpoint-file.ts'
import { observeToDetect } from './observe.ts'
import { readSnapshot } from './snapshot.ts'
import { type StartContract, startContract } from './start-contract.ts'

export interface OuterWords extends AskingWords {
  readonly checkpointDir?: string | undefined
  readonly copilotInput?: string | undefined
  readonly reviewerInput?: string | undefined
}

/** Without a source when it was made of snapshots alone. */
export interface OuterAnswer extends OuterCycle, Partial<ToldSource> {
  readonly ok: true
  readonly lifecyclePhase: string
  /** What `next` says of the work; `null` with a snapshot. */
  readonly next: { readonly state: string; readonly step: string | null; readonly actor: string } | null
  /** What was not known and would tell. */
  readonly missing: readonly string[]
  readonly checkpointFile: string
  readonly conductorModel: null
  readonly autonomyStopAt: readonly string[]
  readonly asyncStartContract: StartContract
}

export async function runOuterLoop(words: OuterWords, context: CommandContext): Promise<OuterAnswer | Refusal> {
  const loaded = await loadedConfig(context)
  const isSnapshotMode = words.copilotInput !== undefined && words.reviewerInput !== undefined
  const start = startContract({ runId: words.runId, isSnapshotMode }, loaded)
  if (!start.ok) return start
  const target = resolveTarget(words, context)
  const folder = await checkpointFolder(words, context)
  const file = checkpointFile(folder, target)
  const previous = await readCheckpoint(file, target)
  const seen = await look({ words, loaded, previous }, context)

  const cycle = decideOuterCycle({ ...seen, target, previous, reviewLimitMs: loaded.config.wait.reviewLimitMs })
  await writeCheckpoint(file, cycle.checkpoint)
  return {
    ok: true,
    ...cycle,
    lifecyclePhase: lifecyclePhaseForCopilotState(seen.evidence.copilot),
    next: nextOf(seen.evidence),
    missing: seen.evidence.decision?.missing ?? [],
    ...seen.source,
    checkpointFile: file,
    conductorModel: null,
    autonomyStopAt: seen.stopAt,
    asyncStartContract: start.value,
  }
}

async function checkpointFolder(words: OuterWords, context: CommandContext): Promise<string> {
  if (words.checkpointDir !== undefined) return resolve(context.cwd, words.checkpointDir)
  return join((await stateLocation(resolveTarget(words, context), words, context)).folder, 'outer-loop')
}

function nextOf({ decision }: OuterEvidence): OuterAnswer['next'] {
  if (decision === null) return null
  const { state, step, actor } = decision
  return { state, step, actor }
}

interface Looking {
  readonly words: OuterWords
  readonly loaded: LoadedConfig
  readonly previous: Checkpoint | null
}

type Seen = Omit<CycleGround, 'target' | 'previous' | 'reviewLimitMs'> & {
  readonly stopAt: readonly string[]
  readonly source: Partial<ToldSource>
}

async function look(looking: Looking, context: CommandContext): Promise<Seen> {
  const { copilotInput, reviewerInput } = looking.words
  const input =
    copilotInput === undefined || reviewerInput === undefined
      ? (await observeToDetect(looking.words, context)).input
      : null
  const pr = input?.facts.kind === 'pull_request' ? input.facts.pr : null
  const reviewer = await lookAtReviewer(reviewerInput, input, context)
  const evidence = await lookAtCopilot(looking, { input, reviewer }, context)
  const policy = input?.policy.ok ? input.policy.value : looking.loaded.localPolicy
  return {
    evidence,
    reviewer,
    sourceMode: input === null ? 'snapshot' : (copilotInput ?? reviewerInput) ? 'local' : 'authoritative',
    head: pr?.state === 'OPEN' ? { branch: pr.head.branch, sha: pr.head.sha } : null,
    here: input === null ? null : await readCheckedOut(input, context),
    nowMs: input?.nowMs ?? Date.now(),
    stopAt: policy.autonomy.stopAt,
    source: input === null ? {} : tellSource(input.facts.source),
  }
}

async function lookAtReviewer(
  file: string | undefined,
  input: DecisionInput | null,
  context: CommandContext,
): Promise<ReviewerLoopState> {
  if (file !== undefined)
    return interpretReviewerLoopState(normalizeReviewerSnapshot(await readSnapshot(file, context)))
  const pr = input?.facts.kind === 'pull_request' ? input.facts.pr : null
  return interpretReviewerLoopState(snapshotReviewer({ pr, local: parseLocalReview({}) }))
}

interface Beside {
  readonly input: DecisionInput | null
  readonly reviewer: ReviewerLoopState
}

async function lookAtCopilot(
  { words, loaded, previous }: Looking,
  { input, reviewer }: Beside,
  context: CommandContext,
): Promise<OuterEvidence> {
  const noted = previous?.wait ?? null
  if (words.copilotInput === undefined) {
    if (input === null) throw new Error('without a snapshot of the reviews the pull request is observed')
    return evidenceOfFacts(input, noted)
  }
  const pr = input?.facts.kind === 'pull_request' ? input.facts.pr : null
  return evidenceOfSnapshot({
    snapshot: parseSnapshot(CopilotSnapshot, await readSnapshot(words.copilotInput, context)),
    policy: loaded.localPolicy,
    preference: loaded.config,
    head: pr?.head.sha ?? reviewer.snapshot.prHeadSha,
    noted,
    nowMs: input?.nowMs ?? Date.now(),
  })
}

async function readCheckedOut(input: DecisionInput, context: CommandContext): Promise<CheckedOut | null> {
  const { local, target } = input
  if (local !== null && local.worktree !== null) {
    return { branch: local.checkedOut, headSha: local.head, dirty: local.dirty !== false, own: true }
  }
  const repoDir = checkoutOf(target.repo, context)
  if (repoDir === null) return null
  const status = await readStatus({ ...(await openGit(repoDir, context)), cwd: repoDir })
  const changed = [...status.modified, ...status.conflicted, ...status.untracked]
  return { branch: status.branch, headSha: status.head, dirty: changed.length > 0, own: false }
}
