/**
 * The real disk below the protocols: one system call, or one durable write, for each step.
 *
 * All calls are synchronous, those too that wait for the device: nothing of this process may go on before
 * its change is durable, and the way through Node's thread pool and back costs a third of a change on a
 * fast disk. "Not there" and "taken" are answers, because the protocols live on them; every other error
 * means that the store cannot be used now.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../../errors.ts'
import { makeFolder } from '../../make-folder.ts'
import { writeSome } from '../../write-some.ts'
import type { Files, Renamed } from './steps.ts'

/** As an object, because Node copies its own for each call that only names the encoding. */
const TEXT = { encoding: 'utf8', flag: 'r' } as const

const ABSENT = ['ENOENT']
const OCCUPIED = ['ENOTEMPTY', 'EEXIST']
const FULL = ['ENOSPC', 'EDQUOT']
const FORBIDDEN = ['EROFS', 'EACCES', 'EPERM']

export const disk: Files = {
  list: (folder) => answer('list', folder, () => readdirSync(folder), { absent: null }),
  read: (path) => answer('read', path, () => readFileSync(path, TEXT), { absent: null }),
  has: existsSync,

  write(path, text) {
    const file = answer('write', path, () => openSync(path, 'wx'), { absent: null })
    if (file === null) return 'absent'
    try {
      keeping(file, () => fill(file, text))
      return 'done'
    } catch (error) {
      rmSync(path, { force: true })
      throw unavailable('write', path, error)
    }
  },

  rename(from, to) {
    const act = (): Renamed => {
      renameSync(from, to)
      return 'done'
    }
    return answer<Renamed, Renamed>('rename', from, act, { absent: 'absent', occupied: 'occupied' })
  },

  sync(folder) {
    // Windows has no way to ask for it; its file systems keep names in order.
    if (process.platform === 'win32') return
    // A prepared folder may be swept away under a creator that is taken for dead, as by another pid
    // namespace: there are no names to keep then, and the rename that follows finds out.
    const opened = answer('sync', folder, () => openSync(folder, 'r'), { absent: null })
    if (opened === null) return
    try {
      keeping(opened, () => {})
    } catch (error) {
      throw unavailable('sync', folder, error)
    }
  },

  makeFolder(path) {
    const first = answer<string | undefined, undefined>('make', path, () => makeFolder(path))
    if (first === undefined) return
    for (let made = path; made.length >= first.length; made = dirname(made)) disk.sync(dirname(made))
  },

  remove: (path) => answer('remove', path, () => unlinkSync(path), { absent: undefined }),
  removeFolder: (path) =>
    answer('remove', path, () => rmSync(path, { recursive: true, force: true }), { absent: undefined }),

  isGone(pid) {
    try {
      process.kill(pid, 0)
      return false
    } catch (error) {
      return errnoOf(error) === 'ESRCH'
    }
  },

  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

function fill(file: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text)
  while (rest.length > 0) rest = writeSome(file, rest)
}

/** Acts on an open file, waits until it is on the device and closes it, whatever happens. */
function keeping(file: number, act: () => void): void {
  try {
    act()
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

interface Expected<U> {
  readonly absent: U
  readonly occupied?: U
}

function answer<T, U>(operation: string, path: string, act: () => T, expected?: Expected<U>): T | U {
  try {
    return act()
  } catch (error) {
    const errno = errnoOf(error)
    if (expected && ABSENT.includes(errno)) return expected.absent
    if (OCCUPIED.includes(errno) && expected?.occupied !== undefined) return expected.occupied
    throw unavailable(operation, path, error)
  }
}

/** `changed: 'no'` where the error itself proves that the step did not happen. */
function unavailable(operation: string, path: string, error: unknown): StoreError {
  const errno = errnoOf(error)
  const refused = [...FULL, ...FORBIDDEN].includes(errno) && operation !== 'sync'
  const details = { operation, path, errno, ...(refused || operation === 'write' ? { changed: 'no' } : {}) }
  return new StoreError('store_unavailable', `cannot ${operation} ${path}: ${explain(errno)}`, details, {
    cause: error,
  })
}

function explain(errno: string): string {
  if (FULL.includes(errno)) return `the disk is full (${errno}); free some space, then repeat`
  if (FORBIDDEN.includes(errno))
    return `this user may not change it (${errno}); check its permissions, or choose another --state-dir`
  return `the file system answered ${errno}; check the disk, or choose another --state-dir`
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'an unknown error'
}
