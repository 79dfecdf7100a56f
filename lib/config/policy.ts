/**
 * The policy that decides: what the base branch's file says, over the strict shipped defaults.
 *
 * It is all or nothing. A file with any problem, even in a key of preference, is not believed in part:
 * the misspelt line may have been the one that protects something. The user file, the environment
 * and flags are not asked, and neither is the branch that is being judged.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { PolicyFileFact } from '../facts/pull-request.ts'
import { accept, type Outcome, refuse } from '../outcome.ts'
import { DEFAULT_POLICY } from './defaults.generated.ts'
import { mergeLayers } from './merge.ts'
import { formatProblem, type Problem } from './problem.ts'
import { defaultsLayer, readText } from './resolve.ts'
import type { Policy } from './schema.ts'

/**
 * @param file what was observed of the policy file on the base branch
 * @returns refusal `policy_unproved` when it cannot be read, or cannot be obeyed. Never throws.
 */
export function readPolicy(file: PolicyFileFact): Outcome<Policy> {
  switch (file.status) {
    case 'absent':
      return accept(DEFAULT_POLICY)
    case 'present':
      return parsePolicy(file.text, file.path)
    case 'unreadable':
      return refuse(
        'policy_unproved',
        `the policy on the base branch cannot be read (${file.reason}), so nothing passes`,
      )
  }
}

/**
 * @param path name of the file, which tells JSON from YAML and is named in problems
 * @returns refusal `policy_unproved` with all `problems` when the text cannot be obeyed. Never throws.
 */
export function parsePolicy(text: string, path: string): Outcome<Policy> {
  const layer = readText(text, 'policy', path)
  if (layer.problems.length > 0) return unproved(layer.problems)

  const { file, problems } = mergeLayers([defaultsLayer().settings, layer.settings])
  if (problems.length > 0) return unproved(problems)

  const { gates, review, autonomy, trust, protect, budgets, checks, merge } = file
  return accept({ gates, review, autonomy, trust, protect, budgets, checks, merge })
}

/**
 * Names one policy in verdicts: a verdict given under other rules does not count.
 *
 * The rules of the gates are named whole, anything else by what differs from the shipped defaults: a new version
 * that only knows more keys must not have every open pull request judged again.
 */
export function digestPolicy(policy: Policy, defaults: Policy = DEFAULT_POLICY): string {
  const named = { gates: policy.gates, changed: differing(policy, defaults) }
  return createHash('sha256')
    .update(JSON.stringify(inOrder(named)))
    .digest('hex')
}

/** What of a value is not as in the defaults, key by key; lists count as a whole. */
function differing(value: unknown, standard: unknown): unknown {
  if (!isFields(value) || !isFields(standard)) return value
  const changed = Object.entries(value).filter(([key, inner]) => !isDeepStrictEqual(inner, standard[key]))
  return Object.fromEntries(changed.map(([key, inner]) => [key, differing(inner, standard[key])]))
}

/** Keys sorted, so that the digest does not depend on the order in which a schema lists them. */
function inOrder(value: unknown): unknown {
  if (!isFields(value)) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]))
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unproved(problems: readonly Problem[]): Outcome<Policy> {
  const [first] = problems
  const what = first ? formatProblem(first) : 'unknown'
  const message = `the policy on the base branch is not valid, so nothing passes; repair it there first: ${what}`
  return refuse('policy_unproved', message, { problems })
}
