/**
 * The ledger on disk, shared by every process of this host that uses the token.
 *
 * It is the name of one empty file. A change renames the file that was read: that fails exactly when
 * somebody else was faster, so nothing is counted twice or lost, no lock can be left behind, and a process
 * killed at any instant leaves a whole ledger. Nothing waits for the disk: losing it costs nothing, and a
 * ledger that cannot be kept keeps nobody from asking GitHub.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EMPTY_LEDGER, type Ledger } from './ledger.ts'
import { FIRST_NAME, type NamedLedger, nameOf, parseName } from './ledger-name.ts'

export interface KeptLedger {
  /** Applies a pure change to what is there. @returns `null` when no ledger can be kept here */
  change<Result>(alter: (ledger: Ledger) => { readonly ledger: Ledger; readonly result: Result }): Result | null
}

/** Each try fails only because another process succeeded. */
const MOST_TRIES = 2_000

/** A listing may miss a file that is being renamed. */
const MOST_LOOKS = 50

export function openLedgerFolder(folder: string): KeptLedger {
  return {
    change(alter) {
      try {
        for (let tries = 0; tries < MOST_TRIES; tries += 1) {
          const kept = current(folder)
          const { ledger, result } = alter(kept.ledger)
          if (replace(folder, kept, ledger)) return result
        }
      } catch (error) {
        if (!isOfDisk(error)) throw error
      }
      return null
    },
  }
}

function current(folder: string): NamedLedger {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const [newest, ...others] = ledgersIn(folder)
    for (const { name } of others) rmSync(join(folder, name), { force: true })
    if (newest) return newest
    if (looks === 0) prepare(folder)
  }
  // Somebody removed the file and left its folder.
  writeFileSync(join(folder, FIRST_NAME), '', { mode: 0o600 })
  return { name: FIRST_NAME, version: 0, ledger: EMPTY_LEDGER }
}

/** Newest first. There is more than one only after somebody tampered with the folder. */
function ledgersIn(folder: string): NamedLedger[] {
  const names = answered(() => readdirSync(folder), 'ENOENT') ?? []
  const found = names.flatMap((name) => parseName(name) ?? [])
  return found.sort((one, other) => other.version - one.version || (one.name < other.name ? -1 : 1))
}

/** A folder that appears under its name has the first ledger in it; whoever comes second finds it there. */
function prepare(folder: string): void {
  const own = join(dirname(folder), `.${basename(folder)}.${randomBytes(6).toString('hex')}`)
  mkdirSync(own, { recursive: true, mode: 0o700 })
  writeFileSync(join(own, FIRST_NAME), '', { mode: 0o600 })
  try {
    answered(() => renameSync(own, folder), 'ENOTEMPTY', 'EEXIST')
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

function replace(folder: string, { name, version }: NamedLedger, ledger: Ledger): boolean {
  const next = nameOf(ledger, version + 1, randomBytes(4).toString('hex'))
  const rename = () => {
    renameSync(join(folder, name), join(folder, next))
    return true
  }
  return answered(rename, 'ENOENT') ?? false
}

/** @returns `null` when it failed in one of the ways that are answers here */
function answered<Result>(act: () => Result, ...codes: readonly string[]): Result | null {
  try {
    return act()
  } catch (error) {
    if (isOfDisk(error) && codes.includes(error.code)) return null
    throw error
  }
}

function isOfDisk(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}
