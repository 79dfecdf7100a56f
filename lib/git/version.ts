/** Which git is installed, and is it new enough? The oldest that hands settings over in the environment. */
import { type GitAccess, runGit } from './run.ts'

export const OLDEST_GIT = '2.31'

export interface GitVersion {
  /** As git prints it, such as `2.39.5`; `null` when it prints something else. */
  readonly version: string | null
  readonly supported: boolean | null
}

/** @throws GitError when git cannot be started */
export async function readGitVersion(options: GitAccess & { cwd: string }): Promise<GitVersion> {
  return parseGitVersion((await runGit(['version'], options)).stdout)
}

export function parseGitVersion(text: string): GitVersion {
  const [, version, major, minor] = /^git version ((\d+)\.(\d+)[\w.]*)/.exec(text) ?? []
  if (version === undefined) return { version: null, supported: null }
  const [leastMajor = 0, leastMinor = 0] = OLDEST_GIT.split('.').map(Number)
  const [isMajor, isMinor] = [Number(major), Number(minor)]
  return { version, supported: isMajor > leastMajor || (isMajor === leastMajor && isMinor >= leastMinor) }
}
