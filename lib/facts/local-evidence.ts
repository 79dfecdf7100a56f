/**
 * What git's evidence about this run's worktree adds up to, as the facts of the machine `local`.
 */
import type { LocalFacts } from './local.ts'

export interface LocalEvidence {
  readonly worktree: 'present' | 'absent'
  readonly tree: 'clean' | 'uncommitted' | null
  /** Commits that the remote's branch lacks; with no remote branch, those that the base lacks. */
  readonly ahead: 'none' | 'some' | null
  /** `unrelated`: no commit is shared with the remote's branch, or none with the base. */
  readonly remote: 'contained' | 'foreign' | 'absent' | 'unrelated' | null
  readonly reverts: boolean | null
  /** Whether a branch that an agent pushed to on its own still stands there. Unknown with the remote. */
  readonly strayed: boolean
  /** Whether GitHub's answer is about the commit that the remote's branch has now. */
  readonly observed: 'current' | 'older'
}

/**
 * @param branch the branch that the target's work stands on; a worktree of another one is none
 * @param observedHead head of the pull request as GitHub answered; `null` for an issue
 */
export function reduceLocal(
  local: LocalFacts | null,
  branch: string | null,
  observedHead: string | null,
): LocalEvidence {
  const absent = !local || local.worktree === null || (branch !== null && local.branch !== branch)
  if (absent) {
    return {
      worktree: 'absent',
      tree: null,
      ahead: null,
      remote: null,
      reverts: null,
      strayed: false,
      observed: 'current',
    }
  }
  return {
    worktree: 'present',
    tree: treeOf(local),
    ahead: local.ahead === null ? null : local.ahead > 0 ? 'some' : 'none',
    remote: remoteOf(local),
    reverts: local.revertsForeign,
    strayed: (local.strayed ?? []).length > 0,
    observed: isOlder(local, observedHead) ? 'older' : 'current',
  }
}

function treeOf(local: LocalFacts): LocalEvidence['tree'] {
  if (local.dirty === true || local.unfinished === true) return 'uncommitted'
  if (local.untracked !== null && local.untracked > 0) return 'uncommitted'
  const known = local.dirty !== null && local.untracked !== null && local.unfinished !== null
  return known ? 'clean' : null
}

function remoteOf(local: LocalFacts): LocalEvidence['remote'] {
  if (local.related === false) return 'unrelated'
  if (local.remoteHead === 'absent') return 'absent'
  if (local.remoteHead === null || local.remoteHeadIsAncestor === null) return null
  return local.remoteHeadIsAncestor ? 'contained' : 'foreign'
}

/** The remote was asked and has exactly our commit, so an answer about another commit is an old one. */
function isOlder(local: LocalFacts, observedHead: string | null): boolean {
  return observedHead !== null && local.pushed === true && local.head !== null && local.head !== observedHead
}
