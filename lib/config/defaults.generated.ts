// Made from defaults.yaml and the schema by the build; edit those. See build/config-assets.ts.
import type { Policy, Preference } from './schema.ts'

/** Changes with every version, schema and default; cached results of another one are not used. */
export const BUILT_FOR = '0.1.0-3ae1d4b10ed9'

/** Which variable sets which key. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  DEV_LOOPS_STORE: 'store',
  DEV_LOOPS_STATE_DIR: 'stateDir',
  DEV_LOOPS_WORKTREE_DIR: 'worktree.dir',
  DEV_LOOPS_BRANCH_PREFIX: 'branch.prefix',
  DEV_LOOPS_AGENTS_DEVELOPER_COMMAND: 'agents.developer.command',
  DEV_LOOPS_AGENTS_DEVELOPER_TIME_LIMIT: 'agents.developer.timeLimit',
  DEV_LOOPS_AGENTS_REVIEWER_COMMAND: 'agents.reviewer.command',
  DEV_LOOPS_AGENTS_REVIEWER_TIME_LIMIT: 'agents.reviewer.timeLimit',
  DEV_LOOPS_AGENTS_ENVIRONMENT: 'agents.environment',
  DEV_LOOPS_AGENTS_PROMPT_VIA: 'agents.promptVia',
  DEV_LOOPS_LEASE_RUN_TTL: 'lease.runTtl',
  DEV_LOOPS_LEASE_RUN_RENEW_EVERY: 'lease.runRenewEvery',
  DEV_LOOPS_LEASE_COMMAND_TTL: 'lease.commandTtl',
  DEV_LOOPS_WAIT_POLL_INTERVAL: 'wait.pollInterval',
  DEV_LOOPS_WAIT_REVIEW_LIMIT: 'wait.reviewLimit',
  DEV_LOOPS_WAIT_CHECKS_LIMIT: 'wait.checksLimit',
  DEV_LOOPS_WAIT_MERGEABILITY_LIMIT: 'wait.mergeabilityLimit',
  DEV_LOOPS_WORKFLOW_ASYNC_START_MODE: 'workflow.asyncStartMode',
  DEV_LOOPS_GITHUB_REQUEST_TIMEOUT: 'github.requestTimeout',
  DEV_LOOPS_GITHUB_QUOTA_RESERVE: 'github.quotaReserve',
  DEV_LOOPS_GATES_DRAFT_REQUIRE_CI: 'gates.draft.requireCi',
  DEV_LOOPS_GATES_DRAFT_REQUIRE_REFINEMENT: 'gates.draft.requireRefinement',
  DEV_LOOPS_GATES_DRAFT_ANGLES: 'gates.draft.angles',
  DEV_LOOPS_GATES_DRAFT_BLOCK_ON: 'gates.draft.blockOn',
  DEV_LOOPS_GATES_DRAFT_MINIMUM_ASSURANCE: 'gates.draft.minimumAssurance',
  DEV_LOOPS_GATES_PRE_APPROVAL_ANGLES: 'gates.preApproval.angles',
  DEV_LOOPS_GATES_PRE_APPROVAL_BLOCK_ON: 'gates.preApproval.blockOn',
  DEV_LOOPS_GATES_PRE_APPROVAL_MINIMUM_ASSURANCE: 'gates.preApproval.minimumAssurance',
  DEV_LOOPS_REVIEW_REVIEWER: 'review.reviewer',
  DEV_LOOPS_REVIEW_MAX_ROUNDS: 'review.maxRounds',
  DEV_LOOPS_REVIEW_ON_UNAVAILABLE: 'review.onUnavailable',
  DEV_LOOPS_REVIEW_STOP_ON_LOW_SIGNAL: 'review.stopOnLowSignal',
  DEV_LOOPS_REVIEW_LOW_SIGNAL_ROUND_THRESHOLD: 'review.lowSignalRoundThreshold',
  DEV_LOOPS_REVIEW_LOW_SIGNAL_MAX_COMMENTS: 'review.lowSignalMaxComments',
  DEV_LOOPS_REVIEW_INTERNAL_PATHS: 'review.internalPaths',
  DEV_LOOPS_AUTONOMY_STOP_AT: 'autonomy.stopAt',
  DEV_LOOPS_TRUST_ACCOUNTS: 'trust.accounts',
  DEV_LOOPS_PROTECT_PATHS: 'protect.paths',
  DEV_LOOPS_PROTECT_BRANCHES: 'protect.branches',
  DEV_LOOPS_BUDGETS_IMPLEMENT: 'budgets.implement',
  DEV_LOOPS_BUDGETS_FIX_CHECKS: 'budgets.fixChecks',
  DEV_LOOPS_BUDGETS_FIX_GATE: 'budgets.fixGate',
  DEV_LOOPS_BUDGETS_ADDRESS_FEEDBACK: 'budgets.addressFeedback',
  DEV_LOOPS_BUDGETS_RESOLVE_CONFLICTS: 'budgets.resolveConflicts',
  DEV_LOOPS_CHECKS_COMMAND: 'checks.command',
  DEV_LOOPS_CHECKS_WHEN_NONE: 'checks.whenNone',
  DEV_LOOPS_CHECKS_GRACE: 'checks.grace',
  DEV_LOOPS_MERGE_METHOD: 'merge.method',
  DEV_LOOPS_MERGE_REQUIRE_RETROSPECTIVE: 'merge.requireRetrospective',
}

export const DEFAULT_PREFERENCE: Preference = {
  store: 'files',
  stateDir: null,
  worktree: {
    dir: null,
  },
  branch: {
    prefix: 'dev-loops/',
  },
  agents: {
    developer: {
      command: null,
      timeLimitMs: 3600000,
    },
    reviewer: {
      command: null,
      timeLimitMs: 1200000,
    },
    environment: [],
    promptVia: 'stdin',
  },
  lease: {
    runTtlMs: 90000,
    runRenewEveryMs: 30000,
    commandTtlMs: 900000,
  },
  wait: {
    pollIntervalMs: 60000,
    reviewLimitMs: 1800000,
    checksLimitMs: 3600000,
    mergeabilityLimitMs: 120000,
  },
  workflow: {
    asyncStartMode: 'required',
  },
  github: {
    requestTimeoutMs: 30000,
    quotaReserve: 100,
  },
}

export const DEFAULT_POLICY: Policy = {
  gates: {
    draft: {
      requireCi: true,
      requireRefinement: false,
      angles: [
        'scope',
        'coverage',
        'correctness',
        'ci-guard',
        'contract-surface',
        'config-drift',
        'input-validation',
        'packaging-runtime',
        'state-concurrency',
        'determinism',
        'pr-description',
      ],
      blockOn: ['must-fix'],
      minimumAssurance: 'separate_run',
    },
    preApproval: {
      angles: ['deep', 'dry', 'kiss', 'yagni', 'soc', 'docs', 'pr-checklist-matrix'],
      blockOn: ['must-fix'],
      minimumAssurance: 'separate_run',
    },
  },
  review: {
    reviewer: 'copilot',
    maxRounds: 5,
    onUnavailable: 'person',
    stopOnLowSignal: false,
    lowSignalRoundThreshold: 3,
    lowSignalMaxComments: 2,
    internalPaths: [],
  },
  autonomy: {
    stopAt: ['merge'],
  },
  trust: {
    accounts: [],
  },
  protect: {
    paths: ['.devloops*', '.github/**'],
    branches: [],
  },
  budgets: {
    implement: 2,
    fixChecks: 3,
    fixGate: 3,
    addressFeedback: 6,
    resolveConflicts: 2,
  },
  checks: {
    command: null,
    whenNone: 'wait',
    graceMs: 60000,
  },
  merge: {
    method: 'squash',
    requireRetrospective: false,
  },
}
