/**
 * Secrets leave no trace in what is printed or thrown: tokens by their published shapes, names and
 * passwords inside addresses, and whatever the caller knows to be secret.
 */
const SHAPES =
  /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})\b|(?<=:\/\/)[^/@\s]+(?=@)|(?<=\b(?:bearer|token|basic) )[A-Za-z0-9._~+/=-]{12,}/gi

/** @param secrets the very values that were sent; empty ones are passed over */
export function withoutSecrets(text: string, secrets: readonly (string | null | undefined)[] = []): string {
  let clean = text.replace(SHAPES, '[secret]')
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, '[secret]')
  return clean
}
