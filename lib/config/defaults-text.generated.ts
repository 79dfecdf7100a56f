// Made from defaults.yaml by the build; edit that. See build/config-assets.ts.
export const DEFAULTS_TEXT = `# Every default of dev-loops, and the only place where one is written down.
#
# What a key means and may hold: docs/configuration.md. Your own values go into \`.devloops\` at the top
# of your repository, or into ~/.config/dev-loops/config.yaml for all repositories on this machine; a
# file needs only \`version: 1\` and the keys that differ from these.
version: 1

# ---------------------------------------------------------------------------------------------------
# Preference: how work is done here. Defaults < user file < .devloops < environment < flags.
# ---------------------------------------------------------------------------------------------------

# files: one machine, or one clone. git: refs of ours in the target's remote, which every machine meets in;
# right for containers and CI, and what makes pushes fenced. Where the remote forbids such refs, another
# repository (git+<address>), or branches (\`git#branches\`, \`git+<address>#branches\`).
store: files

# null: \`dev-loops\` in the repository's common git directory, shared by all of its worktrees.
stateDir: null

worktree:
  # null: \`$XDG_STATE_HOME/dev-loops/worktrees\`, or below ~/.local/state; outside of every checkout, so that
  # no search or build of the repository runs into them.
  dir: null

branch:
  # An issue's branch is \`<prefix>issue-<number>\`.
  prefix: dev-loops/

agents:
  developer:
    # For example [claude, -p], [codex, exec, "-"] or [copilot, -p]. Without one, \`run\` stops where an
    # agent is needed, and \`next\` prints the prompt for whoever asks.
    command: null
    timeLimit: 60m
  reviewer:
    command: null
    timeLimit: 20m
  # Beside the few that every program needs (PATH, HOME, LANG, TERM, TMPDIR, ...): the name of your agent's
  # API key, if it reads one.
  environment: []
  promptVia: stdin

lease:
  # A killed \`run\` blocks its target for at most this long, and mostly not at all: its process is
  # proved dead first. Three renewals may fail before it is lost. In a git remote each renewal is a push:
  # there \`run\` takes 15m and 5m, unless one of these two is set.
  runTtl: 90s
  runRenewEvery: 30s
  # Nothing renews between two commands of an agent but the commands themselves.
  commandTtl: 15m

wait:
  pollInterval: 60s
  reviewLimit: 30m
  checksLimit: 60m
  # GitHub computes this in the background after each push, mostly within seconds.
  mergeabilityLimit: 2m

workflow:
  # \`outer-loop\` and \`resolve-dev-loop-startup\` name the run that they were asked by, so that whoever comes later
  # knows who goes on.
  asyncStartMode: required

github:
  requestTimeout: 30s
  quotaReserve: 100

# ---------------------------------------------------------------------------------------------------
# Policy: what is allowed. Counts only in the file on the base branch of a pull request; without one,
# these strict values hold.
# ---------------------------------------------------------------------------------------------------

gates:
  # Before a draft becomes "ready for review": is it what was asked for, and does it hold?
  draft:
    requireCi: true
    requireRefinement: false
    angles:
      - scope
      - coverage
      - correctness
      - ci-guard
      - contract-surface
      - config-drift
      - input-validation
      - packaging-runtime
      - state-concurrency
      - determinism
      - pr-description
    blockOn: [must-fix]
    minimumAssurance: separate_run
  # Before the merge: is it built so that it can be lived with?
  preApproval:
    angles: [deep, dry, kiss, yagni, soc, docs, pr-checklist-matrix]
    blockOn: [must-fix]
    minimumAssurance: separate_run

review:
  reviewer: copilot
  maxRounds: 5
  # person: nothing is skipped because a service is down or not paid for.
  onUnavailable: person
  stopOnLowSignal: false
  lowSignalRoundThreshold: 3
  lowSignalMaxComments: 2
  # Empty: every change is reviewed. A docs-only repository may say [docs/**].
  internalPaths: []

autonomy:
  stopAt: [merge]

trust:
  accounts: []

protect:
  # Whoever changes the rules, or what runs with the repository's secrets, is not the one to approve it.
  paths: [.devloops*, .github/**]
  branches: []

budgets:
  implement: 2
  fixChecks: 3
  fixGate: 3
  addressFeedback: 6
  resolveConflicts: 2

checks:
  command: null
  # wait: a commit without checks is one whose checks have not started. A repository without CI says pass.
  whenNone: wait
  grace: 60s

merge:
  method: squash
  # Written with \`dev-loops pr retrospective\`, before the merge that it permits.
  requireRetrospective: false
`
