/**
 * Looks up who holds the branches of a push, and lets the hook's rules decide.
 *
 * The repository is named by the address that is pushed to, as a target names it: `owner/name`. So a push
 * to a fork or to any other repository asks about branches of that one, and a mirror of the same name
 * counts as the same. An address that names no repository is none that a run could claim.
 */
import { endpointFor, hostOf } from '../../endpoint.ts'
import { type BranchClaim, branchOf, decidePush, type RefVerdict } from '../../git/hooks/decide.ts'
import type { PushedRef } from '../../git/hooks/pushed-refs.ts'
import type { Holder, OwnershipContext } from '../../ownership/service.ts'
import { listOwnership, readOwnership } from '../../ownership/service.ts'
import { parseWork } from '../../sessions/work.ts'
import { slugOfUrl } from '../../store/remotes.ts'
import { type BranchTarget, isBranchName } from '../../target.ts'
import type { CommandContext } from '../define.ts'
import { openOwnership, validConfig } from '../services.ts'

export interface PushWords {
  readonly url: string
  readonly stateDir?: string | undefined
}

export interface JudgedPush {
  /** `null`: the address names no repository. */
  readonly repo: string | null
  readonly verdicts: readonly RefVerdict[]
}

/** @throws StoreError, ConfigError: then nothing is known, and the push must not pass */
export async function judgePush(
  refs: readonly PushedRef[],
  words: PushWords,
  context: CommandContext,
): Promise<JudgedPush> {
  // A setting that cannot be read may be the one that says where the records are.
  await validConfig(context)
  const repo = slugOfUrl(words.url)
  const claims = new Map<string, BranchClaim | null>()
  for (const pushed of refs) {
    const branch = branchOf(pushed)
    if (branch === null || claims.has(branch)) continue
    const claimable = repo !== null && isBranchName(branch)
    claims.set(branch, claimable ? await claimOn({ repo, branch }, words, context) : null)
  }
  return { repo, verdicts: decidePush({ refs, claims, records: null }) }
}

/** Records bear the name of their forge, and a hook's shell may not say which one that is. */
async function claimOn(
  named: Omit<BranchTarget, 'host'>,
  words: PushWords,
  context: CommandContext,
): Promise<BranchClaim | null> {
  for (const host of hostsOf(words.url, context)) {
    const target = { host, ...named }
    const ownership = await openOwnership(target, words, context)
    const { holder, version } = await readOwnership(target, ownership)
    if (holder === null || holder.alive === 'ended') continue
    return { ...(await describe(target, holder, ownership)), record: recordOf(target, version, ownership) }
  }
  return null
}

function hostsOf(url: string, { env }: CommandContext): readonly string[] {
  const [, ofUrl, ofPair] = ADDRESS.exec(url) ?? []
  const host = ofUrl ?? ofPair ?? ''
  const named = URL.canParse(`https://${host}`) ? [hostOf(new URL(`https://${host}`))] : []
  return [...new Set([endpointFor(env).host, ...named])]
}

/** `https://user@host:port/…`, `ssh://…`, or `user@host:…`. */
const ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/]+)|(?:[^@/:]+@)?([^/:]+):)/i

/** A run announces what it pushes in the record of the issue or pull request that it works on. */
async function describe(branch: BranchTarget, { runId, token }: Holder, ownership: OwnershipContext) {
  const announced: string[] = []
  for (const { target, record } of await listOwnership(`${branch.host}/`, ownership)) {
    const held = record?.activeRun
    if (target === null || !('number' in target) || held?.runId !== runId) continue
    const own = parseWork(record?.work ?? null).intents.filter((intent) => intent.token === held.token)
    announced.push(...own.map(({ key }) => key))
  }
  return { runId, token, announced }
}

/** Filled in by stores that keep each record in a ref of the remote. */
function recordOf(_target: BranchTarget, _version: string | null, _ownership: OwnershipContext): BranchClaim['record'] {
  return null
}
