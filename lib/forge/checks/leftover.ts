/**
 * What a forge that was killed left behind: a check that still runs, and its folder.
 *
 * A process id may belong to somebody else by now, so a group is only ended if its leader stands in
 * the folder that the check was given. Where that cannot be read (not Linux) it is left alone.
 */
import { readlink, rm } from 'node:fs/promises'
import type { CheckRun } from '../state/model.ts'

export async function clearLeftover(run: CheckRun): Promise<void> {
  const left = run.process
  if (!left) return
  delete run.process

  const cwd = await readlink(`/proc/${left.pid}/cwd`).catch(() => null)
  if (cwd?.startsWith(`${left.folder}/`)) endGroup(left.pid)
  await rm(left.folder, { recursive: true, force: true, maxRetries: 3 })
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}
