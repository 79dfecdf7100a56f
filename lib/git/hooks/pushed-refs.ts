/**
 * What a push is about to change, as git tells it to the hook on standard input. Pure.
 */
import { GitError } from '../../errors.ts'

export interface PushedRef {
  /** Whole name on the remote. */
  readonly ref: string
  /** What the remote said it holds; `null`: nothing. */
  readonly before: string | null
  /** What it is to hold; `null`: the ref is deleted. */
  readonly after: string | null
}

const LINE = /^\S+ ([0-9a-f]{40,64}) (\S+) ([0-9a-f]{40,64})$/

/** What a command reads of its standard input at most; of more, the rest would not have been seen. */
const MOST_CHARACTERS = 1_048_576

/**
 * @param text lines of `<local ref> <local commit> <remote ref> <remote commit>`
 * @throws GitError `git_failed` for anything else: what is not understood is not let through
 */
export function parsePushedRefs(text: string): readonly PushedRef[] {
  if (text.length > MOST_CHARACTERS || (text !== '' && !text.endsWith('\n'))) {
    throw new GitError('git_failed', 'the refs of this push were not read to their end; push fewer at a time')
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, after, ref, before] = LINE.exec(line) ?? []
      if (after === undefined || ref === undefined || before === undefined) {
        throw new GitError('git_failed', 'the hook was given a line that git does not write; nothing is let through', {
          line: line.slice(0, 200),
        })
      }
      return { ref, before: commitOrNull(before), after: commitOrNull(after) }
    })
}

function commitOrNull(commit: string): string | null {
  return /^0+$/.test(commit) ? null : commit
}
