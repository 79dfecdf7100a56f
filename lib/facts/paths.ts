/**
 * Which changed files a pattern of the policy means.
 *
 * `*` stands for any part of one name, `**` for any number of folders, `?` for one letter. A pattern
 * without a slash means a name in any folder; one that ends in a slash means everything below.
 */
import type { Listed } from './pull-request.ts'

export function matchesPattern(path: string, pattern: string): boolean {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern
  const anywhere = pattern.replace(/\/$/, '').includes('/') ? '' : '(?:.*/)?'
  return new RegExp(`^${anywhere}${translate(whole)}$`, 's').test(path)
}

/** @returns `null` when the list of files is not whole and none of the known ones matches */
export function touchesAny(files: Listed<string>, patterns: readonly string[]): boolean | null {
  if (files.items.some((file) => patterns.some((pattern) => matchesPattern(file, pattern)))) return true
  return files.complete || patterns.length === 0 ? false : null
}

/** Whether there are changed files and each of them matches; a list that is not whole proves nothing. */
export function onlyTouches(files: Listed<string>, patterns: readonly string[]): boolean {
  const matched = (file: string) => patterns.some((pattern) => matchesPattern(file, pattern))
  return files.complete && files.items.length > 0 && files.items.every(matched)
}

function translate(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\*|\?|[\\^$.+()|[\]{}]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    return part === '?' ? '[^/]' : `\\${part}`
  })
}
