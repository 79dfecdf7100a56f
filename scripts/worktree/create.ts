#!/usr/bin/env node
// Every run works in a worktree of its own; calling this again finds it and takes in what others pushed.
import { defineCommand, dryRun, exactlyOneOf, flag, runId, runIfMain, targetOptions } from '../../lib/command/index.ts'

export const command = defineCommand({
  name: 'worktree create',
  summary: 'Make the worktree of an issue or pull request on its own branch, or find it and bring it up to date.',
  details:
    'Starts from what the remote holds now. Commits that others pushed to the branch are merged in, never replaced. Also claims the branch for this run.',
  writes: 'a worktree and a branch of this clone, the record of the branch; nothing on GitHub',
  options: {
    ...targetOptions,
    runId,
    update: flag().describe('Also merge a base that moved; conflicts are left in the files'),
    allowFork: flag().describe('Also check out a pull request from another repository'),
    dryRun,
  },
  rules: [exactlyOneOf('pr', 'issue')],
  answers: [
    'created',
    'existing',
    'planned',
    'refused: active_run_exists (another run holds the branch), foreign_commits, worktree_dirty, fork_not_allowed, precondition_failed',
  ],
  output: {
    status: 'created, existing, or planned with --dry-run',
    path: 'the worktree',
    branch: 'its branch',
    base: 'what it will be merged into',
    head: 'commit of the branch',
    adopted: 'absent, contained, moved_ahead or merged: what others had pushed',
    updated: 'contained, merged, conflicted or resumed: what became of the base with --update',
    conflicted: 'files with conflicts, left for you to resolve and commit',
    previousRunId: 'the run that worked here before',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops worktree create --issue 12 --run-id r-7f3a'],
  run: async (options, context) => {
    const { openEffects } = await import('../../lib/command/services.ts')
    const { prepareWorktree } = await import('../../lib/command/worktree/prepare.ts')
    const acting = options.dryRun ? null : await openEffects(options, context)
    return prepareWorktree(options, acting, context)
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const conflicts = answer.conflicted.map((path) => `conflict  ${JSON.stringify(path)}`)
    return [`${answer.status}  ${answer.path} (${answer.branch})`, ...conflicts].join('\n')
  },
})

await runIfMain(import.meta.url, command)
