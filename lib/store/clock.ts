/**
 * What time is it, in a way that two processes of one boot can compare?
 *
 * Terms are counted on the monotonic clock, because the wall clock jumps. Its zero is the boot, so a
 * reading means something only together with the boot id. On Linux both come from the kernel and are
 * the same in every container. A platform that names no boot answers one constant for the host: a
 * restart then goes unnoticed, which makes a lease last longer, never shorter.
 */
import { readFileSync } from 'node:fs'
import type { Instant } from './store.ts'

let knownBootId: string | null = null

export function readClock(): Instant {
  return { bootId: readBootId(), monotonicMs: Number(process.hrtime.bigint() / 1_000_000n), wallMs: Date.now() }
}

/** The same for all processes until the machine starts anew. Read once per process. */
export function readBootId(): string {
  knownBootId ??= bootIdOf(process.platform)
  return knownBootId
}

function bootIdOf(platform: NodeJS.Platform): string {
  const named = platform === 'linux' ? linuxBootId() : platform === 'darwin' ? darwinBootId() : null
  return named ?? `unnamed-boot@${process.getBuiltinModule('node:os').hostname()}`
}

function linuxBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null
  } catch {
    return null
  }
}

/** macOS has no file for it; asking costs one short process, so it is asked there only. */
function darwinBootId(): string | null {
  try {
    const { execFileSync } = process.getBuiltinModule('node:child_process')
    const answer = execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], {
      encoding: 'utf8',
      timeout: 2_000,
    })
    return answer.trim() || null
  } catch {
    return null
  }
}
