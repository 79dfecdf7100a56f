/**
 * Puts a commit on a branch of a bare repository without a work tree: for seeds, and for the person
 * in a seed who pushes in between.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git, tryGit } from './bare.ts'

interface NewCommit {
  readonly branch: string
  readonly message: string
  /** Path → text; files that are not named stay as they are. */
  readonly files: Readonly<Record<string, string>>
  /** Author and committer, as git reads them from its environment. */
  readonly identity: Readonly<Record<string, string>>
}

/** @returns the new commit; the branch is made if it is not there */
export async function writeCommit(gitDir: string, commit: NewCommit): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'forge-index-'))
  try {
    const env = { ...commit.identity, GIT_INDEX_FILE: join(scratch, 'index') }
    const ref = `refs/heads/${commit.branch}`
    const tip = await tryGit(gitDir, ['rev-parse', '--verify', '--quiet', ref])
    const parent = tip.exitCode === 0 ? tip.stdout.trim() : null
    if (parent) await git(gitDir, ['read-tree', parent], { env })

    const entries = await writeBlobs(gitDir, commit.files, scratch)
    await git(gitDir, ['update-index', '-z', '--add', '--index-info'], { env, input: entries })
    const tree = (await git(gitDir, ['write-tree'], { env })).trim()
    const parents = parent ? ['-p', parent] : []
    const oid = (await git(gitDir, ['commit-tree', tree, ...parents, '-F', '-'], { env, input: commit.message })).trim()
    await git(gitDir, ['update-ref', ref, oid, parent ?? '0'.repeat(40)])
    return oid
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Starts git once for all files. @returns a line for each, as `update-index --index-info` reads them */
async function writeBlobs(gitDir: string, files: NewCommit['files'], scratch: string): Promise<string> {
  const named = Object.entries(files).map(([path, text], i) => ({ path, text, at: join(scratch, `file-${i}`) }))
  for (const { at, text } of named) await writeFile(at, text)
  const input = named.map(({ at }) => `${at}\n`).join('')
  const oids = (await git(gitDir, ['hash-object', '-w', '--no-filters', '--stdin-paths'], { input })).split('\n')
  return named.map(({ path }, i) => `100644 ${oids[i]}\t${path}\0`).join('')
}
