/** Are Node and git new enough? */
import { type GitVersion, OLDEST_GIT, readGitVersion } from '../../git/version.ts'
import type { CommandContext } from '../define.ts'
import { attempt, type Check, fine, unknown, wrong } from './check.ts'

const OLDEST_NODE = [20, 19] as const

/** @param version as `process.versions.node` has it */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor, leastMinor] = OLDEST_NODE
  const supported = major > leastMajor || (major === leastMajor && minor >= leastMinor)
  if (supported) return fine('node', `Node ${version}`)
  return wrong('node', `Node ${version} is too old`, `install Node ${OLDEST_NODE.join('.')} or newer`)
}

export function checkGit({ cwd, env, signal }: CommandContext): Promise<Check> {
  const fix = `install git ${OLDEST_GIT} or newer, and see that it is on the path`
  return attempt('git', fix, async () => judgeGit(await readGitVersion({ cwd, env, signal }), fix))
}

export function judgeGit({ version, supported }: GitVersion, fix: string): Check {
  if (supported === null) return unknown('git', 'git does not say its version', fix)
  return supported ? fine('git', `git ${version}`) : wrong('git', `git ${version} is too old`, fix)
}
