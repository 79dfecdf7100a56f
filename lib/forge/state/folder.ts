/**
 * Where the forge's memory is on disk, and how it gets there without ever being half written.
 *
 * A save replaces the whole file by rename. Saves asked for while one is being written are done
 * together by the next one, so a caller that awaits `save` knows that its change is on disk.
 */
import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreError } from '../../errors.ts'
import { makeFolder } from '../../make-folder.ts'
import type { ForgeState } from './model.ts'

export interface StateFile {
  readonly state: ForgeState
  save(): Promise<void>
}

/** @throws StoreError `state_unreadable`, or `store_unavailable` when the folder cannot be written */
export async function openStateFile(folder: string): Promise<StateFile> {
  const path = join(folder, 'state.json')
  const state = await tryFolder(folder, async () => {
    makeFolder(join(folder, 'repos'))
    const found = (await readState(path)) ?? emptyState()
    await writeWhole(path, JSON.stringify(found, null, 1))
    return found
  })

  let writing: Promise<void> = Promise.resolve()
  let waiting: Promise<void> | null = null
  const save = () => {
    waiting ??= writing.then(() => {
      waiting = null
      writing = writeWhole(path, JSON.stringify(state, null, 1))
      return writing
    })
    return waiting
  }

  return { state, save }
}

/** Found out before anything is promised to a client. */
async function tryFolder<Value>(folder: string, use: () => Promise<Value>): Promise<Value> {
  try {
    return await use()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null
    if (cause instanceof StoreError || code === null) throw cause
    const message = `the forge cannot use ${folder} (${code}); look at its permissions and its disk, or give another --folder`
    throw new StoreError('store_unavailable', message, { folder, errno: code }, { cause })
  }
}

async function readState(path: string): Promise<ForgeState | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null

  const state = parseState(text)
  if (state) return state
  const message = `${path} is damaged or of another version; it is kept as it is, so start the forge on another folder`
  throw new StoreError('state_unreadable', message, { path })
}

function parseState(text: string): ForgeState | null {
  try {
    const state: ForgeState = JSON.parse(text)
    return state.schemaVersion === 1 && Array.isArray(state.repositories) ? state : null
  } catch {
    return null
  }
}

/** The host name is drawn once and kept: records of runs on this forge are filed under it. */
function emptyState(): ForgeState {
  const host = `${randomBytes(4).toString('hex')}.forge.local`
  return { schemaVersion: 1, host, nextId: 1, accounts: [], repositories: [] }
}

/** Readable by its owner only: the tokens of the forge's accounts are in it. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.writing`
  await writeFile(temporary, text, { mode: 0o600 })
  await rename(temporary, path)
}
