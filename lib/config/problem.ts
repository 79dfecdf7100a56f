/**
 * Where a value came from, and what is wrong with one. Plain data, so that both can be cached.
 */

/** From weakest to strongest. `policy` is the file of a base branch, which is read alone. */
export type Layer = 'defaults' | 'user' | 'repository' | 'environment' | 'flag' | 'policy'

export interface Place {
  readonly layer: Layer
  /** The file; for the environment the name of the variable, for a flag the flag. */
  readonly source: string
  /** Counted from 1; `null` where there are no lines. */
  readonly line: number | null
  readonly column: number | null
}

export interface Problem extends Place {
  /** The key it is about, such as `gates.draft.requireCi`; `null`: the file as a whole. */
  readonly key: string | null
  readonly message: string
  /** The valid name that was probably meant. */
  readonly nearest: string | null
}

/** `.devloops:4:3: unknown key "requireCl" in gates.draft; did you mean "requireCi"?` */
export function formatProblem(problem: Problem): string {
  return `${formatPlace(problem)}: ${problem.message}`
}

export function formatPlace({ source, line, column }: Place): string {
  return [source, line, column].filter((part) => part !== null).join(':')
}
