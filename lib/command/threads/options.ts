/** A review thread on the line, by the id that `threads list` shows. */

import { parseNodeId } from '../../github/node-id.ts'
import { Option, text } from '../options.ts'

export const thread = new Option<string>({ ...text('<id>').spec, parse: parseNodeId }).describe(
  'Review thread, as threads list shows it',
)
