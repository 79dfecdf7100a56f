#!/usr/bin/env node
import { ACTING_REFUSALS, actingOptions, madeFields, makeEffect, openActing } from '../../lib/command/acting.ts'
// The only way work leaves this machine: forward, from the head that was seen, by the run that holds it.
import { defineCommand, exactlyOneOf, flag, runIfMain, sha, targetOptions } from '../../lib/command/index.ts'

export const command = defineCommand({
  name: 'git push',
  summary: 'Push the commits of a target to its branch, only as a fast-forward from the head that was seen.',
  details:
    'Never replaces history without --rewrite, never pushes to a protected branch, and refuses when somebody else pushed meanwhile or their commits would be undone. Where records are kept in the same remote (store: git), branch and records change in one step, and a run that lost its right is refused there. Runs no hooks. Also claims the branch for this run.',
  writes: 'one branch of the remote, the record of the branch, for a pull request the commit status dev-loops/owner',
  options: {
    ...actingOptions,
    pr: targetOptions.pr,
    issue: targetOptions.issue,
    expect: sha().describe('Head that the remote branch must have (default: the one it has now)'),
    rewrite: flag().describe('Also replace commits of the remote branch, as long as all of them are our own'),
    allowFork: flag().describe('Also push to the fork that a pull request comes from'),
  },
  rules: [exactlyOneOf('pr', 'issue')],
  answers: [
    'made',
    'found (it was pushed already)',
    'planned',
    'refused: head_moved (adopt what is there: worktree create), not_fast_forward, foreign_commits, protected_branch, fork_not_allowed, precondition_failed',
    ...ACTING_REFUSALS,
  ],
  output: {
    ...madeFields,
    levelReason:
      'why it is only pinned: records_not_in_git, records_elsewhere, fork_head, no_atomic_push; null when fenced',
    branch: 'branch that was pushed to',
    before: 'its head before; null: it was made',
    after: 'its head now',
    warnings:
      'uncommitted_work: the worktree holds changes that no commit has; status_not_permitted, owner_not_shown: dev-loops/owner is not on the head',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops git push --pr 88 --run-id r-7f3a'],
  run: async (options, context) => {
    const { planTargetPush } = await import('../../lib/command/git/plan-push.ts')
    const { showHere } = await import('../../lib/command/show-owner.ts')
    const acting = await openActing(options, context)
    const planned = await planTargetPush(options, acting, context)
    if (!planned.ok) return planned

    const { effect, fencing, plan, warnings } = planned.value
    const made = await makeEffect(effect, acting)
    if (!made.ok) return made
    const { action, level, value } = made.value
    const { branch, before, after } = plan
    const unshown =
      acting !== null && action === 'made' && options.pr !== undefined ? await showHere(after, acting, context) : []
    const levelReason = value?.levelReason ?? (fencing.level === 'pinned' ? fencing.reason : null)
    const said = [...warnings, ...unshown]
    return { ok: true as const, action, level, levelReason, branch, before, after, warnings: said }
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const from = answer.before === null ? 'a new branch' : answer.before.slice(0, 12)
    const level = answer.levelReason === null ? answer.level : `${answer.level}: ${answer.levelReason}`
    return `${answer.action}  ${answer.branch}: ${from} to ${answer.after.slice(0, 12)}  (${level})`
  },
})

await runIfMain(import.meta.url, command)
