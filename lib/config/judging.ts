/**
 * The words in which verdicts are given and policy says which of them count.
 */
export const SEVERITIES = ['must-fix', 'worth-fixing-now', 'defer'] as const
export type Severity = (typeof SEVERITIES)[number]

/** From the least to the most independent judge. */
export const ASSURANCES = ['self', 'separate_run', 'independent'] as const
export type Assurance = (typeof ASSURANCES)[number]
