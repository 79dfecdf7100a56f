/**
 * What may be otherwise in the world: one thing each, of GitHub, git, other runs, policy, or of what was tried
 * before. Where it does not apply it changes nothing.
 */
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { Policy } from '../../lib/config/schema.ts'
import type { LocalFacts } from '../../lib/facts/local.ts'
import type { ObservedPullRequest } from '../../lib/facts/pull-request.ts'
import type { Gate } from '../../lib/gates/verdict.ts'
import { consider } from '../../lib/loop/consider.ts'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import { stepOf } from '../../lib/loop/readings/stuck.ts'
import type { Holder } from '../../lib/ownership/service.ts'
import { isBudgeted, readBudget } from '../../lib/sessions/budgets.ts'
import type { TrailEntry, VerdictRecord, Work } from '../../lib/sessions/work.ts'
import {
  aCheck,
  aHolder,
  anIntent,
  aReview,
  aStop,
  aThread,
  aVerdict,
  issueFacts,
  listed,
  pullRequestFacts,
  VIEWER,
} from '../loop/build.ts'
import { type Pull, sha, type Veil, type World } from './world.ts'

export interface Knob {
  readonly name: string
  /** The loop gave up before, or gives up at once: even with good will only a person goes on from here. */
  readonly gaveUp?: boolean
  readonly turn: (world: World) => void
}

const HOUR_MS = 3_600_000
const ANN = { login: 'ann', isBot: false }

const AGENT = { pid: 7, startTime: '1', bootId: 'b' }

const OWNERSHIP: readonly Knob[] = [
  plain('nobody holds anything', (world) => {
    world.held = { issue: null, pr: null, branch: null }
  }),
  over('displaced', [], (input) => ({ holdings: { ...input.holdings, target: another() }, displaced: true })),
  over('asked to stop', [], ({ holdings, you }) => {
    const { target } = holdings
    return target?.runId === you ? { holdings: { ...holdings, target: { ...target, stopRequested: aStop() } } } : {}
  }),
  over('our lease is over', ['claim'], ({ holdings, you }) => {
    const { target } = holdings
    return target?.runId === you
      ? { holdings: { ...holdings, target: { ...target, alive: 'ended', endsInMs: 0 } } }
      : {}
  }),
  heldByAnother('target'),
  heldByAnother('branch'),
  heldByAnother('issue'),
  over('another’s claim is over', ['claim'], ({ holdings }) => {
    return { holdings: { ...holdings, target: another({ alive: 'ended', endsInMs: 0 }) } }
  }),
  over('another’s claim has no end', [], ({ holdings }) => ({ holdings: { ...holdings, target: endless() } })),
  over('the branch is held without end', [], ({ holdings }) => ({ holdings: { ...holdings, branch: endless() } })),
  over('the issue is held without end', [], ({ holdings }) => {
    return { holdings: { ...holdings, issue: { number: 12, holder: endless() } } }
  }),
]

const RECOVERY: readonly Knob[] = [
  working('a dead run left an effect', () => ({ intents: [anIntent({ token: -1 })] })),
  underWay('an effect is under way', { process: null }),
  underWay('an agent is under way', { process: AGENT }),
  carried('an agent of a living process is under way', ({ since }) => ({ since })),
  carried('an agent of a process without lease is under way', (_, now) => ({ since: now, endsInMs: null })),
]

const LOCAL: readonly Knob[] = [
  local('git does not say whether the tree is clean', ['observe'], { dirty: null }),
  local('the remote cannot be asked', ['observe'], { remoteHead: null }),
  local('git does not say what is ahead', ['observe'], { ahead: null }),
  local('git does not say what is ahead of the base', ['observe'], { aheadOfBase: null }),
  local('git does not say what is reverted', ['observe'], { revertsForeign: null }),
  local('foreign work is reverted', [], { revertsForeign: true }),
  local('the history is unrelated', [], { related: false }),
  local('a branch was pushed besides', [], { strayed: ['stray'] }),
  local('somebody else pushed', ['adopt_remote'], { remoteHeadIsAncestor: false, remoteHead: sha(999), pushed: false }),
  plain('there is no worktree', (world) => {
    world.worktree = false
  }),
  plain('work lies uncommitted', (world) => {
    world.dirty = world.worktree
  }),
  plain('a commit is not pushed', (world) => {
    if (world.worktree) world.head = world.commits++
  }),
  plain('GitHub shows an older head', (world) => {
    if (world.pull === null || world.remote === null) return
    world.head = world.commits++
    world.remote = world.head
  }),
]

const POLICY: readonly Knob[] = [
  over('policy cannot be read', [], () => ({ policy: { ok: false, error: 'policy_unproved', message: '' } })),
  policed('policy stops at the draft', { autonomy: { stopAt: ['draft-pr'] } }),
  policed('policy stops before the approval', { autonomy: { stopAt: ['pre-approval'] } }),
  policed('policy stops before the merge', { autonomy: { stopAt: ['merge'] } }),
  policed('policy stops at an issue without checklist', { autonomy: { stopAt: ['refinement'] } }),
  policed('policy hears people', { autonomy: { stopAt: ['comment'] } }),
  policed('the gate does without the reviewer', { review: { ...DEFAULT_POLICY.review, onUnavailable: 'gate' } }),
  policed('there is no reviewer', { review: { ...DEFAULT_POLICY.review, reviewer: 'none' } }),
  policed('everything is internal', { review: { ...DEFAULT_POLICY.review, internalPaths: ['**'] } }),
  policed('one round is enough', { review: { ...DEFAULT_POLICY.review, maxRounds: 1 } }),
  policed('low signal converges', {
    review: { ...DEFAULT_POLICY.review, stopOnLowSignal: true, lowSignalRoundThreshold: 1, lowSignalMaxComments: 9 },
  }),
  policed('a merge needs a look back', { merge: { ...DEFAULT_POLICY.merge, requireRetrospective: true } }),
  policed('no checks is green', { checks: { ...DEFAULT_POLICY.checks, whenNone: 'pass' } }),
  policed('a draft needs no checks', {
    gates: { ...DEFAULT_POLICY.gates, draft: { ...DEFAULT_POLICY.gates.draft, requireCi: false } },
  }),
  policed('a draft needs a checklist', {
    gates: { ...DEFAULT_POLICY.gates, draft: { ...DEFAULT_POLICY.gates.draft, requireRefinement: true } },
  }),
]

const ISSUE: readonly Knob[] = [
  over('there is no such issue', [], ({ facts }) => (facts.kind === 'issue' ? { facts: issueFacts(null) } : {})),
  issue('the issue is closed', [], { state: 'CLOSED' }),
  issue('not all pull requests are listed', ['observe'], { pullRequests: { items: [], total: null, complete: false } }),
  issue('two pull requests would close it', [], { pullRequests: listed([linked(88), linked(89)]) }),
  issue('ours was merged and left it open', [], {
    state: 'OPEN',
    pullRequests: listed([{ ...linked(88), state: 'MERGED' as const }]),
  }),
  working('88 is ours', () => ({ pr: 88 })),
]

const CHECKS: readonly Knob[] = [
  plain('checks are red', (world) => {
    world.checks = 'FAILURE'
  }),
  plain('checks run', (world) => {
    world.checks = null
  }),
  checked('a check waits for approval', [aCheck('test', 'ACTION_REQUIRED')]),
  checked('a check was cancelled', [aCheck('test', 'CANCELLED')]),
  checked('there is no check', []),
  pulled('the checks are of another commit', ['wait_for_ci', 'push', 'run_draft_gate'], ({ checks }) => ({
    checks: { ...checks, commit: sha(998) },
  })),
  checked('a file is missing', [
    aCheck('test', 'FAILURE', { summary: "ENOENT: no such file or directory, open 'a.json'" }),
  ]),
  plain('one suite is open', (world) => {
    const completedAt = new Date(world.now).toISOString()
    const run = aCheck('test', 'SUCCESS', { completedAt })
    checked('', [run], { suites: 2, openSuites: 1 }).turn(world)
  }),
]

const REVIEW: readonly Knob[] = [
  pull('it is a draft', { draft: true }),
  pull('it is no draft', { draft: false }),
  pull('nobody reviewed it', { reviews: [], requestedAt: null }),
  reviewed('it was reviewed', (head) => [aReview({ commit: head })]),
  reviewed('an earlier head was reviewed', () => [aReview({ commit: sha(997) })]),
  pull('two earlier heads were reviewed', {
    requestedAt: null,
    reviews: [1, 2].map((at) =>
      aReview({ id: `R${at}`, commit: sha(980 + at), submittedAt: `2026-03-01T11:5${at}:00Z` }),
    ),
  }),
  reviewed('many heads were reviewed', () =>
    [1, 2, 3, 4, 5].map((at) => aReview({ id: `R${at}`, commit: sha(990 + at) })),
  ),
  reviewed('changes are requested', (head) => [aReview({ commit: head, state: 'CHANGES_REQUESTED' })]),
  pull('a remark is open', { threads: [aThread()] }),
  plain('a remark was answered', (world) => {
    if (world.pull) world.pull.threads = [aThread()]
    world.work.pr = { ...world.work.pr, answers: { T1: { body: 'did it', head: null } } }
  }),
  pulled('not all remarks are listed', ['observe'], ({ threads }) => ({ threads: { ...threads, complete: false } })),
  pulled('not all reviews are listed', ['observe'], ({ reviews }) => ({ reviews: { ...reviews, complete: false } })),
  pulled('not all requests are listed', ['observe'], () => ({
    reviewRequests: { items: [], total: null, complete: false },
  })),
  plain('a review was asked for', (world) => {
    if (world.pull) world.pull.requestedAt = new Date(world.now).toISOString()
  }),
  plain('a review was asked for long ago', (world) => {
    if (world.pull) world.pull.requestedAt = new Date(world.now - 9 * HOUR_MS).toISOString()
  }),
  unavailable('the reviewer cannot be asked', 'off'),
  unavailable('asking the reviewer failed', 'unknown'),
  said('a person spoke', ANN, 'wait'),
  said('the coding agent was called', VIEWER, '@copilot please'),
  pulled('not all comments are listed', ['observe'], ({ comments }) => ({
    comments: { ...comments, total: null, complete: false },
  })),
]

const GATES: readonly Knob[] = [
  ...judgements('draft_gate'),
  ...judgements('pre_approval_gate'),
  plain('it conflicts with its base', (world) => {
    world.conflict = world.pull !== null
  }),
  merging('UNKNOWN'),
  merging('BLOCKED'),
  merging('BEHIND'),
  pulled('an approval is withheld', [], () => ({ reviewDecision: 'REVIEW_REQUIRED' })),
  pulled('it changes protected files', [], () => ({ files: listed(['.devloops']) })),
  pulled('not all files are listed', [], ({ files }) => ({ files: { ...files, complete: false } })),
  pulled('it comes from another repository', [], () => ({ isCrossRepository: true })),
  // What a person closed is made once more; then they are asked.
  { ...pull('it was closed', { state: 'CLOSED' }), gaveUp: true },
  pull('it was merged', { state: 'MERGED' }),
  over('there is no such pull request', [], ({ facts }) =>
    facts.kind === 'pull_request' ? { facts: pullRequestFacts(null) } : {},
  ),
]

/** These look at what would be next, so they are turned last. */
const TRIED: readonly Knob[] = [
  {
    name: 'its budget is spent',
    gaveUp: true,
    turn: (world) => {
      const step = consider(world.input()).decided.row.next?.step
      if (step === undefined || !isBudgeted(step)) return
      const { limit } = readBudget({ budgets: {} }, step, { head: null, budgets: world.policy.budgets })
      const work = world.work[world.target]
      world.work[world.target] = { ...work, budgets: { ...work.budgets, [step]: { heads: [], attempts: limit } } }
    },
  },
  {
    name: 'it was waited for long enough',
    gaveUp: true,
    turn: (world) => {
      const { decided, reading } = consider(world.input())
      const wait = { state: decided.state, head: reading.head, sinceMs: world.now - 99 * HOUR_MS }
      world.work[world.target] = { ...world.work[world.target], wait }
    },
  },
  trodden('the same again', (last) => [{ ...last, tries: 3 }]),
  trodden('often, with others between', (last) => [last, other(last, 'a'), last, other(last, 'b'), other(last, 'c')]),
  trodden('two steps in turn', (last) => [other(last, 'a'), last, other(last, 'a')]),
  trodden('three steps in turn', (last) => [
    other(last, 'a'),
    other(last, 'b'),
    last,
    other(last, 'a'),
    other(last, 'b'),
  ]),
  trodden('a window of commands in turn', (last) =>
    Array.from({ length: 11 }, (_, at) => ({
      ...(at % 2 === 0 ? other(last, 'a') : last),
      by: 'command',
      evidence: `${at}`,
    })),
  ),
  trodden('two heads in turn', (last) => [1, 2, 1].map((at) => ({ ...last, head: at === 2 ? last.head : sha(996) }))),
  trodden('a file that stays missing', (last) => [{ ...last, missing: 'a.json', head: sha(995) }]),
]

/** What can matter here. Of a pull request that is over only claims and what lies about is looked at. */
export function knobsFor({ target, pull }: World): readonly Knob[] {
  const before = [...OWNERSHIP, ...RECOVERY, ...LOCAL]
  if (target === 'issue') return [...before, ...POLICY, ...ISSUE, ...TRIED]
  if (pull?.state !== 'OPEN') return [...before, ...TRIED]
  return [...before, ...POLICY, ...CHECKS, ...REVIEW, ...GATES, ...TRIED]
}

function plain(name: string, turn: Knob['turn']): Knob {
  return { name, turn }
}

type Change = (input: DecisionInput) => Partial<DecisionInput>

function veil(world: World, settledBy: readonly string[], change: Change): void {
  const over: Veil['over'] = (input) => ({ ...input, ...change(input) })
  world.veils = [...world.veils, { over, settledBy }]
}

function over(name: string, settledBy: readonly string[], change: Change): Knob {
  return { name, turn: (world) => veil(world, settledBy, change) }
}

function another(holder: Partial<Holder> = {}): Holder {
  return aHolder({ runId: 'r-other', token: 99, ...holder })
}

function endless(): Holder {
  return another({ alive: 'unknown', endsInMs: null })
}

/** With a lease that nobody renews. */
function heldByAnother(what: 'target' | 'branch' | 'issue'): Knob {
  return {
    name: `another run holds the ${what}`,
    turn: (world) => {
      const untilMs = world.now + 60_000
      veil(world, what === 'target' ? ['claim'] : [], ({ holdings, nowMs }) => {
        const endsInMs = Math.max(0, untilMs - nowMs)
        const holder = another({ endsInMs, alive: endsInMs === 0 ? 'ended' : 'alive' })
        return { holdings: { ...holdings, [what]: what === 'issue' ? { number: 12, holder } : holder } }
      })
    },
  }
}

function working(name: string, change: (world: World) => Partial<Work>): Knob {
  return {
    name,
    turn: (world) => {
      world.work[world.target] = { ...world.work[world.target], ...change(world) }
    },
  }
}

function underWay(name: string, { process }: Pick<Work['intents'][number], 'process'>): Knob {
  return working(name, (world) => {
    const holder = world.input().holdings.target
    if (!holder) return {}
    const at = { bootId: 'b', monotonicMs: 0, wallMs: world.now }
    return { intents: [anIntent({ runId: holder.runId, token: holder.token, at, process })] }
  })
}

/** The runner lives, and ends its agent at the limit of that. */
function carried(name: string, claim: (target: Holder, now: string) => Partial<Holder>): Knob {
  return {
    name,
    turn: (world) => {
      underWay(name, { process: AGENT }).turn(world)
      const now = new Date(world.now).toISOString()
      const process = { ...AGENT, pidNamespace: 'n', machineId: 'm-0' }
      veil(world, ['recover', 'wait_for_effect', 'claim'], ({ holdings, you }) => {
        const { target } = holdings
        if (target?.runId !== you) return {}
        return { holdings: { ...holdings, target: { ...target, process, ...claim(target, now) } } }
      })
    },
  }
}

function local(name: string, settledBy: readonly string[], seen: Partial<LocalFacts>): Knob {
  return over(name, settledBy, (input) => (input.local ? { local: { ...input.local, ...seen } } : {}))
}

function policed(name: string, parts: Partial<Policy>): Knob {
  return {
    name,
    turn: (world) => {
      world.policy = { ...world.policy, ...parts }
    },
  }
}

function linked(number: number) {
  const headBranch = 'dev-loops/issue-12'
  return { number, repo: 'acme/api', state: 'OPEN' as const, isDraft: true, headBranch, headRepo: null, author: VIEWER }
}

function issue(name: string, settledBy: readonly string[], seen: Parameters<typeof issueFacts>[0]): Knob {
  return over(name, settledBy, ({ facts }) => {
    if (facts.kind !== 'issue' || !facts.issue) return {}
    return { facts: { ...facts, issue: { ...facts.issue, ...seen } } }
  })
}

function pulled(
  name: string,
  settledBy: readonly string[],
  seen: (pr: ObservedPullRequest) => Partial<ObservedPullRequest>,
): Knob {
  return over(name, settledBy, ({ facts }) => {
    if (facts.kind !== 'pull_request' || !facts.pr) return {}
    return { facts: { ...facts, pr: { ...facts.pr, ...seen(facts.pr) } } }
  })
}

function checked(
  name: string,
  runs: readonly ReturnType<typeof aCheck>[],
  more: Partial<ObservedPullRequest['checks']> = {},
): Knob {
  return pulled(name, ['wait_for_ci', 'push'], ({ checks }) => {
    const ours = checks.contexts.items.filter(({ type }) => type === 'status')
    return { checks: { ...checks, suites: runs.length, ...more, contexts: listed([...runs, ...ours]) } }
  })
}

function pull(name: string, parts: Partial<Pull>): Knob {
  return {
    name,
    turn: (world) => {
      if (world.pull) world.pull = { ...world.pull, ...parts }
    },
  }
}

function reviewed(name: string, reviews: (head: string) => Pull['reviews']): Knob {
  return {
    name,
    turn: (world) => {
      if (world.pull) world.pull = { ...world.pull, reviews: reviews(sha(world.observed)) }
    },
  }
}

function unavailable(name: string, reason: string): Knob {
  return working(name, ({ observed }) => ({ reviewUnavailable: { head: sha(observed), reason } }))
}

function said(name: string, author: typeof ANN, body: string): Knob {
  return {
    name,
    turn: (world) => {
      const createdAt = new Date(world.now).toISOString()
      const comment = { id: 'IC1', author, authorAssociation: 'NONE', body, createdAt, updatedAt: createdAt, url: '' }
      pulled(name, [], () => ({ comments: listed([comment]) })).turn(world)
      const heardUntil = new Date(world.now - HOUR_MS).toISOString()
      world.work[world.target] = { ...world.work[world.target], heardUntil }
    },
  }
}

function judgements(gate: Gate): readonly Knob[] {
  const findings = [{ severity: 'must-fix' as const, angle: 'a', summary: 's', files: [] }]
  return [
    judged(gate, 'passed', {}),
    judged(gate, 'passed earlier', { head: sha(994) }),
    judged(gate, 'found something', { verdict: 'findings_present', findings }),
    judged(gate, 'came to no result', { verdict: 'blocked' }),
    judged(gate, 'is too weak', { assurance: 'self' }),
    {
      name: `${gate} was never run`,
      turn: (world) => {
        world.verdicts = world.verdicts.filter((verdict) => verdict.gate !== gate)
        const { verdicts } = world.work.pr
        world.work.pr = { ...world.work.pr, verdicts: { ...verdicts, [gate]: null } }
      },
    },
  ]
}

function judged(gate: Gate, what: string, verdict: Partial<VerdictRecord>): Knob {
  return {
    name: `${gate} ${what}`,
    turn: (world) => {
      const record = aVerdict(gate, { head: sha(world.observed), ...verdict })
      world.verdicts = [...world.verdicts.filter((other) => other.gate !== gate), record]
      const { verdicts } = world.work.pr
      world.work.pr = { ...world.work.pr, verdicts: { ...verdicts, [gate]: record } }
    },
  }
}

function merging(state: World['mergeState']): Knob {
  return {
    name: `GitHub calls the merge ${state}`,
    turn: (world) => {
      world.mergeState = state
    },
  }
}

/** @param trail what was handed out before, oldest first, from the step that would be next */
function trodden(name: string, trail: (next: TrailEntry) => readonly TrailEntry[]): Knob {
  return {
    name,
    gaveUp: true,
    turn: (world) => {
      const input = world.input()
      const { decided, actor, step, reading } = consider(input)
      if (step === null || (actor !== 'command' && actor !== 'agent' && actor !== 'wait')) return
      const next = stepOf(input, { state: decided.state, step, by: actor, head: reading.head })
      const last: TrailEntry = { ...next, tries: 1, claims: 1, open: false }
      world.work[world.target] = { ...world.work[world.target], trail: [...trail(last)] }
    },
  }
}

function other(entry: TrailEntry, name: string): TrailEntry {
  return { ...entry, state: name, step: name }
}
