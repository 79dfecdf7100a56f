/** The ids that GitHub gives to threads, comments and the like, as they may stand in an argument. */
import { UsageError } from '../errors.ts'

const NODE_ID = /^[A-Za-z0-9_][A-Za-z0-9_=-]{0,199}$/

export function isNodeId(text: string): boolean {
  return NODE_ID.test(text)
}

/** @throws UsageError `invalid_value` unless it is letters, digits, `_`, `=`, `-`, not starting with a mark */
export function parseNodeId(text: string): string {
  if (isNodeId(text)) return text
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  throw new UsageError(
    'invalid_value',
    `${JSON.stringify(shown)} is not an id of GitHub; give one as threads list shows it`,
    {
      what: 'node id',
      value: shown,
    },
  )
}
