/**
 * What git on this machine and its remote say about one branch: the evidence behind "it is done".
 *
 * Every field is three-valued: `null` means it was not or could not be observed, and no rule may read
 * that as zero, clean or pushed. What an agent says of its own work never enters here.
 */
export interface LocalFacts {
  /** Where the branch is checked out for this run; `null` when there is no worktree. */
  readonly worktree: string | null
  readonly branch: string
  /** The branch that the worktree has checked out now; `null` when detached or unknown. */
  readonly checkedOut: string | null
  /** The local branch's commit; `null` when there is no such branch or it could not be read. */
  readonly head: string | null
  /** The branch that the work is to be merged into. */
  readonly baseRef: string
  /** The remote's commit of `baseRef` as last fetched. */
  readonly baseHead: string | null
  /** Asked of the remote itself, never read from a remote-tracking ref; `absent` is its answer, not a lack of one. */
  readonly remoteHead: string | 'absent' | null
  /** Commits on the branch that its remote branch lacks; with no remote branch, those that the base lacks. */
  readonly ahead: number | null
  readonly aheadOfBase: number | null
  readonly behindBase: number | null
  /** Changes to tracked files, staged or not, conflicts and an unfinished merge included. */
  readonly dirty: boolean | null
  /** Files that git neither tracks nor ignores. */
  readonly untracked: number | null
  /** Paths with unresolved conflicts, as git names them. */
  readonly conflicted: readonly string[] | null
  /** A merge, rebase, cherry-pick or revert was begun in the worktree and is not finished. */
  readonly unfinished: boolean | null
  /** The remote's branch holds exactly `head`. */
  readonly pushed: boolean | null
  /** Every commit of the remote's branch is part of `head`, so pushing is a fast-forward and loses nobody's work. */
  readonly remoteHeadIsAncestor: boolean | null
  /** The branch shares a commit with its base, and with its branch on the remote when there is one. */
  readonly related: boolean | null
  /**
   * Branches of the remote that an agent pushed to on its own and that still hold exactly what it pushed.
   * Whoever deletes such a branch, or works on it, has seen it.
   */
  readonly strayed: readonly string[] | null
  /** The branch's own commits undo a commit of somebody else (see lib/git/foreign.ts for what counts). */
  readonly revertsForeign: boolean | null
}

/** A branch of the remote that an agent pushed to although nobody asked it to, with the commit that it put there. */
export interface StrayedBranch {
  readonly branch: string
  readonly head: string
}

/** The facts of a branch of which nothing was observed: the start of every observation, and of every test. */
export function unknownLocalFacts(branch: string, baseRef: string): LocalFacts {
  return {
    worktree: null,
    branch,
    checkedOut: null,
    head: null,
    baseRef,
    baseHead: null,
    remoteHead: null,
    ahead: null,
    aheadOfBase: null,
    behindBase: null,
    dirty: null,
    untracked: null,
    conflicted: null,
    unfinished: null,
    pushed: null,
    remoteHeadIsAncestor: null,
    related: null,
    strayed: null,
    revertsForeign: null,
  }
}
