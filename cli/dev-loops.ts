#!/usr/bin/env node
// The umbrella: every command of the scripts folder under one name. It only picks and hands over.
import { finish, processContext } from '../lib/command/process.ts'
import { dispatch } from '../lib/command/registry.ts'
import { print, STDOUT } from '../lib/command/streams.ts'

const scripts = new URL('../scripts/', import.meta.url)
const words = process.argv.slice(2)

if (words.length === 0 || words[0] === '--help' || words[0] === '-h') {
  const { formatOverview } = await import('../lib/command/overview.ts')
  print(STDOUT, await formatOverview(scripts))
} else if (words[0] === '--version') {
  const { readVersion } = await import('../lib/command/overview.ts')
  print(STDOUT, `${readVersion(scripts)}\n`)
} else {
  finish(await dispatch(scripts, words, processContext(scripts, words)))
}
