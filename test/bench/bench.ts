/**
 * What the design promises in numbers: start-up beside Node's, durable changes beside the disk's, and
 * one request for one `next`. `npm run bench`, or `npm run bench -- --json`.
 */
import buildOnce from '../support/build-once.ts'
import { benchRequests, type RequestBench } from './requests.ts'
import { benchStartup, type StartupBench } from './startup.ts'
import { benchStore, type StoreBench } from './store.ts'

interface Benches {
  readonly startup: StartupBench
  readonly store: StoreBench
  readonly requests: RequestBench
}

const LIMIT = 1.25

await buildOnce()
const measured: Benches = { requests: await benchRequests(), startup: benchStartup(), store: await benchStore() }
console.log(process.argv.includes('--json') ? JSON.stringify(measured) : formatTable(measured))

function formatTable({ startup, store, requests }: Benches): string {
  return [
    `Start-up, beside ${startup.nodeMs.toFixed(1)} ms of node -e 0 (the promise is ${LIMIT})`,
    row('', 'median', 'of pairs', 'of quickest'),
    ...startup.commands.map(({ name, ms, ratio, quickest }) =>
      row(name, `${ms.toFixed(1)} ms`, ratio.toFixed(2), quickest.toFixed(2)),
    ),
    '',
    `Durable changes, beside ${store.barePerSecond.toFixed(0)} a second of write, fsync, rename, fsync of the folder`,
    ...store.ages.map(({ age, changesPerSecond, ratioToBare }) =>
      row(`after ${age} changes`, `${changesPerSecond.toFixed(0)}/s`, ratioToBare.toFixed(2)),
    ),
    '',
    'Requests of one next',
    row('--issue', String(requests.issue)),
    row('--pr', String(requests.pullRequest)),
  ].join('\n')
}

function row(name: string, value: string, ...ratios: readonly string[]): string {
  return `  ${name.padEnd(24)}${value.padStart(10)}${ratios.map((ratio) => ratio.padStart(13)).join('')}`
}
