/**
 * The policy file at the tip of a branch, over REST: the branch, its root folder, the file.
 *
 * Folder and file are named by their content, so as long as the branch stands still this is one question
 * that costs nothing. The judgement of what is found is the same as of GraphQL's answer.
 */
import { TextDecoder } from 'node:util'
import type { PolicyFileFact } from '../../facts/pull-request.ts'
import type { RawBase, RawPolicyEntry } from '../answers/parts.ts'
import { policyFileOf } from '../translate/parts.ts'
import { RestBlob, RestBranch, RestTree } from './answers.ts'
import { type RestReading, readForEver, readIfThere, readRest } from './read.ts'

export interface BranchTip {
  /** `null` when the branch is gone. */
  readonly sha: string | null
  readonly policyFile: PolicyFileFact
}

const NAMES = {
  '.devloops': 'plain',
  '.devloops.yaml': 'yaml',
  '.devloops.yml': 'yml',
  '.devloops.json': 'json',
} as const

/** GraphQL gives no more of a text than this. */
const MOST_BYTES = 500 * 1024

/** @param root path of the repository, from `/repos/` on */
export async function readTip(root: string, branch: string, reading: RestReading): Promise<BranchTip> {
  const path = `${root}/branches/${encodeURIComponent(branch)}`
  const tip = await readIfThere(readRest(path, RestBranch, reading))
  if (tip === null) return { sha: null, policyFile: policyFileOf(null) }

  const { sha, commit } = tip.commit
  const folder = await readForEver(`${root}/git/trees/${commit.tree.sha}`, RestTree, reading)
  if (folder.truncated) return { sha, policyFile: { status: 'unreadable', reason: 'the root folder is cut off' } }
  return { sha, policyFile: policyFileOf(await baseFrom(sha, folder, { ...reading, root })) }
}

async function baseFrom(
  oid: string,
  { tree }: RestTree,
  { root, ...reading }: RestReading & { readonly root: string },
): Promise<RawBase> {
  const found: Partial<Record<(typeof NAMES)[keyof typeof NAMES], RawPolicyEntry>> = {}
  for (const entry of tree) {
    const name = Object.hasOwn(NAMES, entry.path) ? NAMES[entry.path as keyof typeof NAMES] : undefined
    if (name === undefined) continue
    const isFile = entry.type === 'blob'
    const object = isFile ? blobFrom(await readForEver(`${root}/git/blobs/${entry.sha}`, RestBlob, reading)) : null
    found[name] = { mode: Number.parseInt(entry.mode, 8), object }
  }
  return { target: { __typename: 'Commit', oid, ...found } }
}

function blobFrom({ sha, encoding, content }: RestBlob): NonNullable<RawPolicyEntry>['object'] {
  const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8')
  const isBinary = bytes.includes(0)
  const isTruncated = bytes.length > MOST_BYTES
  return { __typename: 'Blob', oid: sha, isBinary, isTruncated, text: isBinary ? null : decoded(bytes) }
}

function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
