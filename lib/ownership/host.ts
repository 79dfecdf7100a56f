/**
 * Which machine, boot and process is this, and is a named process dead?
 *
 * "Dead" is a proof, because another run acts on it: the same boot and the same pid namespace, or the
 * same machine under another boot id. Everything else is `unknown`: no permission to look, another
 * container, a platform without /proc.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { readBootId } from '../store/clock.ts'
import type { WorkerIdentity } from './record.ts'
import type { WorkerState } from './rules/liveness.ts'

export interface HostIdentity {
  readonly machineId: string | null
  readonly bootId: string | null
  readonly pidNamespace: string | null
}

/** The kernel gives this inode to the first pid namespace, the one outside every container. */
const INITIAL_PID_NAMESPACE = 'pid:[4026531836]'

/** macOS has no pid namespaces, so all its processes share one. */
const DARWIN_PIDS = 'darwin'

export function readHostIdentity(): HostIdentity {
  return {
    bootId: readBootId(),
    /** Only looked up when they are asked for: most questions end at the boot id. */
    get pidNamespace() {
      return readPidNamespace()
    },
    get machineId() {
      return readPidNamespace() === INITIAL_PID_NAMESPACE ? readMachineId() : null
    },
  }
}

function readPidNamespace(): string | null {
  return process.platform === 'darwin' ? DARWIN_PIDS : attempt(() => readlinkSync('/proc/self/ns/pid'))
}

/** @returns `null` when there is no such process */
export function readWorkerIdentity(pid: number, host: HostIdentity = readHostIdentity()): WorkerIdentity | null {
  if (signalReaches(pid) === 'absent') return null
  return { ...host, pid, startTime: readProcess(pid)?.startTime ?? null }
}

export function isWorkerDead(worker: WorkerIdentity, host: HostIdentity): WorkerState {
  const knowsBoots = worker.bootId !== null && host.bootId !== null
  if (!knowsBoots) return 'unknown'

  if (worker.bootId !== host.bootId) {
    const sameMachine = worker.machineId !== null && worker.machineId === host.machineId
    return sameMachine ? 'dead' : 'unknown'
  }
  const sameNamespace = worker.pidNamespace !== null && worker.pidNamespace === host.pidNamespace
  return sameNamespace ? lookAtProcess(worker) : 'unknown'
}

function lookAtProcess(worker: WorkerIdentity): WorkerState {
  // Asked of the kernel first: /proc may hide other users' processes, which then only look absent.
  const reached = signalReaches(worker.pid)
  if (reached === 'absent') return 'dead'
  if (reached === 'forbidden') return 'unknown'

  const found = readProcess(worker.pid)
  if (found === null || worker.startTime === null) return 'unknown'
  if (found.startTime !== worker.startTime) return 'dead'
  return found.zombie ? 'dead' : 'alive'
}

function signalReaches(pid: number): 'present' | 'absent' | 'forbidden' {
  try {
    process.kill(pid, 0)
    return 'present'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'absent' : 'forbidden'
  }
}

/**
 * Fields 3, 20 and 22 of /proc/<pid>/stat: state, threads, start time in ticks since boot. The name in
 * field 2 may hold spaces and brackets, so counting starts after the last bracket.
 */
function readProcess(pid: number): { readonly startTime: string; readonly zombie: boolean } | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const startTime = fields?.[19]
  if (fields === undefined || startTime === undefined) return null
  // A leader that ended while its threads go on is a zombie too, and not dead.
  return { startTime, zombie: /^[ZX]$/.test(fields[0] ?? '') && Number(fields[17]) <= 1 }
}

/**
 * The id is shown in records that others may read, so it is a keyed digest, as systemd asks for. The
 * host name is part of it because cloned machines often share /etc/machine-id, and two machines
 * taken for one would prove a living worker dead. In containers, images share it: see the caller.
 */
function readMachineId(): string | null {
  const id = attempt(() => readFileSync('/etc/machine-id', 'utf8').trim())
  if (!id) return null
  const { createHmac } = process.getBuiltinModule('node:crypto')
  return createHmac('sha256', id)
    .update(`dev-loops ${process.getBuiltinModule('node:os').hostname()}`)
    .digest('hex')
    .slice(0, 32)
}

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch {
    return null
  }
}
