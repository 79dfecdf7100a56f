/** Words for the machines that come before the work itself, for those of an issue, and for the checks. */
import type { ci } from '../machines/ci.ts'
import type { issue } from '../machines/issue.ts'
import type { local } from '../machines/local.ts'
import type { ownership } from '../machines/ownership.ts'
import type { policy } from '../machines/policy.ts'
import type { recovery } from '../machines/recovery.ts'
import type { stuck } from '../machines/stuck.ts'
import type { WordsOf } from './words-of.ts'

export const OWNERSHIP: WordsOf<typeof ownership> = {
  states: {
    displaced: 'another run took this target over; this run has to stop',
    asked_to_stop: 'somebody asked this run to stop',
    owned_by_another: 'another run holds the target and is at work',
    branch_held_by_other: 'another run holds the branch',
    issue_held_by_other: 'another run holds the issue that this closes',
    held_without_end: 'somebody holds it with a claim that does not end by itself',
    lease_over: 'the claim of this run ran out',
    previous_run_over: 'the run that held it has ended',
    unclaimed: 'nobody holds the target',
    owned: 'this run holds the target',
  },
  facts: {
    target: 'the target’s claim',
    displaced: 'a takeover from this run',
    stopRequested: 'a request to stop',
    branch: 'the branch’s claim',
    issue: 'the issue’s claim',
  },
}

export const RECOVERY: WordsOf<typeof recovery> = {
  states: {
    effects_unsettled: 'an earlier run announced a change and never said what became of it',
    effect_under_way: 'a change is being made right now',
    settled: 'nothing was left half done',
  },
  facts: { intents: 'announced changes' },
}

export const POLICY: WordsOf<typeof policy> = {
  states: {
    policy_unproved: 'the policy on the base branch cannot be read, so nothing is allowed',
    policy_known: 'the policy is known',
  },
  facts: { policy: 'the policy file' },
}

export const LOCAL: WordsOf<typeof local> = {
  states: {
    no_worktree: 'there is no worktree for it here',
    settled: 'git here has nothing that must be done first',
    pushed_elsewhere: 'an agent pushed to a branch of its own choosing as well',
    history_unrelated: 'the branch shares no history with what it should be merged into',
    foreign_work_reverted: 'our commits would undo somebody else’s',
    local_unproved: 'git here does not say everything that is needed',
    uncommitted_work: 'work lies uncommitted in the worktree',
    foreign_commits: 'somebody else pushed to the branch',
    unpushed_commits: 'finished commits are not pushed yet',
    head_not_observed: 'GitHub does not show the pushed commit yet',
  },
  facts: {
    worktree: 'the worktree',
    tree: 'its files',
    ahead: 'commits that the remote lacks',
    remote: 'the remote’s branch',
    reverts: 'commits of ours that undo somebody else’s',
    strayed: 'commits of ours on some other branch',
    observed: 'what GitHub shows of the branch',
  },
}

export const ISSUE: WordsOf<typeof issue> = {
  states: {
    issue_missing: 'there is no such issue',
    done: 'the issue is closed',
    facts_unproved: 'GitHub did not say which pull requests belong to it',
    several_linked_prs: 'more than one open pull request would close it',
    linked_pr: 'an open pull request carries the work',
    issue_open_after_merge: 'its pull request is merged, but the issue is still open',
    refinement_missing: 'the issue does not say when it is done',
    no_worktree: 'there is no worktree to work in',
    local_unproved: 'git here does not say everything that is needed',
    not_implemented: 'nobody has begun',
    uncommitted_work: 'work lies uncommitted in the worktree',
    no_pr: 'the work is pushed, but has no pull request',
  },
  facts: {
    issue: 'the issue',
    pullRequests: 'open pull requests for it',
    merged: 'a merged pull request for it',
    refinement: 'the checklist that policy wants',
    work: 'work on its branch',
  },
}

export const CI: WordsOf<typeof ci> = {
  states: {
    unknown: 'the checks of the head are not known',
    failure: 'a check of the head failed',
    needs_approval: 'a workflow waits for somebody’s approval',
    pending: 'checks are still running',
    none: 'no check has reported yet',
    success: 'the checks passed',
    crediblyGreen: 'there are no checks, and policy lets that pass',
  },
  facts: {
    known: 'an answer about the checks',
    failed: 'a failed check',
    approval: 'a workflow waiting for approval',
    pending: 'a running check',
    unsupported: 'a check without result',
    passed: 'a passed check',
    settled: 'a report of every check',
    suites: 'a silent check suite',
    grace: 'the time in which checks may still appear',
    whenNone: 'what policy says of no checks (checks.whenNone)',
  },
}

export const STUCK: WordsOf<typeof stuck> = {
  states: {
    moving: 'the loop gets on',
    retrying: 'the same step again, within its budget',
    reverting_each_other: 'somebody puts the branch back to another commit each time',
    file_missing: 'a file is missing, and another commit did not bring it',
    oscillating: 'two steps follow each other again and again, and nothing changes',
    cycling: 'the same steps follow each other again and again',
    repeating: 'the same step was tried again and again, and nothing changes',
  },
  facts: {
    goesOn: 'something to do or to wait for',
    repeat: 'the step came back with the same evidence',
    budget: 'the tries that policy allows',
    cycle: 'a round of steps',
    heads: 'the commits of the branch',
    missingFile: 'a file that is still missing',
  },
}
