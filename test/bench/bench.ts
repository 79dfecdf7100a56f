/**
 * What the design promises in numbers, each beside something measured in the same run.
 *
 *   npm run bench -- [--json] [--only startup,changes,contention,list,git,requests,sweep,decisions]
 */
import buildOnce from '../support/build-once.ts'
import { benchContention } from './contention.ts'
import { benchDecisions } from './decisions.ts'
import { benchGitCost, type GitCost } from './git-cost.ts'
import { benchList, type ListCost } from './list.ts'
import { benchRequests } from './requests.ts'
import { benchStartup } from './startup.ts'
import { benchStore } from './store.ts'
import { benchSweep, type SweepCost } from './sweep.ts'

interface Measured {
  readonly figures: object
  readonly lines: readonly string[]
}

const STARTUP_LIMIT = 1.25
const BENCHES: Readonly<Record<string, () => Promise<Measured>>> = {
  startup,
  changes,
  contention,
  list,
  git,
  requests,
  sweep,
  decisions,
}

await buildOnce()
const words = process.argv.slice(2)
const json = words.includes('--json')
const only = words.includes('--only') ? words[words.indexOf('--only') + 1]?.split(',') : undefined
const measured: Record<string, object> = {}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (only !== undefined && !only.includes(name)) continue
  const { figures, lines } = await bench()
  measured[name] = figures
  if (!json) console.log(`${lines.join('\n')}\n`)
}
if (json) console.log(JSON.stringify(measured))

async function startup(): Promise<Measured> {
  const figures = benchStartup()
  const lines = [
    `Start-up, beside ${figures.nodeMs.toFixed(1)} ms of node -e 0 (the promise is ${STARTUP_LIMIT})`,
    row('', 'median', 'of pairs', 'of quickest'),
    ...figures.commands.map(({ name, ms, ratio, quickest }) =>
      row(name, `${ms.toFixed(1)} ms`, ratio.toFixed(2), quickest.toFixed(2)),
    ),
  ]
  return { figures, lines }
}

async function changes(): Promise<Measured> {
  const figures = await benchStore()
  const lines = [
    `Durable changes of a file, beside ${figures.barePerSecond.toFixed(0)} a second of write, fsync, rename, fsync of the folder (at least 0.5)`,
    ...figures.ages.map(({ age, changesPerSecond, ratioToBare }) =>
      row(`after ${age} changes`, `${changesPerSecond.toFixed(0)}/s`, ratioToBare.toFixed(2)),
    ),
  ]
  return { figures, lines }
}

async function contention(): Promise<Measured> {
  const figures = await benchContention()
  const { processes, aloneMedianMs, p99Ms, p99Share, busiestToSlowest } = figures
  const lines = [
    `${processes} processes that change one record, beside ${aloneMedianMs.toFixed(2)} ms of one alone`,
    row(`p99 / ${processes} x alone`, `${p99Ms.toFixed(1)} ms`, p99Share.toFixed(2), 'at most 5'),
    row('busiest / slowest', '', busiestToSlowest.toFixed(2), 'at most 3'),
  ]
  return { figures, lines }
}

async function list(): Promise<Measured> {
  const figures = await benchList()
  const line = (name: string, { ms, megabytes }: ListCost) =>
    row(name, `${ms.toFixed(0)} ms`, `${megabytes.toFixed(0)} MB`)
  const lines = [
    `ownership list of ${figures.targets} targets (at most 1000 ms and 200 MB; the first of git apart)`,
    line('files', figures.files),
    line('git', figures.gitWarm),
    line('git, nothing known', figures.gitCold),
  ]
  return { figures, lines }
}

async function git(): Promise<Measured> {
  const figures = await benchGitCost()
  const line = (name: string, { calls, httpRequests }: GitCost) =>
    row(name, String(httpRequests), `  ${calls.join(', ')}`)
  const lines = [
    'HTTP requests of the git store, and the calls of git that make them',
    line('change', figures.change),
    line('change after a conflict', figures.conflict),
    line('read', figures.read),
  ]
  return { figures, lines }
}

async function requests(): Promise<Measured> {
  const figures = await benchRequests()
  const lines = [
    'Requests of one next',
    row('--issue', String(figures.issue)),
    row('--pr', String(figures.pullRequest)),
    'and over REST, with those that its quota is charged for',
    ...figures.rest.map(({ name, requests, charged }) => row(name, String(requests), String(charged))),
  ]
  return { figures, lines }
}

async function sweep(): Promise<Measured> {
  const figures = await benchSweep()
  const line = (name: string, { pullRequests, requests, points }: SweepCost) =>
    row(`${pullRequests} ${name}`, String(requests), `${points} points`)
  const lines = [
    'Requests for all open pull requests (at most 5 for 100 whole, 45 for 1,000; 1 for each 100 unchanged)',
    ...figures.whole.map((cost) => line('whole', cost)),
    ...figures.busy.map((cost) => line('with 100 threads', cost)),
    ...figures.unchanged.map((cost) => line('unchanged', cost)),
  ]
  return { figures, lines }
}

async function decisions(): Promise<Measured> {
  const figures = benchDecisions()
  const line = (name: string, perSecond: number, ...more: readonly string[]) =>
    row(name, `${Math.round(perSecond).toLocaleString('en')}/s`, ...more)
  const lines = [
    'Decisions a second and core (at least 1,000,000 of a machine, 200,000 of the composition)',
    ...figures.machines.map(({ name, perSecond }) => line(name, perSecond)),
    line('composition', figures.composition),
    'The whole of next without its observation',
    ...figures.whole.map(({ name, perSecond }) => line(name, perSecond)),
  ]
  return { figures, lines }
}

function row(name: string, value: string, ...more: readonly string[]): string {
  return `  ${name.padEnd(24)}${value.padStart(10)}${more.map((each) => each.padStart(13)).join('')}`.trimEnd()
}
