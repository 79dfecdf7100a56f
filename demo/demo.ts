/**
 * The whole loop on one machine, from an issue to a merged pull request, with everything that goes
 * wrong in between: failing checks, a gate that finds something, review remarks, a second runner, and
 * a `kill -9` half way.
 *
 * It uses public commands only, as processes, the way anybody would.
 */
import { mkdtemp, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Started, startForgeProcess } from './forge-process.ts'
import { openReport, type Report } from './report.ts'
import { startRunner } from './runner.ts'
import { cloneRepository, environmentFor } from './setting.ts'
import { summarize } from './summary.ts'

const options = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: 'demo' },
    store: { type: 'string', default: 'files' },
    agent: { type: 'string' },
    reviewer: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
}).values

if (options.help) {
  process.stdout.write(`npm run demo -- [--seed demo|two] [--store files|git] [--json] [--agent "<command>"] [--reviewer "<command>"]

Drives an issue to a merged pull request on a local forge, in a temporary folder.
  --seed      which story (default: demo)
  --store     where the records are; with git the other runners work in a clone of their own, as on
              another machine, and know of the first through the remote alone (default: files)
  --json      one JSON line per event
  --agent     a real agent instead of the scripted one, such as "claude -p"
  --reviewer  a real reviewer for the gates
`)
  process.exit(0)
}
if (options.seed !== 'demo' && options.seed !== 'two') {
  process.stderr.write('--seed is demo or two\n')
  process.exit(2)
}

if (options.store !== 'files' && options.store !== 'git') {
  process.stderr.write('--store is files or git\n')
  process.exit(2)
}

const report = openReport(options.json)
const folder = await realpath(await mkdtemp(join(tmpdir(), 'dev-loops-demo-')))
const forge = await startForgeProcess(join(folder, 'forge'), options.seed, folder)
let exit = 1
try {
  exit = await story(forge, report)
} catch (error) {
  report.note('failed', error instanceof Error ? error.message : String(error))
} finally {
  await forge.stop()
}
process.exitCode = exit

async function story(forge: Started, report: Report): Promise<number> {
  const { seed, store, agent, reviewer } = options
  const env = environmentFor(forge, { folder, seed, store, agent, reviewer })
  const cwd = await cloneRepository(forge, join(folder, 'checkout'))
  const other = store === 'git' ? await secondMachine(forge, env) : { cwd, env }
  const { repo, number } = forge.issue
  report.note('setting', `${repo}#${number} "${forge.issue.title}" on the local forge at ${forge.url}`)

  const first = startRunner(['--issue', String(number), '--run-id', 'first'], { cwd, env, report })
  const pullRequest = await first.whenPullRequest()
  const second = startRunner(['--pr', String(pullRequest), '--run-id', 'second'], { ...other, report })
  const refused = await second.ended
  report.note('second runner', refused.exit === 3 ? `refused: ${refused.message}` : `unexpected exit ${refused.exit}`)

  await first.whenAgentWorksOn('address_review_feedback')
  first.kill()
  await first.ended
  report.note('kill -9', 'the first runner is dead; another one takes over and recovers')

  const third = startRunner(['--issue', String(number), '--run-id', 'third'], { ...other, report })
  const ended = await third.ended
  const summary = await summarize(forge, { ...other, pullRequest })
  report.summary(summary)
  return ended.exit === 0 && refused.exit === 3 && summary.merged && summary.twice.length === 0 ? 0 : 1
}

/** Nothing is shared with the first but the remote: another clone, and another place for worktrees and state. */
async function secondMachine(forge: Started, env: NodeJS.ProcessEnv) {
  const place = join(folder, 'second-machine')
  const cwd = await cloneRepository(forge, join(place, 'checkout'))
  return { cwd, env: { ...env, XDG_STATE_HOME: join(place, 'state') } }
}
