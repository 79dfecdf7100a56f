/**
 * Secrets leave no trace in what is printed: tokens by their published shapes, and whatever stands in
 * a variable that holds one.
 */
const SHAPES =
  /\b(gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})\b|(?<=:\/\/)[^/@\s]+@|(?<=\b(?:bearer|token|basic) )[A-Za-z0-9._~+/=-]{12,}/gi

const SECRET_VARIABLES = ['GH_TOKEN', 'GITHUB_TOKEN', 'DEV_LOOPS_VERDICT_TOKEN']

export function redact(text: string, env: Readonly<Record<string, string | undefined>>): string {
  let clean = text.replace(SHAPES, '[secret]')
  for (const name of SECRET_VARIABLES) {
    const value = env[name]
    if (value !== undefined && value.length >= 8) clean = clean.replaceAll(value, '[secret]')
  }
  return clean
}
