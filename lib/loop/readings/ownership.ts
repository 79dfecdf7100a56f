/**
 * Who holds what, and what was left half done, as the facts of the machines `ownership`, `recovery` and
 * `cleanup`.
 */
import { reduceLocal } from '../../facts/local-evidence.ts'
import type { Holder } from '../../ownership/service.ts'
import { isOwnBranchName } from '../commands.ts'
import type { DecisionInput } from '../decision.ts'
import type { FactsOf } from '../machine.ts'
import type { cleanup } from '../machines/cleanup.ts'
import type { ownership } from '../machines/ownership.ts'
import type { recovery } from '../machines/recovery.ts'

type OwnershipFacts = FactsOf<typeof ownership>
type CleanupFacts = FactsOf<typeof cleanup>
type Intents = FactsOf<typeof recovery>['intents']

export function readOwnershipFacts({
  holdings,
  you,
  displaced,
  nowMs,
}: Pick<DecisionInput, 'holdings' | 'you' | 'displaced' | 'nowMs'>): OwnershipFacts {
  const target = standingOf(holdings.target, you, nowMs)
  const mine = target === 'mine' || target === 'mine_over'
  return {
    target,
    displaced,
    stopRequested: mine && holdings.target?.stopRequested != null,
    branch: besideOf(holdings.branch, you, nowMs),
    issue: besideOf(holdings.issue?.holder ?? null, you, nowMs),
  }
}

function standingOf(holder: Holder | null, you: string | null, nowMs: number): OwnershipFacts['target'] {
  if (!holder) return 'free'
  if (holder.runId === you) return isOverForOwner(holder) ? 'mine_over' : 'mine'
  if (holder.alive === 'ended') return 'other_over'
  return isEndless(holder, nowMs) ? 'other_endless' : 'other_living'
}

function besideOf(holder: Holder | null, you: string | null, nowMs: number): OwnershipFacts['branch'] {
  if (!holder || holder.runId === you || holder.alive === 'ended') return 'open'
  return isEndless(holder, nowMs) ? 'endless' : 'living'
}

/** An owner may act only while its lease is proved to stand; one of before a reboot is not. */
function isOverForOwner(holder: Holder): boolean {
  return holder.alive === 'ended' || (holder.alive === 'unknown' && holder.endsInMs !== null)
}

/** How long others wait for a claim that ends only with its process, counted from when it was made. */
const PROCESS_CLAIM_LIMIT_MS = 24 * 3_600_000

/** Held without an end of its own, and not proved alive or alive for too long: only a person can end it. */
export function isEndless(holder: Holder, nowMs: number): boolean {
  if (holder.endsInMs !== null || holder.alive === 'ended') return false
  return holder.alive === 'unknown' || processClaimEndMs(holder) <= nowMs
}

/** Both clocks are this machine's: only there can a process be proved alive. A claim of no known age is over. */
export function processClaimEndMs({ since }: Holder): number {
  const sinceMs = since === null ? Number.NaN : Date.parse(since)
  return Number.isFinite(sinceMs) ? sinceMs + PROCESS_CLAIM_LIMIT_MS : 0
}

/**
 * An intent of the standing claim is under way until its deadline, and for as long as the runner lives
 * when a process carries it out: an agent that asks for itself must not be told to end itself. A claim that
 * others wait for no longer carries nothing either, or that wait would have no end.
 */
export function readIntents({ work, holdings, nowMs }: Pick<DecisionInput, 'work' | 'holdings' | 'nowMs'>): Intents {
  if (work.intents.length === 0) return 'none'
  const holder = holdings.target
  const runnerLives = holder?.process != null && holder.alive === 'alive' && !isEndless(holder, nowMs)

  const leftBehind = work.intents.some((intent) => {
    if (!holder || intent.runId !== holder.runId || intent.token !== holder.token) return true
    const carried = intent.process !== null && runnerLives
    return !carried && intent.at.wallMs + intent.deadlineMs <= nowMs
  })
  return leftBehind ? 'left_behind' : 'under_way'
}

export function readCleanupFacts(input: DecisionInput): CleanupFacts {
  const { holdings, you } = input
  const worktree = readWorktreeLeft(input)
  const intents = readIntents(input)
  const target = readTargetLeft(input, worktree === 'removable' || intents === 'left_behind')
  return {
    target,
    intents: intents === 'under_way' && target !== 'mine' ? 'left_behind' : intents,
    worktree,
    branch: isMine(holdings.branch, you) && ownBranchOf(input) !== null ? 'mine' : 'not_mine',
    issue: isMine(holdings.issue?.holder ?? null, you) ? 'mine' : 'not_mine',
  }
}

function readTargetLeft({ holdings, you }: DecisionInput, leftovers: boolean): CleanupFacts['target'] {
  const holder = holdings.target
  if (!holder || you === null) return 'not_mine'
  if (holder.runId === you) return leftovers && isOverForOwner(holder) ? 'ended' : 'mine'
  return holder.alive === 'ended' ? 'ended' : 'not_mine'
}

function readWorktreeLeft({ local }: DecisionInput): CleanupFacts['worktree'] {
  const evidence = reduceLocal(local, null, null)
  if (evidence.worktree === 'absent') return 'absent'
  return evidence.tree === 'uncommitted' ? 'uncommitted' : 'removable'
}

/** The target's branch when its name is one that we gave; `null` otherwise. */
export function ownBranchOf({ facts, work }: DecisionInput): string | null {
  const branch = facts.kind === 'pull_request' ? (facts.pr?.head.branch ?? null) : work.branch
  return branch !== null && isOwnBranchName(branch) ? branch : null
}

function isMine(holder: Holder | null, you: string | null): boolean {
  return holder !== null && you !== null && holder.runId === you
}
