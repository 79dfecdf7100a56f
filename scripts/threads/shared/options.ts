/** A review thread on the line, by the id that `threads list` shows. */
import { Option, text } from '../../../lib/command/options.ts'
import { parseNodeId } from '../../../lib/github/node-id.ts'

export const thread = new Option<string>({ ...text('<id>').spec, parse: parseNodeId }).describe(
  'Review thread, as threads list shows it',
)
