/**
 * Puts our hook into a folder and takes it out again, so that the folder is byte for byte as before.
 *
 * A hook that stands there already gets a second name first, and then ours replaces the first one in one
 * step: at no instant is a hook of the user missing, also when the installer is killed. What others changed
 * or put in our place since then is never touched; they are told.
 */
import { randomUUID } from 'node:crypto'
import {
  link,
  lstat,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../make-folder.ts'
import { accept, type Outcome, type Refusal, refuse } from '../../outcome.ts'
import { formatHook, HOOK, type HookProgram, KEPT_HOOK, type OwnHook, parseHook } from './script.ts'

/**
 * `absent`: ours is not there; `installed`; `outdated`: ours, with another place of dev-loops or of the records;
 * `missing`: ours was taken away and the user's own still has its second name; `changed`: somebody changed
 * ours; `displaced`: somebody else's stands in its place.
 */
const HOOK_STATUSES = ['absent', 'installed', 'outdated', 'missing', 'changed', 'displaced'] as const
export type HookStatus = (typeof HOOK_STATUSES)[number]

export interface HookState {
  readonly status: HookStatus
  /** Where the user's own hook is, or will be, kept; `null`: there is none. */
  readonly kept: string | null
  readonly madeFolder: boolean
}

export interface HookChange {
  readonly action: 'installed' | 'already_installed' | 'updated' | 'uninstalled' | 'not_installed'
  readonly hook: string
  readonly kept: string | null
}

const PREPARED = `${HOOK}.dev-loops-new`

export async function inspectHook(folder: string, program: HookProgram): Promise<HookState> {
  const hook = join(folder, HOOK)
  const kept = join(folder, KEPT_HOOK)
  const text = await readText(hook)
  const ours = text === null ? null : parseHook(text)
  const hasKept = await exists(kept)
  const status = statusOf({ ours, exists: await exists(hook), hasKept: hasKept && !(await isSame(hook, kept)) })
  const isOutdated = status === 'installed' && text !== formatHook(program, ours?.madeFolder ?? false)
  const keeps = hasKept || (status === 'absent' && (await exists(hook)))
  return {
    status: isOutdated ? 'outdated' : status,
    kept: keeps ? kept : null,
    madeFolder: ours?.madeFolder ?? false,
  }
}

interface Found {
  readonly ours: OwnHook | null
  readonly exists: boolean
  /** Something stands under the second name that is not simply the hook itself. */
  readonly hasKept: boolean
}

function statusOf({ ours, exists, hasKept }: Found): HookStatus {
  if (ours !== null) return ours.intact ? 'installed' : 'changed'
  if (!hasKept) return 'absent'
  return exists ? 'displaced' : 'missing'
}

export interface HookRequest {
  readonly folder: string
  readonly program: HookProgram
  /** Only say what would be done. */
  readonly dryRun: boolean
}

/** @returns what was done, or refused `precondition_failed` when another's work stands in the way */
export async function installHook({ folder, program, dryRun }: HookRequest): Promise<Outcome<HookChange>> {
  const state = await inspectHook(folder, program)
  const inTheWay = refuseOthers(folder, state)
  if (inTheWay) return inTheWay
  const hook = join(folder, HOOK)
  const { kept, status } = state
  if (status === 'installed') return accept({ action: 'already_installed', hook, kept })
  const action = status === 'outdated' ? 'updated' : 'installed'
  if (dryRun) return accept({ action, hook, kept })

  const made = makeFolder(folder) !== undefined
  // A name of its own: what another installer is still writing must not become the hook.
  const prepared = join(folder, `${PREPARED}.${randomUUID().slice(0, 8)}`)
  await writeFile(prepared, formatHook(program, made || state.madeFolder), { mode: 0o755 })
  if (status === 'absent' && kept !== null) await giveSecondName(hook, kept)
  await rename(prepared, hook)
  return accept({ action, hook, kept })
}

export async function uninstallHook({ folder, program, dryRun }: HookRequest): Promise<Outcome<HookChange>> {
  const state = await inspectHook(folder, program)
  const inTheWay = refuseOthers(folder, state)
  if (inTheWay) return inTheWay
  const hook = join(folder, HOOK)
  const kept = join(folder, KEPT_HOOK)
  const action = state.status === 'absent' ? 'not_installed' : 'uninstalled'
  if (dryRun) return accept({ action, hook, kept: null })
  await sweep(folder)
  if (state.status === 'absent') {
    // Left by an installer that was killed right after it had named the user's hook a second time.
    if (await isSame(hook, kept)) await unlink(kept)
    return accept({ action, hook, kept: null })
  }

  if (state.kept === null) await unlink(hook)
  else await rename(kept, hook)
  if (state.madeFolder) await rmdir(folder).catch(keepFull)
  return accept({ action, hook, kept: null })
}

/** What killed installers left. */
async function sweep(folder: string): Promise<void> {
  const names = (await readdir(folder).catch((error: unknown) => orAbsent(error))) ?? []
  for (const name of names) if (name.startsWith(PREPARED)) await rm(join(folder, name), { force: true })
}

function refuseOthers(folder: string, { status, kept }: HookState): Refusal | null {
  const hook = join(folder, HOOK)
  if (status === 'changed') {
    const message = `${hook} was changed since dev-loops put it there; undo the change, or remove it by hand`
    return refuse('precondition_failed', message, { hook, kept })
  }
  if (status !== 'displaced') return null
  const message = `${hook} is another's hook, and ${KEPT_HOOK} beside it is from before dev-loops; decide which is to stay and remove the other`
  return refuse('precondition_failed', message, { hook, kept })
}

/** The same file, or the same link, under both names; what has the second one already keeps it. */
async function giveSecondName(hook: string, kept: string): Promise<void> {
  const stats = await lstat(hook)
  const named = stats.isSymbolicLink() ? symlink(await readlink(hook), kept) : link(hook, kept)
  await named.catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
}

async function isSame(hook: string, kept: string): Promise<boolean> {
  const [one, other] = await Promise.all([look(hook), look(kept)])
  if (one === null || other === null) return false
  if (one.isSymbolicLink() && other.isSymbolicLink()) return (await readlink(hook)) === (await readlink(kept))
  return one.ino === other.ino && one.dev === other.dev
}

async function exists(path: string): Promise<boolean> {
  return (await look(path)) !== null
}

async function look(path: string) {
  return lstat(path).catch((error: unknown) => orAbsent(error))
}

/** `null`: there is none, or it is no text file that one could read. */
async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: unknown) => orAbsent(error))
}

function orAbsent(error: unknown): null {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ELOOP') return null
  throw error
}

function keepFull(error: unknown): void {
  const code = codeOf(error)
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
}
