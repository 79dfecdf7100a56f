// A reviewer that writes a clean report and then fails: what it wrote cannot be believed.
import { writeFileSync } from 'node:fs'

writeFileSync(process.env.DEV_LOOPS_RESULT, JSON.stringify({ schema: 1, findings: [] }))
process.exitCode = 3
