/**
 * Complete, valid inputs of a decision in which a test names only what matters to it.
 */
import { DEFAULT_POLICY } from '../../lib/config/defaults.generated.ts'
import type { Policy } from '../../lib/config/schema.ts'
import type { IssueFacts } from '../../lib/facts/issue.ts'
import { type LocalFacts, unknownLocalFacts } from '../../lib/facts/local.ts'
import type {
  CheckRunFact,
  ObservedPullRequest,
  PullRequestFacts,
  ReviewFact,
  StatusContextFact,
  ThreadFact,
} from '../../lib/facts/pull-request.ts'
import { type Gate, statusDescription } from '../../lib/gates/verdict.ts'
import type { DecisionInput } from '../../lib/loop/decision.ts'
import type { Holder, ShownStop } from '../../lib/ownership/service.ts'
import { NO_WORK, type VerdictRecord, type Work } from '../../lib/sessions/work.ts'

export const HEAD = 'a'.repeat(40)
export const EARLIER = 'b'.repeat(40)
export const POLICY_DIGEST = 'policy-1'
export const NOW = Date.parse('2026-03-01T12:00:00Z')
export const VIEWER = { login: 'dev', isBot: false }
export const COPILOT = { login: 'copilot-pull-request-reviewer', isBot: true }
export const RUN = 'r-1'

export function listed<Item>(items: Item[], complete = true) {
  return { items, total: complete ? items.length : items.length + 1, complete }
}

export function aCheck(
  name: string,
  conclusion: string | null = 'SUCCESS',
  over: Partial<CheckRunFact> = {},
): CheckRunFact {
  return {
    type: 'check_run',
    name,
    app: 'github-actions',
    status: conclusion === null ? 'IN_PROGRESS' : 'COMPLETED',
    conclusion,
    startedAt: '2026-03-01T11:50:00Z',
    completedAt: null,
    url: null,
    summary: null,
    ...over,
  }
}

export function aStatus(context: string, state = 'SUCCESS', over: Partial<StatusContextFact> = {}): StatusContextFact {
  return {
    type: 'status',
    context,
    state,
    description: null,
    targetUrl: null,
    createdAt: '2026-03-01T11:50:00Z',
    creator: VIEWER,
    ...over,
  }
}

export function aReview(over: Partial<ReviewFact> = {}): ReviewFact {
  return {
    id: 'R1',
    state: 'COMMENTED',
    author: COPILOT,
    commit: HEAD,
    submittedAt: '2026-03-01T11:55:00Z',
    url: '',
    body: 'read',
    ...over,
  }
}

export function aThread(over: Partial<ThreadFact> = {}): ThreadFact {
  const comment = { id: 'C1', author: COPILOT, body: 'why?', createdAt: '2026-03-01T11:55:00Z', url: '' }
  return { id: 'T1', isResolved: false, isOutdated: false, path: 'a.ts', line: 1, comments: listed([comment]), ...over }
}

export function aPullRequest(over: Partial<ObservedPullRequest> = {}): ObservedPullRequest {
  return {
    id: 'PR_1',
    number: 88,
    url: '',
    title: 'Add it',
    body: '',
    state: 'OPEN',
    isDraft: false,
    author: VIEWER,
    head: { sha: HEAD, branch: 'dev-loops/issue-12', repo: 'acme/api' },
    base: { sha: EARLIER, branch: 'main' },
    isCrossRepository: false,
    maintainerCanModify: true,
    mergeable: 'MERGEABLE',
    mergeStateStatus: 'CLEAN',
    reviewDecision: null,
    reviewRequests: listed([]),
    reviewRequestEvents: listed([]),
    reviews: listed([]),
    threads: listed([]),
    checks: {
      commit: HEAD,
      withheld: false,
      suites: 1,
      openSuites: 0,
      contexts: listed<CheckRunFact | StatusContextFact>([aCheck('test')]),
      committedAt: null,
    },
    comments: listed([]),
    closingIssues: listed([{ number: 12, repo: 'acme/api', state: 'OPEN' as const, title: '', body: '' }]),
    labels: listed([]),
    files: listed(['src/a.ts']),
    commits: { total: 3, newestHeadline: 'Add it' },
    history: null,
    mergedAt: null,
    ...over,
  }
}

const REPOSITORY = {
  id: 'R_1',
  host: 'github.com',
  repo: 'acme/api',
  defaultBranch: 'main',
  viewerPermission: 'WRITE' as const,
  viewer: VIEWER.login,
}

export function pullRequestFacts(over: Partial<ObservedPullRequest> | null = {}): PullRequestFacts {
  return {
    schema: 1,
    kind: 'pull_request',
    origin: 'target',
    source: { via: 'graphql' },
    observedAt: new Date(NOW).toISOString(),
    repository: REPOSITORY,
    policyFile: { status: 'absent' },
    pr: over === null ? null : aPullRequest(over),
  }
}

export function issueFacts(over: Partial<NonNullable<IssueFacts['issue']>> | null = {}): IssueFacts {
  return {
    schema: 1,
    kind: 'issue',
    source: { via: 'graphql' },
    observedAt: new Date(NOW).toISOString(),
    repository: REPOSITORY,
    policyFile: { status: 'absent' },
    baseSha: EARLIER,
    issue:
      over === null
        ? null
        : {
            id: 'I_1',
            number: 12,
            url: '',
            title: 'It is missing',
            body: '',
            state: 'OPEN',
            author: VIEWER,
            assignees: listed([]),
            labels: listed([]),
            pullRequests: listed([]),
            branchPullRequests: listed([]),
            ...over,
          },
  }
}

export function aHolder(over: Partial<Holder> = {}): Holder {
  return {
    runId: RUN,
    token: 3,
    alive: 'alive',
    endsInMs: 60_000,
    since: null,
    process: null,
    stopRequested: null,
    ...over,
  }
}

export function aStop(over: Partial<ShownStop> = {}): ShownStop {
  const answer = { acknowledgedAt: null, permitsTakeover: false, permitsTakeoverInMs: 60_000 }
  return { reason: null, at: null, ...answer, ...over }
}

export function localFacts(over: Partial<LocalFacts> = {}): LocalFacts {
  return {
    ...unknownLocalFacts('dev-loops/issue-12', 'main'),
    worktree: '/w',
    checkedOut: 'dev-loops/issue-12',
    head: HEAD,
    baseHead: EARLIER,
    remoteHead: HEAD,
    ahead: 0,
    aheadOfBase: 1,
    behindBase: 0,
    dirty: false,
    untracked: 0,
    conflicted: [],
    unfinished: false,
    pushed: true,
    remoteHeadIsAncestor: true,
    related: true,
    strayed: [],
    revertsForeign: false,
    ...over,
  }
}

export function aVerdict(gate: Gate, over: Partial<VerdictRecord> = {}): VerdictRecord {
  return {
    gate,
    repo: 'acme/api',
    pr: 88,
    head: HEAD,
    verdict: 'clean',
    findings: [],
    reason: null,
    judgeRunId: 'r-judge',
    judgeLogin: VIEWER.login,
    assurance: 'separate_run',
    policyDigest: POLICY_DIGEST,
    at: '2026-03-01T11:58:00Z',
    ...over,
  }
}

export function statusFor(verdict: VerdictRecord, over: Partial<StatusContextFact> = {}): StatusContextFact {
  const state = verdict.verdict === 'clean' ? 'SUCCESS' : 'FAILURE'
  return aStatus(`dev-loops/${verdict.gate}`, state, { description: statusDescription(verdict), ...over })
}

/** A pull request with green checks and these verdicts in record and status. */
export function judged(verdicts: readonly VerdictRecord[], over: Partial<ObservedPullRequest> = {}) {
  const checks = aPullRequest().checks
  const contexts = listed([...checks.contexts.items, ...verdicts.map((verdict) => statusFor(verdict))])
  const recorded = Object.fromEntries(verdicts.map((verdict) => [verdict.gate, verdict]))
  return {
    facts: pullRequestFacts({ checks: { ...checks, contexts }, ...over }),
    work: aWork({ verdicts: { ...NO_WORK.verdicts, ...recorded } }),
  }
}

export function aWork(over: Partial<Work> = {}): Work {
  return { ...NO_WORK, ...over }
}

export function anInput(over: Partial<DecisionInput> = {}): DecisionInput {
  const facts = over.facts ?? pullRequestFacts()
  const holder = aHolder()
  return {
    target: { host: 'github.com', repo: 'acme/api', number: facts.kind === 'issue' ? 12 : 88 },
    you: RUN,
    allowFork: false,
    facts,
    holdings: { target: holder, branch: null, issue: null },
    displaced: false,
    work: NO_WORK,
    local: localFacts(),
    policy: { ok: true, value: DEFAULT_POLICY },
    policyDigest: POLICY_DIGEST,
    preference: {
      wait: {
        pollIntervalMs: 60_000,
        reviewLimitMs: 1_800_000,
        checksLimitMs: 3_600_000,
        mergeabilityLimitMs: 120_000,
      },
    },
    nowMs: NOW,
    ...over,
  }
}

type PolicyParts = { readonly [Key in keyof Policy]?: Partial<Policy[Key]> }

export function policyWith(parts: PolicyParts): DecisionInput['policy'] {
  const entries = Object.entries(DEFAULT_POLICY).map(([key, value]) => [key, { ...value, ...Object(parts)[key] }])
  return { ok: true, value: Object.fromEntries(entries) }
}

export const MERGE_ALLOWED = policyWith({ autonomy: { stopAt: [] } })

export function checks(...items: Parameters<typeof listed<ReturnType<typeof aCheck> | ReturnType<typeof aStatus>>>[0]) {
  return { ...aPullRequest().checks, contexts: listed(items) }
}

/** Reviewed on this head without remarks, both gates passed: only the merge is left. */
export function finished(
  over: Parameters<typeof judged>[1] = {},
  verdicts = [aVerdict('draft_gate'), aVerdict('pre_approval_gate')],
) {
  const reviews = listed([aReview()])
  const reviewRequestEvents = listed([{ at: '2026-03-01T11:52:00Z', reviewer: COPILOT }])
  return judged(verdicts, { reviews, reviewRequestEvents, ...over })
}

export function anIntent(over: Partial<Work['intents'][number]> = {}): Work['intents'][number] {
  return {
    key: 'k',
    kind: 'merge',
    level: 'pinned',
    runId: RUN,
    token: 2,
    params: null,
    at: { bootId: 'b', monotonicMs: 0, wallMs: NOW - 1_000 },
    deadlineMs: 30_000,
    process: null,
    ...over,
  }
}
