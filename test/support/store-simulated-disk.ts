/**
 * A disk that can be stopped after any call: each call takes a disk and gives a new one.
 *
 * It does what the real one does for the protocols of lib/store/files, one call at a time. Listing is
 * not in here: a real listing takes a while, so whoever explores decides what it may have seen.
 */
import { dirname } from 'node:path'
import type { Files, Steps } from '../../lib/store/files/steps.ts'

/** Path to text for files; folders end in `/` and hold nothing. */
export type Disk = ReadonlyMap<string, string>

export interface Call {
  readonly op: keyof Files
  readonly path: string
  readonly to?: string
  readonly text?: string
}

/** What one call answered, under the name of the call; nothing for calls without an answer. */
export type Answer = { readonly [Op in keyof Files]?: Awaited<ReturnType<Files[Op]>> }

export interface Applied {
  readonly disk: Disk
  readonly answer: Answer
}

export function applyCall(disk: Disk, call: Call): Applied {
  switch (call.op) {
    case 'read':
      return { disk, answer: { read: disk.get(call.path) ?? null } }
    case 'has':
      return { disk, answer: { has: disk.has(call.path) } }
    case 'write':
      return write(disk, call)
    case 'rename':
      return rename(disk, call.path, call.to ?? '')
    case 'makeFolder':
      return { disk: withFolder(disk, call.path), answer: {} }
    case 'remove':
      return { disk: without(disk, (path) => path === call.path), answer: {} }
    case 'removeFolder':
      return { disk: without(disk, (path) => path.startsWith(`${call.path}/`)), answer: {} }
    default:
      return { disk, answer: {} }
  }
}

/** @returns null when there is no such folder */
export function namesIn(disk: Disk, folder: string): readonly string[] | null {
  if (!disk.has(`${folder}/`)) return null
  const inside = [...disk.keys()]
    .filter((path) => path.startsWith(`${folder}/`))
    .map((path) => path.slice(folder.length + 1))
  return [...new Set(inside.map((path) => path.split('/')[0] ?? ''))].filter((name) => name !== '').sort()
}

/** Makes all steps of a protocol at once, with nobody between them. */
export function runAlone<T>(steps: Steps<T>, start: Disk): { readonly value: T; readonly disk: Disk } {
  let disk = start
  const files = filesAnswering((call) => {
    if (call.op === 'list') return { list: namesIn(disk, call.path) }
    if (call.op === 'isGone') return { isGone: true }
    const applied = applyCall(disk, call)
    disk = applied.disk
    return applied.answer
  })

  let current = steps.next()
  while (!current.done) {
    void current.value.perform(files)
    current = steps.next()
  }
  return { value: current.value, disk }
}

/** A disk whose every call is answered by `make`. */
export function filesAnswering(make: (call: Call) => Answer): Files {
  return {
    list: (path) => make({ op: 'list', path }).list ?? null,
    read: (path) => make({ op: 'read', path }).read ?? null,
    has: (path) => make({ op: 'has', path }).has ?? false,
    write: (path, text) => make({ op: 'write', path, text }).write ?? 'done',
    rename: (path, to) => make({ op: 'rename', path, to }).rename ?? 'done',
    isGone: (pid) => make({ op: 'isGone', path: String(pid) }).isGone ?? false,
    sync: (path) => void make({ op: 'sync', path }),
    makeFolder: (path) => void make({ op: 'makeFolder', path }),
    remove: (path) => void make({ op: 'remove', path }),
    removeFolder: (path) => void make({ op: 'removeFolder', path }),
    pause: () => void make({ op: 'pause', path: '' }),
  }
}

function write(disk: Disk, { path, text = '' }: Call): Applied {
  if (!disk.has(`${dirname(path)}/`)) return { disk, answer: { write: 'absent' } }
  if (disk.has(path)) throw new Error(`${path} is written twice`)
  return { disk: new Map([...disk, [path, text]]), answer: { write: 'done' } }
}

function rename(disk: Disk, from: string, to: string): Applied {
  const moved = [...disk].filter(([path]) => path === from || path.startsWith(`${from}/`))
  if (moved.length === 0 || !disk.has(`${dirname(to)}/`)) return { disk, answer: { rename: 'absent' } }
  if ([...disk.keys()].some((path) => path.startsWith(`${to}/`) && path !== `${to}/`))
    return { disk, answer: { rename: 'occupied' } }

  const rest = without(disk, (path) => path === from || path.startsWith(`${from}/`))
  const arrived = moved.map(([path, text]): [string, string] => [to + path.slice(from.length), text])
  return { disk: new Map([...rest, ...arrived]), answer: { rename: 'done' } }
}

function withFolder(disk: Disk, folder: string): Disk {
  if (folder === '.' || folder === '/' || disk.has(`${folder}/`)) return disk
  return new Map([...withFolder(disk, dirname(folder)), [`${folder}/`, '']])
}

function without(disk: Disk, gone: (path: string) => boolean): Disk {
  return new Map([...disk].filter(([path]) => !gone(path)))
}
