/**
 * Real processes fight for a few records of one store while some are killed, others stopped, and the disk
 * or the way to the remote fails.
 *
 *   npx tsx test/chaos/ownership-chaos.ts [--store files|disk|git] [--seconds 20] [--seed 1] [--keep <folder>]
 *
 * Their histories must be linearizable against models that know nothing of the product, every record must
 * be readable afterwards with its whole journal, nothing may lie about, and another run must be granted
 * every pull request.
 */
import { mkdirSync } from 'node:fs'
import { type ContestReport, contendForFiles, contendForGit, contendOnBadDisk } from './contests.ts'

const CONTESTS = { files: contendForFiles, disk: contendOnBadDisk, git: contendForGit } as const

const words = process.argv.slice(2)
const read = (name: string, fallback: string) => words[words.indexOf(`--${name}`) + 1 || words.length] ?? fallback
const contest = Object.entries(CONTESTS).find(([name]) => name === read('store', 'files'))?.[1]
if (contest === undefined) throw new Error(`--store is one of ${Object.keys(CONTESTS).join(', ')}`)

const keepIn = read('keep', '')
const report = await contest({
  seconds: Number(read('seconds', '20')),
  seed: Number(read('seed', '1')),
  ...(keepIn === '' ? {} : { keepIn: makeFolder(keepIn) }),
})
console.log(summary(report))
process.exitCode = report.ok && report.litter.length === 0 ? 0 : 1

function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true })
  return path
}

function summary({ register, ownership, pair, ...report }: ContestReport): string {
  const broken = [register, ownership, pair].flatMap(({ verdicts }): readonly object[] =>
    verdicts.filter(({ linearizable }) => linearizable !== true),
  )
  const operations = register.operations + ownership.operations + pair.operations
  return JSON.stringify({ ...report, operations, together: pair.operations, broken }, null, 2)
}
