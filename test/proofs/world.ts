/**
 * A small world in which decisions are carried out: enough of git, GitHub, agents and a judge for the
 * loop to run from an issue to its end, with every answer of the outside drawn by the test.
 */
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { Policy } from '../../lib/config/schema.ts'
import type { ReviewFact, ThreadFact } from '../../lib/facts/pull-request.ts'
import type { Gate } from '../../lib/gates/verdict.ts'
import type { Decision, DecisionInput } from '../../lib/loop/decision.ts'
import { decide } from '../../lib/loop/next.ts'
import { stepOf } from '../../lib/loop/readings/stuck.ts'
import type { Holder } from '../../lib/ownership/service.ts'
import { isBudgeted, spendBudget } from '../../lib/sessions/budgets.ts'
import { handOut, noteTry } from '../../lib/sessions/trail.ts'
import { NO_WORK, type VerdictRecord, type Work } from '../../lib/sessions/work.ts'
import {
  aCheck,
  aHolder,
  anInput,
  anIntent,
  aPullRequest,
  aReview,
  aThread,
  aVerdict,
  COPILOT,
  issueFacts,
  listed,
  localFacts,
  NOW,
  pullRequestFacts,
  statusFor,
  VIEWER,
} from '../loop/build.ts'

/** What the outside is asked for, with the number of its answers. 0 is always the kindest one. */
export const CHANCES = {
  /** Seen at once; only later. */
  observation: 2,
  /** None; a conflict with the base. */
  conflict: 2,
  /** Green; red; still running. */
  checks: 3,
  /** Commits all; commits but leaves something; answers only; leaves all uncommitted; does nothing. */
  agent: 5,
  /** Clean; findings; no result. */
  judge: 3,
  /** Accepted; not possible. */
  request: 2,
  /** Without remarks; with one; not yet. */
  review: 3,
  /** Can be merged; not computed; blocked; the base has moved on. */
  mergeability: 4,
  /** What a command does is done; nothing comes of it. */
  effect: 2,
  /** The run lives; dies before what it announced; dies right after it. */
  death: 3,
} as const
export type Chance = keyof typeof CHANCES

/** @returns a number from 0 to `CHANCES[chance]` - 1 */
export type Draw = (chance: Chance) => number

export interface Pull {
  draft: boolean
  state: 'OPEN' | 'MERGED' | 'CLOSED'
  requestedAt: string | null
  reviews: ReviewFact[]
  threads: ThreadFact[]
}

/** Something of the outside that the world itself does not make: it is seen until a step has settled it. */
export interface Veil {
  readonly over: (input: DecisionInput) => DecisionInput
  /** The commands and agent steps that settle it; one of waits does when the outside answers at last. */
  readonly settledBy: readonly string[]
}

const MERGE_STATES = ['CLEAN', 'UNKNOWN', 'BLOCKED', 'BEHIND'] as const
/** What a run does for the work; before these it holds nothing, or clears up. */
export const CLEARING_UP: readonly string[] = ['claim', 'recover']

export class World {
  now = NOW
  commits = 1
  head = 0
  remote: number | null = null
  observed = 0
  dirty = false
  worktree = false
  conflict = false
  mergeState: (typeof MERGE_STATES)[number] = 'CLEAN'
  checks: 'SUCCESS' | 'FAILURE' | null = null
  verdicts: VerdictRecord[] = []
  pull: Pull | null = null
  held: Readonly<Record<'issue' | 'pr' | 'branch', string | null>> = { issue: null, pr: null, branch: null }
  work: { issue: Work; pr: Work } = { issue: NO_WORK, pr: NO_WORK }
  target: 'issue' | 'pr' = 'issue'
  /** How many runs there were; each has an id and a token of its own, and the newest asks. */
  runs = 1
  veils: readonly Veil[] = []
  /** What the last question was asked with. */
  asked: DecisionInput | null = null
  effects: readonly string[] = []
  /** Gates whose judge came to no result. */
  judgedInVain: readonly string[] = []

  constructor(
    public draw: Draw,
    public policy: Policy = DEFAULT_POLICY,
  ) {}

  /** The same world, that goes its own way from here. */
  copy(): World {
    const { pull, work } = this
    return Object.assign(new World(this.draw), this, { pull: pull && { ...pull }, work: { ...work } })
  }

  /** One question and, where somebody can act, what follows. */
  step(): Decision {
    const input = this.input()
    this.asked = input
    const decision = decide(input)
    this.remember(decision, input)
    if (decision.actor === 'command' || decision.actor === 'agent') this.act(decision)
    if (decision.actor === 'wait') this.wait(decision)
    if (decision.actor === 'done' && this.target === 'pr') {
      this.target = 'issue'
      return this.step()
    }
    return decision
  }

  input(): DecisionInput {
    return this.veils.reduce((input, { over }) => over(input), this.unveiled())
  }

  private unveiled(): DecisionInput {
    const onIssue = this.target === 'issue'
    const issue = this.holderOf('issue')
    return anInput({
      you: `r-${this.runs}`,
      target: { host: 'github.com', repo: 'acme/api', number: onIssue ? 12 : 88 },
      facts: onIssue ? this.issueFacts() : this.pullFacts(),
      holdings: {
        target: onIssue ? issue : this.holderOf('pr'),
        branch: this.holderOf('branch'),
        issue: onIssue ? null : { number: 12, holder: issue },
      },
      work: this.work[this.target],
      policy: { ok: true, value: this.policy },
      local: this.worktree || this.remote !== null ? this.localFacts() : null,
      nowMs: this.now,
    })
  }

  /** Of the runs only the newest lives. */
  private holderOf(what: 'issue' | 'pr' | 'branch'): Holder | null {
    const runId = this.held[what]
    if (runId === null) return null
    return aHolder({ runId, token: Number(runId.slice(2)), alive: runId === `r-${this.runs}` ? 'alive' : 'ended' })
  }

  private issueFacts() {
    const state = this.pull?.state
    const link = {
      number: 88,
      repo: 'acme/api',
      isDraft: true,
      headBranch: 'dev-loops/issue-12',
      headRepo: null,
      author: VIEWER,
    }
    const linked = state === 'OPEN' ? [{ ...link, state }] : []
    return issueFacts({ state: state === 'MERGED' ? 'CLOSED' : 'OPEN', pullRequests: listed(linked) })
  }

  private pullFacts() {
    const { pull } = this
    if (!pull) return pullRequestFacts(null)
    const seen = sha(this.observed)
    const check = this.checks === null ? aCheck('test', null) : aCheck('test', this.checks)
    const statuses = this.verdicts.filter(({ head }) => head === seen).map((verdict) => statusFor(verdict))
    const open =
      pull.requestedAt !== null &&
      !pull.reviews.some(({ submittedAt }) => (submittedAt ?? '') > (pull.requestedAt ?? ''))
    return pullRequestFacts({
      state: pull.state,
      isDraft: pull.draft,
      head: { sha: seen, branch: 'dev-loops/issue-12', repo: 'acme/api' },
      mergeable: this.conflict ? 'CONFLICTING' : this.mergeState === 'UNKNOWN' ? 'UNKNOWN' : 'MERGEABLE',
      mergeStateStatus: this.conflict ? 'DIRTY' : this.mergeState,
      checks: { ...aPullRequest().checks, commit: seen, contexts: listed([check, ...statuses]) },
      reviewRequests: listed(open ? [COPILOT] : []),
      reviewRequestEvents: listed(pull.requestedAt ? [{ at: pull.requestedAt, reviewer: COPILOT }] : []),
      reviews: listed(pull.reviews),
      threads: listed(pull.threads),
    })
  }

  private localFacts() {
    const { head, remote } = this
    return localFacts({
      worktree: this.worktree ? '/w' : null,
      head: sha(head),
      remoteHead: remote === null ? 'absent' : sha(remote),
      pushed: remote === head,
      ahead: head - (remote ?? 0),
      aheadOfBase: head,
      dirty: this.dirty,
    })
  }

  /** As lib/dispatch/next.ts keeps it; whatever is done is tried. */
  private trailWith({ state, step, actor, facts }: Decision, input: DecisionInput): Work['trail'] {
    const goesOn = actor === 'command' || actor === 'agent' || actor === 'wait'
    if (step === null || !goesOn) return input.work.trail
    const trail = handOut(input.work.trail, stepOf(input, { state, step, by: actor, head: facts.head }))
    return actor === 'wait' ? trail : noteTry(trail)
  }

  private remember(decision: Decision, input: DecisionInput): void {
    const work = this.work[this.target]
    const { head } = decision.facts
    const goesOn = work.wait?.state === decision.state && work.wait.head === head
    const wait = goesOn
      ? work.wait
      : decision.actor === 'wait'
        ? { state: decision.state, head, sinceMs: this.now }
        : null
    const step = decision.step ?? ''
    const counted =
      decision.actor === 'agent' && isBudgeted(step) ? spendBudget(work, step, { head, started: true }) : work
    this.work[this.target] = { ...counted, wait, trail: this.trailWith(decision, input) }
  }

  private act(decision: Decision): void {
    this.now += 10_000
    const step = decision.step ?? ''
    const clears = CLEARING_UP.includes(step)
    const fate = clears ? 0 : this.draw('death')
    const idle = !clears && decision.actor === 'command' && this.draw('effect') === 1
    if (fate !== 1 && !idle) this.carryOut(step, decision)
    if (fate !== 0) this.die(step)
  }

  /** What was announced is left behind; the next run finds the claim of a dead one. */
  private die(step: string): void {
    const { runId, token } = this.holderOf(this.target === 'issue' ? 'issue' : 'pr') ?? aHolder()
    const intent = anIntent({ kind: step, runId, token })
    this.work[this.target] = { ...this.work[this.target], intents: [intent] }
    this.runs++
  }

  private carryOut(step: string, decision: Decision): void {
    if (this.settle(step)) return
    if (decision.actor === 'agent') {
      this.agent(step)
      return
    }
    const you = `r-${this.runs}`
    switch (step) {
      case 'claim':
        this.held = this.target === 'pr' ? { ...this.held, pr: you, branch: you } : { ...this.held, issue: you }
        return
      case 'recover':
        this.settleEffect()
        return
      case 'create_worktree':
        this.worktree = true
        return
      case 'push':
        this.effect(`push ${this.head}`)
        this.held = { ...this.held, branch: you }
        this.remote = this.head
        // GitHub may answer about the old head for a while.
        if (this.draw('observation') === 0) this.observe()
        return
      case 'create_draft_pr':
        this.effect('create')
        this.pull = { draft: true, state: 'OPEN', requestedAt: null, reviews: [], threads: [] }
        this.observe()
        return
      case 'continue_on_pull_request':
        this.target = 'pr'
        return
      case 'run_draft_gate':
      case 'reconcile_draft_gate':
        this.judge('draft_gate', step)
        return
      case 'run_pre_approval_gate':
        this.judge('pre_approval_gate', step)
        return
      case 'remove_worktree':
        this.worktree = false
        return
      case 'release':
        this.held = this.target === 'pr' ? { ...this.held, pr: null } : { ...this.held, issue: null }
        return
      case 'release_branch':
        this.held = { ...this.held, branch: null }
        return
      case 'release_issue':
        this.held = { ...this.held, issue: null }
        return
      default:
        this.onPull(step)
    }
  }

  /** @returns whether that was all that the step had to do */
  private settle(step: string): boolean {
    const left = this.veils.filter(({ settledBy }) => !settledBy.includes(step))
    const settled = left.length < this.veils.length
    this.veils = left
    return settled && step === 'adopt_remote'
  }

  private onPull(step: string): void {
    const { pull } = this
    if (!pull) throw new Error(`${step} needs a pull request`)
    if (step === 'mark_ready_for_review') {
      this.effect('ready')
      pull.draft = false
    } else if (step === 'request_copilot_review' || step === 'rerequest_copilot_review') {
      this.effect(`request ${this.observed}`)
      if (this.draw('request') === 1)
        this.work.pr = { ...this.work.pr, reviewUnavailable: { head: sha(this.observed), reason: 'off' } }
      else pull.requestedAt = this.instant()
    } else if (step === 'reply_resolve_review_threads') {
      pull.threads = pull.threads.map((thread) =>
        this.work.pr.answers[thread.id] ? { ...thread, isResolved: true } : thread,
      )
      this.work.pr = { ...this.work.pr, answers: {} }
    } else if (step === 'merge') {
      this.effect('merge')
      pull.state = 'MERGED'
    } else throw new Error(`the world cannot ${step}`)
  }

  private agent(step: string): void {
    if (!this.worktree) throw new Error('an agent without a worktree')
    const mood = this.draw('agent')
    if (step === 'address_review_feedback' && mood !== 4) {
      const open = this.pull?.threads.filter(({ isResolved }) => !isResolved) ?? []
      const answers = Object.fromEntries(open.map(({ id }) => [id, { body: `did ${id}`, head: null }]))
      this.work.pr = { ...this.work.pr, answers }
    }
    if (mood <= 1 || (mood === 2 && step === 'commit_work')) {
      this.head = this.commits++
      this.conflict = step === 'resolve_merge_conflicts' ? false : this.conflict
    }
    if (mood === 0) this.dirty = false
    if (mood === 1 || mood === 3) this.dirty = true
  }

  private judge(gate: Gate, step: string): void {
    const verdict = (['clean', 'findings_present', 'blocked'] as const)[this.draw('judge')] ?? 'blocked'
    if (verdict === 'blocked') this.judgedInVain = [...this.judgedInVain, step]
    const finding = { severity: 'must-fix' as const, angle: 'a', summary: 's', files: [] }
    const findings = verdict === 'findings_present' ? [finding] : []
    const record = aVerdict(gate, { head: sha(this.observed), verdict, findings })
    this.verdicts = [...this.verdicts.filter((other) => other.gate !== gate || other.head !== record.head), record]
    const work = { ...this.work.pr, verdicts: { ...this.work.pr.verdicts, [gate]: record } }
    this.work.pr =
      verdict === 'blocked' && isBudgeted(step) ? spendBudget(work, step, { head: null, started: true }) : work
  }

  private wait(decision: Decision): void {
    this.now += decision.wait?.pollMs ?? 60_000
    const { pull } = this
    const answers =
      decision.step !== null && this.veils.some(({ settledBy }) => settledBy.includes(decision.step ?? ''))
    if (answers && this.draw('observation') === 0) this.settle(decision.step ?? '')
    if (decision.step === 'wait_for_effect' && (this.draw('observation') === 0 || this.agentIsOver()))
      this.settleEffect()
    if (decision.step === 'wait_for_mergeability') this.mergeState = MERGE_STATES[this.draw('mergeability')] ?? 'CLEAN'
    if (decision.state === 'head_not_observed' && this.draw('observation') === 0) this.observe()
    if (decision.state === 'waiting_for_ci') {
      const outcome = this.draw('checks')
      if (outcome < 2) this.checks = outcome === 1 ? 'FAILURE' : 'SUCCESS'
    }
    if (decision.state !== 'waiting_for_copilot_review' || !pull) return
    const answer = this.draw('review')
    if (answer === 2) return
    const submittedAt = this.instant()
    const id = `T${pull.threads.length + 1}`
    const comment = { id, author: COPILOT, body: 'why?', createdAt: submittedAt, url: '' }
    pull.reviews = [
      ...pull.reviews,
      aReview({ id: `R${pull.reviews.length}`, commit: sha(this.observed), submittedAt }),
    ]
    if (answer === 1) pull.threads = [...pull.threads, aThread({ id, comments: listed([comment]) })]
  }

  /** Whoever started an agent ends it at its limit. */
  private agentIsOver(): boolean {
    return this.work[this.target].intents.some(
      ({ process, at, deadlineMs }) => process !== null && at.wallMs + deadlineMs <= this.now,
    )
  }

  private settleEffect(): void {
    this.work[this.target] = { ...this.work[this.target], intents: [] }
  }

  private observe(): void {
    if (this.observed === this.remote) return
    this.observed = this.remote ?? 0
    this.checks = null
    this.conflict = this.draw('conflict') === 1
    this.mergeState = MERGE_STATES[this.draw('mergeability')] ?? 'CLEAN'
  }

  private effect(what: string): void {
    this.effects = [...this.effects, what]
  }

  private instant(): string {
    return new Date(this.now).toISOString()
  }
}

export function sha(commit: number): string {
  return commit.toString(16).padStart(40, '0')
}
