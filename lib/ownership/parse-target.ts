/**
 * Which target a stored record is about, and whether it is the one that it was looked up for.
 */
import { isBranchName, isLeaseName, parseHost, parseNumber, parseSlug, sameTarget, type Target } from '../target.ts'
import { type Fields, isFields, Unreadable } from './fields.ts'

/** The predecessor knew one host only, so its records do not name it. */
const PREDECESSOR_HOST = 'github.com'

export function parseTarget(raw: unknown, expected: Target | null): Target {
  if (!isFields(raw)) throw new Unreadable('it names no target')
  const found = readTarget(raw, expected)
  if (!expected || sameTarget(found, expected)) return found

  if (found.host !== expected.host) throw new Unreadable(`it belongs to host ${found.host}, not ${expected.host}`)
  if (found.repo !== expected.repo) throw new Unreadable(`it belongs to repository ${found.repo}, not ${expected.repo}`)
  throw new Unreadable(`it belongs to ${nameIn(found)}, not ${nameIn(expected)}`)
}

function readTarget(raw: Fields, expected: Target | null): Target {
  const number = raw.number ?? raw.pr
  try {
    const host = raw.host === undefined ? (expected?.host ?? PREDECESSOR_HOST) : hostOf(raw.host, expected)
    const repo = expected !== null && raw.repo === expected.repo ? expected.repo : parseSlug(String(raw.repo).trim())
    if (number !== undefined) return { host, repo, number: parseNumber(String(number)) }
    return isBranch(raw.branch) ? { host, repo, branch: raw.branch } : { host, repo, lease: leaseName(raw.lease) }
  } catch {
    throw new Unreadable('its target is no host, repository and number, branch or lease')
  }
}

/** What is expected needs no check: it was checked where it came from. */
function hostOf(host: unknown, expected: Target | null): string {
  return expected !== null && host === expected.host ? expected.host : parseHost(String(host))
}

function leaseName(value: unknown): string {
  if (typeof value === 'string' && isLeaseName(value)) return value
  throw new Unreadable('its target is no lease')
}

export function isBranch(value: unknown): value is string {
  return typeof value === 'string' && isBranchName(value)
}

function nameIn(target: Target): string {
  if ('number' in target) return `number ${target.number}`
  return 'branch' in target ? `branch ${target.branch}` : `lease ${target.lease}`
}
