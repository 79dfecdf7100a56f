/**
 * Node ids: opaque to callers, the same after a restart, and enough to find the thing again.
 */

const PREFIXES = {
  R: 'Repository',
  PR: 'PullRequest',
  I: 'Issue',
  IC: 'IssueComment',
  PRR: 'PullRequestReview',
  PRRT: 'PullRequestReviewThread',
  PRRC: 'PullRequestReviewComment',
  PRC: 'PullRequestCommit',
  RR: 'ReviewRequest',
  U: 'User',
  BOT: 'Bot',
  LA: 'Label',
  C: 'Commit',
  T: 'Tree',
  B: 'Blob',
  REF: 'Ref',
  S: 'Status',
  SCR: 'StatusCheckRollup',
  SC: 'StatusContext',
  CS: 'CheckSuite',
  CR: 'CheckRun',
  A: 'App',
  TE: 'TimelineEvent',
} as const

type Prefix = keyof typeof PREFIXES
type NodeType = (typeof PREFIXES)[Prefix]

export interface NodeKey {
  readonly type: NodeType
  readonly parts: readonly (string | number)[]
}

export function nodeId(type: NodeType, ...parts: (string | number)[]): string {
  const prefix = Object.entries(PREFIXES).find(([, name]) => name === type)?.[0]
  return `${prefix}_${Buffer.from(JSON.stringify(parts)).toString('base64url')}`
}

/** @returns `null` for anything that `nodeId` did not make */
export function parseNodeId(id: string): NodeKey | null {
  const match = /^([A-Z]+)_([A-Za-z0-9_-]+)$/.exec(id)
  const type = match && Object.entries(PREFIXES).find(([prefix]) => prefix === match[1])?.[1]
  if (!match || !type) return null

  const parts = parseParts(Buffer.from(match[2] ?? '', 'base64url').toString())
  return parts && { type, parts }
}

function parseParts(text: string): NodeKey['parts'] | null {
  try {
    const parts: unknown = JSON.parse(text)
    const valid = Array.isArray(parts) && parts.every((part) => typeof part === 'string' || typeof part === 'number')
    return valid ? parts : null
  } catch {
    return null
  }
}
