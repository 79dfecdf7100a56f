/**
 * What does the preference `store` name?
 *
 *   files                 folders of this machine
 *   git                   the remote of this checkout that is the target's repository
 *   git+<address>         any other repository: https, ssh, a folder
 *   …#branches            there, as branches, where the remote forbids refs of our own
 *
 * Only addresses that git reaches without starting a program of the address's choice are let through,
 * and none that begins like an option.
 */
import { UsageError } from '../../errors.ts'
import type { Namespace } from './ref-names.ts'

export interface StoreChoice {
  /** `null`: the remote that is the target's repository. */
  readonly url: string | null
  readonly namespace: Namespace
}

const BRANCHES = '#branches'
const URL_FORM = /^(?:https?|ssh|git\+ssh|file):\/\/[^\s]+$/i
const SCP_FORM = /^(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9[][A-Za-z0-9.:\]_-]*:(?!\/\/)[^:\s][^\s]*$/
const FOLDER_FORM = /^(?:\/|[A-Za-z]:[\\/])/

/** @throws UsageError `invalid_value` for all but the ways to name a git remote */
export function parseStoreChoice(text: string): StoreChoice {
  const branches = text.endsWith(BRANCHES)
  const plain = branches ? text.slice(0, -BRANCHES.length) : text
  const namespace = branches ? 'branches' : 'refs'
  if (plain === 'git') return { url: null, namespace }

  const url = plain.startsWith('git+') ? plain.slice('git+'.length) : null
  if (url !== null && /:\/\/[^/@]*:[^/@]*@/.test(url)) {
    const message =
      'the address of the store must not contain a password; give the token in GH_TOKEN, or let git ask its credential helper'
    throw new UsageError('invalid_value', message, { what: 'store' })
  }
  if (url !== null && isRemoteUrl(url)) return { url, namespace }
  throw new UsageError(
    'invalid_value',
    `store ${JSON.stringify(withoutPassword(text).slice(0, 100))} names no store; give files, git, or git+<address> such as git+https://github.com/acme/state`,
    { what: 'store' },
  )
}

export function isRemoteUrl(url: string): boolean {
  return URL_FORM.test(url) || FOLDER_FORM.test(url) || (SCP_FORM.test(url) && !url.includes('::'))
}

/** For people and for telling addresses apart: who logs in, and with what, is left out. */
export function withoutPassword(url: string): string {
  return url.replace(/(:\/\/)[^/@\s]*@/, '$1')
}
