import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Being made, it lets one builder through; a folder, because making one is atomic. */
const turn = `${root}node_modules/.dev-loops-build`
/** The build's last file. */
const made = `${root}dist/commands.json`
const LONGEST_BUILD_MS = 60_000

/** Tests that start processes use the bundled output; it must be that of the source under test. */
export default async function buildOnce(): Promise<void> {
  if (isCurrent()) return
  await takeTurn()
  try {
    if (!isCurrent()) build()
  } finally {
    rmSync(turn, { recursive: true, force: true })
  }
}

function build(): void {
  execFileSync(process.execPath, ['--import', 'tsx', 'build/build.ts'], { cwd: root, stdio: 'inherit' })
}

function isCurrent(): boolean {
  const madeMs = changedMs(made)
  return madeMs !== null && newestSourceMs() < madeMs
}

async function takeTurn(): Promise<void> {
  for (;;) {
    try {
      mkdirSync(turn)
      return
    } catch {
      const sinceMs = changedMs(turn)
      if (sinceMs !== null && Date.now() - sinceMs > LONGEST_BUILD_MS) rmSync(turn, { recursive: true, force: true })
      await pause(200)
    }
  }
}

function newestSourceMs(): number {
  const files = ['lib', 'scripts', 'cli', 'build'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).map((file) => `${root}${folder}/${file}`),
  )
  return Math.max(...files.map((file) => changedMs(file) ?? 0))
}

function changedMs(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null
}
