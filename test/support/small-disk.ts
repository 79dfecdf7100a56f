/**
 * A disk of a few kilobytes that can be filled, and made read-only, under processes that use it.
 *
 * Needs the right to mount: root, outside of most containers.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export const HOW_TO_MOUNT =
  'needs the right to mount a tmpfs: run it as root on Linux, in a container with --privileged'

export interface SmallDisk {
  readonly folder: string
  /** Leaves no room for so long. */
  fillFor(ms: number): Promise<void>
  /** Refuses every change for so long. */
  forbidFor(ms: number): Promise<void>
  unmount(): void
}

export function mayMount(): boolean {
  const disk = mountSmallDisk()
  disk?.unmount()
  return disk !== null
}

/** @returns null where this process may not mount */
export function mountSmallDisk(sizeKb = 4_096): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'dev-loops-disk-'))
  const options = (more: string) => ['-o', `size=${sizeKb}k,mode=700${more}`]
  if (!attempt('mount', ['-t', 'tmpfs', ...options(''), 'tmpfs', folder])) {
    rmSync(folder, { recursive: true, force: true })
    return null
  }
  const filler = join(folder, 'filler')
  return {
    folder,
    async fillFor(ms) {
      const { bavail, bsize } = statfsSync(folder)
      // Others may be faster, and then it is full without all of this.
      try {
        writeFileSync(filler, Buffer.alloc(bavail * bsize))
      } catch {}
      await pause(ms)
      rmSync(filler, { force: true })
    },
    async forbidFor(ms) {
      // Refused while somebody has a file open for writing.
      while (!attempt('mount', [...options(',remount,ro'), folder])) await pause(1)
      await pause(ms)
      attempt('mount', [...options(',remount,rw'), folder])
    },
    unmount() {
      execFileSync('umount', [folder], { stdio: 'ignore' })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function attempt(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
