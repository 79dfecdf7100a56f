/**
 * Every key of a configuration file, once: what it means, what it may hold, who decides it.
 *
 * Types, the JSON Schema for editors, the reference in the docs and the names of the environment
 * variables all come from here. Defaults do not: they stand in defaults.yaml and nowhere else, so no
 * `.default()` and no optional key appears below; a file may leave out any key but `version`.
 *
 * A key is *preference* or *policy*. Preference says how work is done here and comes from every layer.
 * Policy says what is allowed and counts only as it stands on the base branch (see policy.ts): a
 * branch that could relax the rules it is judged by would be judged by none.
 *
 * Durations are written as text (`runTtl: 90s`) and leave the schema as milliseconds under a name
 * that says so (`runTtlMs: 90000`).
 */
import { z } from 'zod'
import { ASSURANCES, SEVERITIES } from './judging.ts'
import {
  accounts,
  angles,
  argv,
  branchPrefix,
  choice,
  choices,
  count,
  duration,
  environmentNames,
  flag,
  folder,
  patterns,
  reviewer,
  someOf,
  storeName,
} from './values.ts'

export const STOPS = ['refinement', 'draft-pr', 'comment', 'pre-approval', 'merge'] as const

const TRIES = { least: 0, most: 50 }

function agent(who: string) {
  return z
    .strictObject({
      command: argv(
        `The program that is started as ${who}, with its arguments; null: none, and whoever asks does the work.`,
      ),
      timeLimit: duration(`How long ${who} may run before it is ended.`),
    })
    .transform(({ command, timeLimit }) => ({ command, timeLimitMs: timeLimit }))
}

const preference = {
  store: storeName(
    "What keeps records and journals: files of this machine; git: the target's own remote, for every machine; git+<address>: another repository.",
  ),
  stateDir: folder(
    'The folder of records and journals, or of the cache of a git store; null: the common git directory of this repository.',
  ),
  worktree: z.strictObject({
    dir: folder('The folder under which worktrees are made; null: $XDG_STATE_HOME/dev-loops/worktrees.'),
  }),
  branch: z.strictObject({
    prefix: branchPrefix('What the names of branches made for issues begin with.'),
  }),
  agents: z.strictObject({
    developer: agent('the developer'),
    reviewer: agent('the reviewer'),
    environment: environmentNames(
      'Environment variables that agents are given beside the few that every program needs; all others are withheld.',
    ),
    promptVia: choice(
      ['stdin', 'file'],
      'Whether an agent reads its prompt on stdin, or from a file named as its last argument.',
    ),
  }),
  lease: z
    .strictObject({
      runTtl: duration('How long the claim of a running `run` outlives its last renewal.'),
      runRenewEvery: duration('How often `run` renews its claim; at most a third of lease.runTtl.'),
      commandTtl: duration('How long the claim of a single command lasts.'),
    })
    .superRefine(({ runTtl, runRenewEvery }, context) => {
      if (runRenewEvery * 3 <= runTtl) return
      context.addIssue({ code: 'custom', path: ['runRenewEvery'], message: 'must be at most a third of lease.runTtl' })
    })
    .transform(({ runTtl, runRenewEvery, commandTtl }) => ({
      runTtlMs: runTtl,
      runRenewEveryMs: runRenewEvery,
      commandTtlMs: commandTtl,
    })),
  wait: z
    .strictObject({
      pollInterval: duration('How often GitHub is asked again while waiting.'),
      reviewLimit: duration('How long a requested review is waited for before it counts as unavailable.'),
      checksLimit: duration('How long running checks are waited for before a person is asked.'),
      mergeabilityLimit: duration('How long GitHub may compute whether a pull request can be merged.'),
    })
    .transform(({ pollInterval, reviewLimit, checksLimit, mergeabilityLimit }) => ({
      pollIntervalMs: pollInterval,
      reviewLimitMs: reviewLimit,
      checksLimitMs: checksLimit,
      mergeabilityLimitMs: mergeabilityLimit,
    })),
  workflow: z.strictObject({
    asyncStartMode: choice(
      ['required', 'allowed'],
      'Whether a loop starts only for a run that has an id, as one that a host started and can find again has.',
    ),
  }),
  github: z
    .strictObject({
      // Recovery waits this long before it looks whether a write of a killed process landed.
      requestTimeout: duration('How long one request to GitHub may take.', 30_000),
      quotaReserve: count(
        "How much of each of GitHub's hourly quotas observing leaves to effects; at most half of a quota is kept.",
        { least: 0, most: 5_000 },
      ),
    })
    .transform(({ requestTimeout, quotaReserve }) => ({ requestTimeoutMs: requestTimeout, quotaReserve })),
}

const gate = {
  angles: angles('From which sides the reviewer looks at the change.'),
  blockOn: someOf(SEVERITIES, 'Open findings of these severities keep the gate closed.'),
  minimumAssurance: choice(ASSURANCES, 'The least independent judge whose verdict counts.'),
}

const policy = {
  gates: z.strictObject({
    draft: z.strictObject({
      requireCi: flag('Whether the gate before "ready for review" waits for green checks.'),
      requireRefinement: flag('Whether an issue without a checklist of acceptance criteria holds the work up.'),
      ...gate,
    }),
    preApproval: z.strictObject(gate),
  }),
  review: z.strictObject({
    reviewer: reviewer('Who is asked to review once the pull request is ready.'),
    maxRounds: count(
      'How many rounds of review are asked for; after the last, what has no open remarks goes on to the gate before the merge.',
      { least: 1, most: 50 },
    ),
    onUnavailable: choice(['person', 'gate'], 'Who decides instead when the reviewer does not answer.'),
    stopOnLowSignal: flag('Whether rounds end early once only few remarks come.'),
    lowSignalRoundThreshold: count('The round from which few remarks may end the rounds.', { least: 0, most: 50 }),
    lowSignalMaxComments: count('How many remarks still count as few.', { least: 0, most: 100 }),
    internalPaths: patterns('A pull request that changes only these files needs no reviewer; gates and checks stay.'),
  }),
  autonomy: z.strictObject({
    stopAt: choices(STOPS, 'Where a person has to say yes; an empty list means nowhere.'),
  }),
  trust: z.strictObject({
    accounts: accounts('Accounts, beside our own, whose verdicts count.'),
  }),
  protect: z.strictObject({
    paths: patterns('A pull request that changes one of these files is merged by a person.'),
    branches: patterns('Branches that are never pushed to; the default branch always is one of them.'),
  }),
  budgets: z.strictObject({
    implement: count('Tries to implement an issue before a person is asked.', TRIES),
    fixChecks: count('Tries to repair failed checks before a person is asked.', TRIES),
    fixGate: count('Tries to repair what a gate found before a person is asked.', TRIES),
    addressFeedback: count('Tries to answer reviews before a person is asked.', TRIES),
    resolveConflicts: count('Tries to resolve conflicts with the base before a person is asked.', TRIES),
  }),
  checks: z
    .strictObject({
      command: argv("The repository's own check command; the local forge runs it as its CI. null: none."),
      whenNone: choice(['wait', 'pass'], 'What it means when a commit has no checks at all.'),
      grace: duration(
        'How long after a push missing checks may still appear before checks.whenNone: pass is believed.',
      ),
    })
    .transform(({ command, whenNone, grace }) => ({ command, whenNone, graceMs: grace })),
  merge: z.strictObject({
    method: choice(['squash', 'merge', 'rebase'], 'How a pull request is merged.'),
    requireRetrospective: flag(
      'Whether a merge waits until somebody looked back on the work on exactly this head and approved it.',
    ),
  }),
}

export const Preference = z.strictObject(preference)
export type Preference = z.infer<typeof Preference>

export const Policy = z.strictObject(policy)
export type Policy = z.infer<typeof Policy>

/** A whole file: what defaults.yaml is, and what the layers are once they lie on top of each other. */
export const ConfigFile = z.strictObject({
  version: z.literal(1).meta({ description: 'The version of this format.', form: '1' }),
  ...preference,
  ...policy,
})
