/**
 * Facts of a pull request that is ready to merge: decided from once by the build, so that V8's code cache holds
 * what most decisions run. Nobody else reads them.
 */
import { DEFAULT_POLICY } from '../lib/config/defaults.generated.ts'
import type { SavedFacts } from '../lib/dispatch/saved/saved-facts.ts'
import type { Gate } from '../lib/gates/verdict.ts'
import { NO_WORK, type VerdictRecord } from '../lib/sessions/work.ts'

const HEAD = 'a'.repeat(40)
const BASE = 'b'.repeat(40)
const DEV = { login: 'dev', isBot: false }
const COPILOT = { login: 'copilot-pull-request-reviewer', isBot: true }
const NONE = { items: [], total: 0, complete: true }

export const WARM_FACTS: SavedFacts = {
  devLoopsFacts: 1,
  target: {
    host: 'github.com',
    repo: 'acme/api',
    number: 88,
  },
  you: 'r-1',
  allowFork: false,
  facts: {
    schema: 1,
    kind: 'pull_request',
    origin: 'target',
    source: {
      via: 'graphql',
    },
    observedAt: '2026-03-01T12:00:00.000Z',
    repository: {
      id: 'R_1',
      host: 'github.com',
      repo: 'acme/api',
      defaultBranch: 'main',
      viewerPermission: 'WRITE',
      viewer: 'dev',
    },
    policyFile: {
      status: 'absent',
    },
    pr: {
      id: 'PR_1',
      number: 88,
      url: '',
      title: 'Add it',
      body: '',
      state: 'OPEN',
      isDraft: false,
      author: DEV,
      head: {
        sha: HEAD,
        branch: 'dev-loops/issue-12',
        repo: 'acme/api',
      },
      base: {
        sha: BASE,
        branch: 'main',
      },
      isCrossRepository: false,
      maintainerCanModify: true,
      mergeable: 'MERGEABLE',
      mergeStateStatus: 'CLEAN',
      reviewDecision: null,
      reviewRequests: NONE,
      reviewRequestEvents: {
        items: [
          {
            at: '2026-03-01T11:52:00Z',
            reviewer: COPILOT,
          },
        ],
        total: 1,
        complete: true,
      },
      reviews: {
        items: [
          {
            id: 'R1',
            state: 'COMMENTED',
            author: COPILOT,
            commit: HEAD,
            submittedAt: '2026-03-01T11:55:00Z',
            url: '',
            body: 'read',
          },
        ],
        total: 1,
        complete: true,
      },
      threads: {
        items: [
          {
            id: 'PRRT_1',
            isResolved: true,
            isOutdated: false,
            path: 'src/a.ts',
            line: 3,
            comments: {
              items: [
                {
                  id: 'C1',
                  author: COPILOT,
                  body: 'name it',
                  createdAt: '2026-03-01T11:55:00Z',
                  url: '',
                },
              ],
              total: 1,
              complete: true,
            },
          },
        ],
        total: 1,
        complete: true,
      },
      checks: {
        commit: HEAD,
        withheld: false,
        suites: 1,
        openSuites: 0,
        contexts: {
          items: [
            {
              type: 'check_run',
              name: 'test',
              app: 'github-actions',
              status: 'COMPLETED',
              conclusion: 'SUCCESS',
              startedAt: '2026-03-01T11:50:00Z',
              completedAt: null,
              url: null,
              summary: null,
            },
            {
              type: 'status',
              context: 'dev-loops/draft_gate',
              state: 'SUCCESS',
              description: 'clean pr=88 digest=47efff31ccaeaf49bf45a9bdcf3fe7ea',
              targetUrl: null,
              createdAt: '2026-03-01T11:50:00Z',
              creator: DEV,
            },
            {
              type: 'status',
              context: 'dev-loops/pre_approval_gate',
              state: 'SUCCESS',
              description: 'clean pr=88 digest=157d0e88919e11d9b277455d0793fb73',
              targetUrl: null,
              createdAt: '2026-03-01T11:50:00Z',
              creator: DEV,
            },
          ],
          total: 3,
          complete: true,
        },
        committedAt: null,
      },
      comments: NONE,
      closingIssues: {
        items: [
          {
            number: 12,
            repo: 'acme/api',
            state: 'OPEN',
            title: '',
            body: '',
          },
        ],
        total: 1,
        complete: true,
      },
      labels: NONE,
      files: {
        items: ['src/a.ts'],
        total: 1,
        complete: true,
      },
      commits: {
        total: 3,
        newestHeadline: 'Add it',
      },
      history: null,
      mergedAt: null,
    },
  },
  holdings: {
    target: {
      runId: 'r-1',
      token: 3,
      alive: 'alive',
      endsInMs: 60_000,
      since: null,
      process: null,
      stopRequested: null,
    },
    branch: null,
    issue: null,
  },
  displaced: false,
  work: {
    ...NO_WORK,
    verdicts: { draft_gate: cleanVerdict('draft_gate'), pre_approval_gate: cleanVerdict('pre_approval_gate') },
  },
  local: {
    worktree: '/w',
    branch: 'dev-loops/issue-12',
    checkedOut: 'dev-loops/issue-12',
    head: HEAD,
    baseRef: 'main',
    baseHead: BASE,
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
    revertsForeign: false,
    related: true,
    strayed: [],
  },
  policyDigest: 'policy-1',
  wait: {
    pollIntervalMs: 60_000,
    reviewLimitMs: 1_800_000,
    checksLimitMs: 3_600_000,
    mergeabilityLimitMs: 120_000,
  },
  nowMs: 1_772_366_400_000,
  policy: { ...DEFAULT_POLICY, autonomy: { stopAt: [] } },
}

function cleanVerdict(gate: Gate): VerdictRecord {
  return {
    gate,
    repo: 'acme/api',
    pr: 88,
    head: HEAD,
    verdict: 'clean',
    findings: [],
    reason: null,
    judgeRunId: 'r-judge',
    judgeLogin: 'dev',
    assurance: 'separate_run',
    policyDigest: 'policy-1',
    at: '2026-03-01T11:58:00Z',
  }
}
