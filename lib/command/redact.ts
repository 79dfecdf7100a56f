/** What is printed names no secret of the environment. */
import { withoutSecrets } from '../redact.ts'

const SECRET_VARIABLES = ['GH_TOKEN', 'GITHUB_TOKEN', 'DEV_LOOPS_VERDICT_TOKEN']

/** Anything shorter is no token, and would take words out of messages. */
const LEAST_CHARACTERS = 8

export function redact(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const secrets = SECRET_VARIABLES.map((name) => env[name]?.trim() ?? '')
  return withoutSecrets(
    text,
    secrets.filter((secret) => secret.length >= LEAST_CHARACTERS),
  )
}
