/**
 * The name of one change of one branch. Pure.
 *
 * The effect is looked for by it after a crash, and the pre-push hook lets exactly this change pass while
 * its holder has it announced. Once it landed the old head is gone, so the name is good for one push.
 */
export function pushKey(branch: string, before: string | null, after: string): string {
  return `git_push:${branch}:${before ?? 'new'}:${after}`
}
