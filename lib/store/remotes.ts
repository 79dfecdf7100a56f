/**
 * Which repositories does this clone know as remotes?
 *
 * The configuration file is read directly. git is asked only when that cannot settle the question:
 * the file includes others or rewrites addresses, or an address does not end in `owner/name`, as it
 * does when a user's own configuration abbreviates it.
 */
import { readFileSync } from 'node:fs'
import { parseSlug } from '../target.ts'
import { within } from '../within.ts'
import { type GitSetting, parseGitConfig } from './git-config.ts'

interface Remote {
  readonly name: string
  readonly url: string
}

const GIT_TIMEOUT_MS = 5_000

/** Whether one of the clone's remotes is `repo`; compared by `owner/name` without case. */
export function hasRemote(commonGitDir: string, repo: string): boolean {
  const wanted = repo.toLowerCase()
  return settle(commonGitDir, (remotes) => remotes.some(({ url }) => slugOfUrl(url) === wanted) || null) ?? false
}

/** The `owner/name` of the remote `origin`; null when it has none that reads like one. */
export function originSlugOf(commonGitDir: string): string | null {
  return settle(commonGitDir, (remotes) => {
    const origin = remotes.find(({ name }) => name === 'origin')
    return origin ? slugOfUrl(origin.url) : null
  })
}

/** Where the repository is reached: the address of the remote that is `repo`; without one, that of `origin`. */
export function urlOfRepository(commonGitDir: string, repo: string | null): string | null {
  const wanted = repo?.toLowerCase()
  const isWanted = ({ name, url }: Remote) => (wanted === undefined ? name === 'origin' : slugOfUrl(url) === wanted)
  return settle(commonGitDir, (remotes) => remotes.find(isWanted)?.url ?? null)
}

/** The last two parts of the path, lower case: `https`, `ssh`, `host:path`, `file` and plain paths. */
export function slugOfUrl(url: string): string | null {
  const path = pathOf(url.trim())
  const parts = path.replaceAll('\\', '/').split('/').filter(Boolean)
  const last = parts.pop() ?? ''
  parts.push(last.toLowerCase().endsWith('.git') ? last.slice(0, -'.git'.length) : last)
  return slugOrNull(parts.filter(Boolean).slice(-2).join('/'))
}

/** Without scheme and host, or without the host of `host:path`. */
function pathOf(url: string): string {
  const colon = url.indexOf(':')
  if (colon < 1) return url
  if (!url.startsWith('://', colon)) return url.slice(0, colon).includes('/') ? url : url.slice(colon + 1)
  const path = url.indexOf('/', colon + '://'.length)
  return path < 0 ? '' : url.slice(path)
}

function slugOrNull(text: string): string | null {
  try {
    return parseSlug(text)
  } catch {
    return null
  }
}

/** Answers from the file where it can; `null` of `look` means "not found there". */
function settle<T>(commonGitDir: string, look: (remotes: readonly Remote[]) => T | null): T | null {
  const settings = readSettings(commonGitDir)
  const remotes = remotesAmong(settings)
  const found = look(remotes)
  if (found !== null || !mayHideRemotes(settings, remotes)) return found
  return look(askGit(commonGitDir))
}

/** A command asks twice, for its target and for the place of the records; the same text says the same. */
let parsed: { readonly text: string; readonly settings: readonly GitSetting[] } | null = null

function readSettings(commonGitDir: string): readonly GitSetting[] {
  try {
    const text = readFileSync(within(commonGitDir, 'config'), 'utf8')
    if (parsed?.text !== text) parsed = { text, settings: parseGitConfig(text) }
    return parsed.settings
  } catch {
    return []
  }
}

function remotesAmong(settings: readonly GitSetting[]): readonly Remote[] {
  return settings
    .filter(({ section, name }) => section === 'remote' && (name === 'url' || name === 'pushurl'))
    .map(({ subsection, value }) => ({ name: subsection, url: value }))
}

function mayHideRemotes(settings: readonly GitSetting[], remotes: readonly Remote[]): boolean {
  const elsewhere = settings.some(
    ({ section }) => section === 'include' || section === 'includeif' || section === 'url',
  )
  return elsewhere || remotes.some(({ url }) => slugOfUrl(url) === null)
}

/** Not from lib/git: this must stay synchronous, and unloaded for all who never come here. */
function askGit(commonGitDir: string): readonly Remote[] {
  const { execFileSync } = process.getBuiltinModule('node:child_process')
  try {
    const args = ['--git-dir', commonGitDir, 'remote', '-v']
    const answer = execFileSync('git', args, {
      encoding: 'utf8',
      timeout: GIT_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return [...answer.matchAll(/^(\S+)\t(.+) \((?:fetch|push)\)/gm)].map(([, name = '', url = '']) => ({ name, url }))
  } catch {
    return []
  }
}
