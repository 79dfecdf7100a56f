/**
 * Every run has a temporary folder of its own, in memory where the machine offers that.
 *
 * The tests make thousands of small repositories, and a disk takes ten times as long for each file. What
 * the folder holds is gone after the run, also what a killed test left behind. The stories stay on the
 * disk: what they prove about pauses and kills, they prove on what people have.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

const MEMORY = '/dev/shm'
/** Several times what all tests hold at once; containers often have 64 MB. */
const ENOUGH_BYTES = 2 ** 30

export default function ownTempFolder(project: TestProject): (() => void) | undefined {
  // It is set up as well, and has no tests of its own.
  if (project.isRootProject()) return undefined
  const folder = (project.name === 'stories' ? null : inMemory()) ?? makeFolder(tmpdir())
  project.config.env = { ...project.config.env, TMPDIR: folder }
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

/** @returns null where there is no such place, little room, or nothing may be started from there */
function inMemory(): string | null {
  let folder: string | null = null
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    if (bavail * bsize < ENOUGH_BYTES) return null
    folder = makeFolder(MEMORY)
    startSomethingFrom(folder)
    return folder
  } catch {
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
    return null
  }
}

/** Hooks and agents are started from where the tests put them. */
function startSomethingFrom(folder: string): void {
  const program = join(folder, 'program')
  writeFileSync(program, '#!/bin/sh\n')
  chmodSync(program, 0o755)
  execFileSync(program, { stdio: 'ignore' })
  rmSync(program)
}

function makeFolder(parent: string): string {
  return realpathSync(mkdtempSync(join(parent, 'dev-loops-tests-')))
}
