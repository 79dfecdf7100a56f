// A reviewer that looked and has nothing to say against the change.
import { writeFileSync } from 'node:fs'

writeFileSync(process.env.DEV_LOOPS_RESULT, JSON.stringify({ schema: 1, findings: [] }))
