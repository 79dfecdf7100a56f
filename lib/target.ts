/**
 * What is worked on, and how it is named: forge host, `owner/name`, and a number, a branch, or the name
 * of a lease on something else that only one may hold, such as the conductor of a repository.
 *
 * These parsers stand at every edge (arguments, records, GitHub's answers), so they use no schema
 * library: the fastest commands load nothing else. Slugs are compared without case and are kept
 * lower-case; numbers are positive integers written in digits, nothing else.
 */
import { consistsOf } from './consists-of.ts'
import { UsageError } from './errors.ts'

/** GitHub numbers issues and pull requests in one series, so a number names at most one of them. */
export interface NumberedTarget {
  readonly host: string
  readonly repo: string
  readonly number: number
}

export interface BranchTarget {
  readonly host: string
  readonly repo: string
  readonly branch: string
}

/** Whatever else needs a single holder in a repository: `conductor`, `merge/main`. */
interface LeaseTarget {
  readonly host: string
  readonly repo: string
  readonly lease: string
}

export type Target = NumberedTarget | BranchTarget | LeaseTarget

const DIGITS = '0123456789'
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const NAME = `${LETTERS}${DIGITS}_.-`
const HOST = /^[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?(:\d{1,5})?$/
const SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/

/**
 * @returns the slug in lower case
 * @throws UsageError `invalid_value` for anything but exactly `owner/name`, each of letters, digits,
 *   `.`, `_` and `-`, at most 100 characters, and neither `.` nor `..`
 */
export function parseSlug(text: string): string {
  const parts = text.split('/')
  const valid = parts.length === 2 && parts.every((part) => isName(part) && part !== '.' && part !== '..')
  if (!valid) throw invalid('repository', text, 'owner/name, such as acme/api')
  return text.toLowerCase()
}

/** @throws UsageError `invalid_value` for anything but the digits of an integer from 1 to 2147483647 */
export function parseNumber(text: string): number {
  const value = text !== '' && text.length <= 10 && consistsOf(text, DIGITS) ? Number(text) : 0
  if (value < 1 || value > 2_147_483_647) throw invalid('number', text, 'a positive whole number, such as 88')
  return value
}

/** @throws UsageError `invalid_value` unless it is 1 to 100 letters, digits, `.`, `_`, `-`, not starting with a mark */
export function parseRunId(text: string): string {
  if (!isName(text) || '._-'.includes(text.charAt(0)))
    throw invalid('run id', text, 'letters, digits, ".", "_" and "-", such as r-7f3a')
  return text
}

/** @throws UsageError `invalid_value` unless it is a whole object name: 40 or 64 lower-case hexadecimal digits */
export function parseSha(text: string): string {
  if (!SHA.test(text)) throw invalid('commit', text, 'a full commit id of 40 hexadecimal digits')
  return text
}

/** @throws UsageError `invalid_value` unless it is a host name, with or without a port */
export function parseHost(text: string): string {
  const host = text.toLowerCase()
  if (!HOST.test(host)) throw invalid('host', text, 'a host name, such as github.com')
  return host
}

/**
 * The rules of `git check-ref-format` for a branch, and no leading `-`.
 *
 * @throws UsageError `invalid_value`
 */
export function parseBranch(text: string): string {
  if (!isBranchName(text)) throw invalid('branch', text, 'a branch name, such as dev-loops/issue-12')
  return text
}

export function isBranchName(text: string): boolean {
  if (text.length === 0 || text.length > 244 || text === '@' || text.startsWith('-')) return false
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids exactly these in a ref name
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$|^\//.test(text)) return false
  return text.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'))
}

/**
 * The rules of a branch, because the merge of a base branch is named after it: `merge/<branch>`.
 *
 * @throws UsageError `invalid_value`
 */
export function parseLeaseName(text: string): string {
  if (!isLeaseName(text)) throw invalid('name of a lease', text, 'a name such as conductor or merge/main')
  return text
}

export function isLeaseName(text: string): boolean {
  return isBranchName(text)
}

/** How a target is shown to people: `acme/api#88`, `acme/api@main` or `acme/api!conductor`. */
export function formatTarget(target: Target): string {
  return `${target.repo}${nameInRepository(target)}`
}

/** No name of a branch or lease begins with these marks, so each shown name is one target's only. */
function nameInRepository(target: Target): string {
  if ('number' in target) return `#${target.number}`
  return 'branch' in target ? `@${target.branch}` : `!${target.lease}`
}

export function sameTarget(a: Target, b: Target): boolean {
  return a.host === b.host && formatTarget(a) === formatTarget(b)
}

/** The store's key: stable, unique per target, and different for a number, a branch and a lease. */
export function targetKey(target: Target): string {
  const repository = `${target.host}/${target.repo}`
  if ('number' in target) return `${repository}/number/${target.number}`
  return 'branch' in target ? `${repository}/branch/${target.branch}` : `${repository}/lease/${target.lease}`
}

/** Beside its targets a repository has other records, such as the list of its workers. */
export function isTargetKey(key: string): boolean {
  const [, , , kind = ''] = key.split('/')
  return ['number', 'branch', 'lease'].includes(kind)
}

/** @returns the target that a store's key stands for; `null` for the key of any other record */
export function targetOfKey(key: string): Target | null {
  const [host = '', owner = '', name = '', kind, ...rest] = key.split('/')
  const at = { host, repo: `${owner}/${name}` }
  const last = rest.join('/')
  if (last === '') return null
  if (kind === 'number') return { ...at, number: Number(last) }
  if (kind === 'branch') return { ...at, branch: last }
  return kind === 'lease' ? { ...at, lease: last } : null
}

function isName(text: string): boolean {
  return text !== '' && text.length <= 100 && consistsOf(text, NAME)
}

function invalid(what: string, text: string, expected: string): UsageError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return new UsageError('invalid_value', `${JSON.stringify(shown)} is not a ${what}; give ${expected}`, {
    what,
    value: shown,
  })
}
