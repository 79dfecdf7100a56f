/**
 * Finds and ends the processes of one group, and only of that group.
 *
 * A group bears the number of the process that founded it. Numbers are used again, so nothing is ended
 * unless that process still runs with the start time and the boot that were recorded. A process that
 * founds a group or session of its own leaves the group: that is the known limit of all of this.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readBootId } from '../../store/clock.ts'
import { GRACE_MS } from './protocol.ts'

export interface ProcessIdentity {
  readonly pid: number
  /** In the system's own form; only ever compared. */
  readonly startTime: string
  readonly bootId: string
}

interface ProcessEntry {
  readonly pid: number
  readonly group: number
  readonly startTime: string
  readonly zombie: boolean
}

/** @returns `null` when there is no such process, or this system does not tell */
export function readProcessIdentity(pid: number): ProcessIdentity | null {
  const entry = readProcess(pid)
  return entry === null || entry.zombie ? null : { pid, startTime: entry.startTime, bootId: readBootId() }
}

/** Living members of the group, without `except`. */
export function listGroup(group: number, except?: number): readonly number[] {
  const members = listProcesses().filter((entry) => entry.group === group && !entry.zombie && entry.pid !== except)
  return members.map((entry) => entry.pid)
}

export type GroupEnd = 'already_gone' | 'ended' | 'killed'

/**
 * Ends what a dead runner left: asks first, kills after the grace.
 *
 * @returns `already_gone` also when the number belongs to another process now
 */
export async function endProcessGroup(identity: ProcessIdentity, graceMs: number = GRACE_MS): Promise<GroupEnd> {
  if (!isSameProcess(identity) || listGroup(identity.pid).length === 0) return 'already_gone'
  signalGroup(identity.pid, 'SIGTERM')
  // The leader is our supervisor, which kills its group itself; this is for when it cannot.
  if (await isGone(identity.pid, graceMs + 1000)) return 'ended'
  signalGroup(identity.pid, 'SIGKILL')
  await isGone(identity.pid, 2000)
  return 'killed'
}

export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // ESRCH: the group has ended. EPERM: none of it is ours.
  }
}

/** A leader that ended but was not collected yet still proves whose group it is. */
function isSameProcess(identity: ProcessIdentity): boolean {
  return identity.bootId === readBootId() && readProcess(identity.pid)?.startTime === identity.startTime
}

function readProcess(pid: number): ProcessEntry | null {
  return process.platform === 'linux' ? readProc(pid) : askPs(pid)
}

async function isGone(group: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs
  while (listGroup(group).length > 0) {
    if (performance.now() >= until) return false
    await sleep(50)
  }
  return true
}

function listProcesses(): readonly ProcessEntry[] {
  if (process.platform !== 'linux') return parsePs(ps('-A'))
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => readProc(Number(pid))).filter((entry) => entry !== null)
}

/** Fields 3, 5 and 22 of /proc/<pid>/stat; the name in field 2 may hold anything, so counting starts after it. */
function readProc(pid: number): ProcessEntry | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, , group] = fields
  const startTime = fields[19]
  if (startTime === undefined) return null
  return { pid, group: Number(group), startTime, zombie: state === 'Z' || state === 'X' }
}

function askPs(pid: number): ProcessEntry | null {
  return parsePs(ps('-p', String(pid)))[0] ?? null
}

function ps(...which: string[]): string {
  try {
    return execFileSync('ps', ['-o', 'pid=,pgid=,stat=,lstart=', ...which], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return ''
  }
}

function parsePs(text: string): readonly ProcessEntry[] {
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S.*\S)\s*$/gm)].map(([, pid, group, stat, startTime]) => ({
    pid: Number(pid),
    group: Number(group),
    startTime: startTime ?? '',
    zombie: stat?.startsWith('Z') ?? false,
  }))
}
