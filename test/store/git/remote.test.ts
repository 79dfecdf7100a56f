import { expect, it } from 'vitest'
import { GitError } from '../../../lib/errors.ts'
import { isDamage } from '../../../lib/store/git/remote.ts'

const said = (stderr: string, more: object = {}) => new GitError('git_failed', 'git', { stderr, ...more })
const SHA = 'a7df6f5d6b6bcfe307e17eae93cf2024479695ab'

it.each([
  'fatal: Could not read from remote repository.',
  "fatal: could not read Username for 'https://host.example': terminal prompts disabled",
  "fatal: could not read Password for 'https://a@host.example': terminal prompts disabled",
  "fatal: unable to access 'https://host.example/a.git/': Could not resolve host: host.example",
  "error: unable to read askpass response from 'askpass'",
  'fatal: unable to connect to host.example: Connection refused',
  "fatal: unable to find remote helper for 'gopher'",
  "fatal: Authentication failed for 'https://host.example/a.git/'",
  'fatal: the remote end hung up unexpectedly',
  'fatal: early EOF',
  'error: remote unpack failed: unpack-objects abnormal exit',
  "error: failed to push some refs to 'https://host.example/a.git'",
  'remote: fatal: loose object is corrupt',
])('what a line, a sign-in or the other side did is no damage of ours: %s', (line) => {
  expect(isDamage(said(`warning: something\n${line}\n`))).toBe(false)
})

it.each([
  `error: header for ${SHA} too long, exceeds 32 bytes\nfatal: loose object ${SHA} (stored in x) is corrupt`,
  `error: object file objects/a7/df is empty`,
  `fatal: bad object ${SHA}`,
  'fatal: offset beyond end of packfile (truncated pack?)',
  `fatal: offset beyond end of pack index for objects/pack/pack-${SHA}.pack (truncated index?)`,
  'error: inflate: data stream error (incorrect header check)',
  `fatal: unable to read ${SHA}`,
  `error: Could not read ${SHA}`,
  `fatal: packed object ${SHA} (stored in objects/pack/pack-${SHA}.pack) is corrupt`,
])('what lies in the cache damaged is known as that: %s', (line) => {
  expect(isDamage(said(`${line}\nfatal: the remote end hung up unexpectedly\n`))).toBe(true)
})

it('a git that broke down may have met anything', () => {
  expect(isDamage(said('BUG: zlib.c:57: total_in mismatch', { crashed: true }))).toBe(true)
  expect(isDamage(said('', { crashed: true }))).toBe(true)
})
