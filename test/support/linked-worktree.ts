/**
 * Where people run the fast commands: in a linked worktree of a clone whose repository has a `.devloops`
 * of some forty lines.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @returns a linked worktree of a clone in `folder`, whose repository has a `.devloops` */
export function linkedWorktree(folder: string): string {
  const clone = join(folder, 'clone')
  const worktree = join(folder, 'worktree')
  mkdirSync(clone)
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.test', ...words], {
      cwd: clone,
      stdio: 'ignore',
    })
  git('init', '--initial-branch=main')
  git('remote', 'add', 'origin', 'https://github.com/acme/api.git')
  writeFileSync(join(clone, '.devloops'), POLICY)
  git('add', '--all')
  git('commit', '--message', 'Begin')
  git('worktree', 'add', '--quiet', '-b', 'work', worktree)
  return worktree
}

const POLICY = `# The policy of a repository that has looked at each of its settings.
version: 1

agents:
  developer:
    command: [claude, -p]
    timeLimit: 40m
  reviewer:
    command: [codex, exec]

gates:
  draft:
    requireCi: true
    requireRefinement: false
    blockOn: [must-fix]
    minimumAssurance: separate_run
  preApproval:
    blockOn: [must-fix]
    minimumAssurance: separate_run

review:
  reviewer: copilot
  maxRounds: 4
  onUnavailable: person

autonomy:
  stopAt: [merge]

trust:
  accounts: [gatekeeper]

budgets:
  fixChecks: 4
  addressFeedback: 8

checks:
  command: [npm, test]
  whenNone: wait

merge:
  method: squash
`
