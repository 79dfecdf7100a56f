#!/usr/bin/env node
// What lies around in this clone, for whoever wonders what a run left.
import { defineCommand, flag, runIfMain } from '../../lib/command/index.ts'

export const command = defineCommand({
  name: 'worktree status',
  summary: 'List the worktrees that runs made in this clone, with what git says of each.',
  details: 'What is not known is null: the remote is only asked with --fresh.',
  writes: 'nothing',
  options: { fresh: flag().describe('Ask the remote where each branch stands') },
  answers: ['listed', 'not_a_checkout'],
  output: {
    worktrees: 'runId, and the facts: worktree, branch, head, ahead, dirty, untracked, conflicted, pushed and others',
    byHand: 'how many worktrees people made themselves',
  },
  exits: [0, 2, 5],
  examples: ['dev-loops worktree status', 'dev-loops worktree status --fresh --json'],
  run: async (options, context) => {
    const { describeWorktrees } = await import('../../lib/command/worktree/describe.ts')
    return { ok: true as const, status: 'listed', ...(await describeWorktrees(options.fresh, context)) }
  },
  text: ({ worktrees, byHand }) => {
    const lines = worktrees.map(({ runId, facts }) => {
      const tree = facts.dirty === null ? 'unknown' : facts.dirty || facts.untracked ? 'uncommitted work' : 'clean'
      const pushed = facts.pushed === null ? '' : facts.pushed ? ', pushed' : ', not pushed'
      return `${facts.branch}  ${tree}${pushed}  ${runId}  ${facts.worktree ?? 'folder is gone'}`
    })
    return [...lines, `${worktrees.length} made by runs, ${byHand} by hand`].join('\n')
  },
})

await runIfMain(import.meta.url, command)
