#!/usr/bin/env node
// The last thing a run tidies up; it would rather leave a worktree lying than lose a line of work.
import { defineCommand, dryRun, exactlyOneOf, flag, runId, runIfMain, targetOptions } from '../../lib/command/index.ts'

export const command = defineCommand({
  name: 'worktree remove',
  summary: 'Remove the worktree of an issue or pull request, once it is proved that nothing would be lost.',
  details:
    'Refuses while anything is modified, untracked, stashed, half merged, or not on the remote, and lists it. Removing twice is harmless. The local branch goes too after the pull request was merged.',
  writes: 'a worktree and a branch of this clone; nothing on GitHub',
  options: {
    ...targetOptions,
    runId,
    keepBranch: flag().describe('Keep the local branch also after the merge'),
    dryRun,
  },
  rules: [exactlyOneOf('pr', 'issue')],
  answers: ['removed', 'already_gone', 'planned', 'refused: worktree_dirty, precondition_failed'],
  output: {
    status: 'removed, already_gone, or planned with --dry-run',
    proof: 'what was found before: path, branch, head, clean, pushed, safeOn (where the commits are), branchDeleted',
    unsaved: 'when refused: modified, untracked, conflicted, unfinished, stashes, unpushed',
  },
  exits: [0, 2, 3, 5, 11],
  examples: ['dev-loops worktree remove --pr 88 --run-id r-7f3a'],
  run: async (options, context) => {
    const { openEffects } = await import('../../lib/command/services.ts')
    const { removeWorktree } = await import('../../lib/git/remove-worktree.ts')
    const { openWorkplace } = await import('../../lib/command/worktree/workplace.ts')
    if (!options.dryRun) await openEffects(options, context)
    // Taking away what was checked out before needs no further word about forks.
    const opened = await openWorkplace({ ...options, allowFork: true }, context)
    if (!opened.ok) return opened

    const { git, repoDir, base, remote, worktree, path, landedHead } = opened.value
    const removed = await removeWorktree({
      ...git,
      repoDir,
      path: worktree?.path ?? path,
      base,
      remote,
      landedHead,
      deleteBranch: landedHead !== null && !options.keepBranch,
      dryRun: options.dryRun,
    })
    if (!removed.ok) return removed
    const status = options.dryRun ? 'planned' : removed.value.removed ? 'removed' : 'already_gone'
    return { ok: true as const, status, proof: removed.value }
  },
  text: (answer) => {
    if (!answer.ok) return answer.message
    const { path, head, safeOn } = answer.proof
    return `${answer.status}  ${path}: clean, ${head === null ? 'nothing to lose' : `${head.slice(0, 12)} is safe (${safeOn})`}`
  },
})

await runIfMain(import.meta.url, command)
