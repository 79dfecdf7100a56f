/**
 * The policy that decides: what the base branch's file says, over the strict shipped defaults.
 *
 * It is all or nothing. A file with any problem, even in a key of preference, is not believed in part:
 * the misspelt line may have been the one that protects something. The user file, the environment
 * and flags are not asked, and neither is the branch that is being judged.
 */
import type { PolicyFileFact } from '../facts/pull-request.ts'
import { accept, type Outcome, refuse } from '../outcome.ts'
import type { CheckedLayer } from './layer.ts'
import { mergeLayers } from './merge.ts'
import { formatProblem, type Problem } from './problem.ts'
import { defaultsLayer, readText } from './resolve.ts'
import type { Policy } from './schema.ts'

/**
 * @param text content of the base branch's file; `null` when it is known that there is none
 * @param path its name there, which tells JSON from YAML and is named in problems
 * @returns refusal `policy_unproved` with all `problems` when the text cannot be obeyed. Never throws.
 */
export function readPolicy(text: string | null, path = '.devloops'): Outcome<Policy> {
  const defaults = defaultsLayer().settings
  const layer: CheckedLayer = text === null ? { settings: new Map(), problems: [] } : readText(text, 'policy', path)
  if (layer.problems.length > 0) return unproved(layer.problems)

  const { file, problems } = mergeLayers([defaults, layer.settings])
  if (problems.length > 0) return unproved(problems)

  const { gates, review, autonomy, trust, protect, budgets, checks, merge } = file
  return accept({ gates, review, autonomy, trust, protect, budgets, checks, merge })
}

/** The same from what was observed of the base branch. */
export function readObservedPolicy(file: PolicyFileFact): Outcome<Policy> {
  switch (file.status) {
    case 'absent':
      return readPolicy(null)
    case 'present':
      return readPolicy(file.text, file.path)
    case 'unreadable':
      return refuse(
        'policy_unproved',
        `the policy on the base branch cannot be read (${file.reason}), so nothing passes`,
      )
  }
}

function unproved(problems: readonly Problem[]): Outcome<Policy> {
  const [first] = problems
  const what = first ? formatProblem(first) : 'unknown'
  const message = `the policy on the base branch is not valid, so nothing passes; repair it there first: ${what}`
  return refuse('policy_unproved', message, { problems })
}
