/**
 * Which worktrees this repository has, and which run each was made for.
 *
 * The owner is a small file in the worktree's own git folder: it is never committed, it goes away with
 * the worktree, and it tells a worktree of ours from one that a person made by hand.
 */
import { readdir, readFile, realpath, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { findCommonGitDir, findGitDir } from '../checkout.ts'
import { type GitAccess, readGitLine, runGit } from './run.ts'

export interface WorktreeEntry {
  readonly path: string
  /** `null` when detached, or in a bare repository. */
  readonly branch: string | null
  readonly head: string | null
  /** The first of the list: the checkout that the others belong to. */
  readonly main: boolean
  readonly locked: boolean
  /** git is filling it, or was killed while it did. */
  readonly initializing: boolean
  /** Its folder is gone and only the registration is left. */
  readonly prunable: boolean
}

/** Commits that the branch received from outside: everything in `to` that `from` lacks. */
export interface AdoptedRange {
  readonly from: string
  readonly to: string
}

export interface WorktreeOwner {
  readonly schemaVersion: 1
  readonly runId: string
  readonly branch: string
  readonly base: string
  readonly remote: string
  /** The commit that the branch stood at when the worktree was made. */
  readonly startedFrom: string
  readonly adopted: readonly AdoptedRange[]
}

export interface OwnedWorktree extends WorktreeEntry {
  /** `null`: made by hand, or its file cannot be read. */
  readonly owner: WorktreeOwner | null
}

const OWNER_FILE = 'dev-loops.json'

export async function listWorktrees(options: GitAccess & { cwd: string }): Promise<readonly OwnedWorktree[]> {
  const printed = await printWorktrees(options)
  const folders = await readGitFolders(options)
  const entries = parseWorktreeList(printed)

  return await Promise.all(
    entries.map(async (entry) => {
      const folder = folders.get(entry.path)
      return { ...entry, owner: folder === undefined ? null : await readOwner(folder) }
    }),
  )
}

/** git before 2.36 does not know `-z`; there, a path with a line feed is the one thing that is misread. */
async function printWorktrees(options: GitAccess & { cwd: string }): Promise<string> {
  const args = ['worktree', 'list', '--porcelain']
  const { stdout, exitCode } = await runGit([...args, '-z'], { ...options, okCodes: [0, 129] })
  return exitCode === 0 ? stdout : (await runGit(args, options)).stdout.replaceAll('\n', '\0')
}

/** Reads `git worktree list --porcelain -z`: attributes end in NUL, entries in an empty attribute. */
export function parseWorktreeList(text: string): readonly WorktreeEntry[] {
  return text
    .split('\0\0')
    .map((block) => block.split('\0').filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines, index) => {
      const attributes = new Map(lines.map(splitAttribute))
      return {
        path: attributes.get('worktree') ?? '',
        branch: attributes.get('branch')?.replace(/^refs\/heads\//, '') ?? null,
        head: attributes.get('HEAD') ?? null,
        main: index === 0,
        locked: attributes.has('locked'),
        initializing: attributes.get('locked') === 'initializing',
        prunable: attributes.has('prunable'),
      }
    })
}

/** The folder in which git keeps this worktree's own state (`HEAD`, index, an unfinished merge). */
export async function readGitFolder(options: GitAccess & { cwd: string }): Promise<string> {
  return findGitDir(options.cwd) ?? (await readGitLine(['rev-parse', '--absolute-git-dir'], options))
}

export async function readOwner(gitFolder: string): Promise<WorktreeOwner | null> {
  try {
    return parseOwner(JSON.parse(await readFile(join(gitFolder, OWNER_FILE), 'utf8')))
  } catch {
    return null
  }
}

/** Replaces the file in one step, so that a killed writer leaves the old one. */
export async function writeOwner(gitFolder: string, owner: WorktreeOwner): Promise<void> {
  const file = join(gitFolder, OWNER_FILE)
  const prepared = `${file}.${process.pid}`
  await writeFile(prepared, `${JSON.stringify(owner, null, 2)}\n`)
  await rename(prepared, file)
}

async function readGitFolders(options: GitAccess & { cwd: string }): Promise<ReadonlyMap<string, string>> {
  const common = findCommonGitDir(options.cwd) ?? (await readGitLine(['rev-parse', '--git-common-dir'], options))
  const parent = join(await realpath(resolve(options.cwd, common)), 'worktrees')
  const names = await readdir(parent).catch(() => [])

  const folders = new Map<string, string>()
  for (const name of names) {
    const folder = join(parent, name)
    const link = await readFile(join(folder, 'gitdir'), 'utf8').catch(() => null)
    // The file ends in one line feed of git's; a path may end in more of its own.
    if (link !== null) folders.set(dirname(resolve(folder, link.replace(/\n$/, ''))), folder)
  }
  return folders
}

function splitAttribute(line: string): readonly [string, string] {
  const space = line.indexOf(' ')
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
}

function parseOwner(value: unknown): WorktreeOwner | null {
  if (!isRecord(value) || value.schemaVersion !== 1) return null
  const { runId, branch, base, remote, startedFrom, adopted } = value
  if (typeof runId !== 'string' || typeof branch !== 'string' || typeof base !== 'string') return null
  if (typeof remote !== 'string' || typeof startedFrom !== 'string' || !Array.isArray(adopted)) return null

  const ranges: AdoptedRange[] = []
  for (const range of adopted) {
    if (!isRecord(range) || typeof range.from !== 'string' || typeof range.to !== 'string') return null
    ranges.push({ from: range.from, to: range.to })
  }
  return { schemaVersion: 1, runId, branch, base, remote, startedFrom, adopted: ranges }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
