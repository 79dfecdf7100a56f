/** Observes a pull request once and asks whether it changes internal files only. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parsePolicy, readPolicy } from '../../config/policy.ts'
import type { Policy } from '../../config/schema.ts'
import { UsageError } from '../../errors.ts'
import type { PullRequestFacts } from '../../facts/pull-request.ts'
import { type ToldSource, tellSource } from '../../facts/source.ts'
import { observePullRequestByAny } from '../../github/observe-by-any.ts'
import { detectInternalOnly, type InternalOnly } from '../../loop/detectors/internal-only.ts'
import { type Answer, type Outcome, refuse } from '../../outcome.ts'
import { formatTarget } from '../../target.ts'
import type { CommandContext } from '../define.ts'
import { openGitHub, resolveTarget, type TargetWords } from '../services.ts'

interface Words extends TargetWords {
  readonly config?: string | undefined
}

type InternalOnlyAnswer = Answer<InternalOnly & ToldSource & { readonly repo: string; readonly pr: number }>

export async function detectInternalOnlyOf(words: Words, context: CommandContext): Promise<InternalOnlyAnswer> {
  const target = resolveTarget(words, context)
  const client = await openGitHub(context)
  const facts = await observePullRequestByAny(client, target, { now: () => new Date(), signal: context.signal })
  if (facts.pr === null) return refuse('target_not_found', `there is no pull request ${formatTarget(target)}`)
  const policy = await policyFor(facts, words, context)
  if (!policy.ok) return policy

  const { repo, number } = target
  return {
    ok: true,
    ...detectInternalOnly(facts.pr.files, policy.value.review.internalPaths),
    repo,
    pr: number,
    ...tellSource(facts.source),
  }
}

async function policyFor(
  facts: PullRequestFacts,
  { config }: Words,
  context: CommandContext,
): Promise<Outcome<Policy>> {
  if (config === undefined) return readPolicy(facts.policyFile)
  const text = await readFile(resolve(context.cwd, config), 'utf8').catch(() => {
    throw new UsageError('invalid_value', `${JSON.stringify(config)} cannot be read; give a configuration file`)
  })
  return parsePolicy(text, config)
}
