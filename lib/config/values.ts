/**
 * What a value in a configuration file may look like, one function per form.
 *
 * Each form carries two texts for people: `description`, which goes to editors and to the reference,
 * and `form`, which completes the sentence "`key` must be …" in a problem, so that nobody has to read
 * a schema library's message. What is read as a duration leaves as a number of milliseconds.
 */
import { z } from 'zod'
import { DURATION_PATTERN, formatDuration, MAX_DURATION_MS, readDuration } from '../duration.ts'

/** Never handed to an agent: with one of these it could act on GitHub in our name, or judge itself. */
const KEPT_FROM_AGENTS: readonly string[] = [
  'GH_TOKEN',
  'GITHUB_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'DEV_LOOPS_VERDICT_TOKEN',
]

/** An account of GitHub; that of an app ends in `[bot]`. */
const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?(\[bot\])?$/

const ARGUMENT = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[^\0]*$/)

export function duration(description: string, longestMs: number = MAX_DURATION_MS) {
  const limit = longestMs === MAX_DURATION_MS ? '' : `, at most ${formatDuration(longestMs)}`

  return z
    .string()
    .regex(new RegExp(DURATION_PATTERN))
    .transform((text, context) => {
      const ms = readDuration(text)
      if (ms !== null && ms <= longestMs) return ms
      context.issues.push({ code: 'custom', input: text, message: 'not a duration' })
      return z.NEVER
    })
    .meta({ description, form: `a duration such as 90s or 15m${limit}` })
}

export function count(description: string, { least, most }: { least: number; most: number }) {
  return z
    .int()
    .min(least)
    .max(most)
    .meta({ description, form: `a whole number from ${least} to ${most}` })
}

export function flag(description: string) {
  return z.boolean().meta({ description, form: 'true or false' })
}

export function choice<const Names extends readonly [string, ...string[]]>(names: Names, description: string) {
  return z.enum(names).meta({ description, form: oneOf(names) })
}

export function choices<const Names extends readonly [string, ...string[]]>(names: Names, description: string) {
  return z
    .array(z.enum(names))
    .max(names.length)
    .meta({ description, form: `a list; each entry is ${oneOf(names)}` })
}

/** At least one of the names: an empty list would switch the rule off without saying so. */
export function someOf<const Names extends readonly [string, ...string[]]>(names: Names, description: string) {
  const form = `a list of at least one entry; each entry is ${oneOf(names)}`
  return z.array(z.enum(names)).min(1).max(names.length).meta({ description, form })
}

/** Absolute once loaded: what a relative folder starts from depends on the layer it stands in. */
export function folder(description: string) {
  return z
    .string()
    .min(1)
    .max(4096)
    .regex(/^[^\0]*$/)
    .nullable()
    .meta({ description, form: 'a folder, or null', folder: true })
}

/** A program and its arguments. A single string is refused: only a shell could split it, and none is used. */
export function argv(description: string) {
  const form = 'a list of a program and its arguments such as [npm, test], or null'
  return z.tuple([ARGUMENT], ARGUMENT).nullable().meta({ description, form })
}

export function environmentNames(description: string) {
  const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/)
  const form = `a list of names of environment variables, without ${KEPT_FROM_AGENTS.join(', ')}`
  return z
    .array(name.refine((text) => !KEPT_FROM_AGENTS.includes(text)))
    .max(200)
    .meta({ description, form })
}

export function branchPrefix(description: string) {
  return z
    .string()
    .regex(/^(?!.*(\/\/|\.\.|\.lock\/|\/\.))[A-Za-z0-9][A-Za-z0-9._/-]{0,60}$/)
    .meta({ description, form: 'the beginning of a branch name such as dev-loops/' })
}

/** Looked at closely where the store is opened. */
export function storeName(description: string) {
  return z
    .string()
    .regex(/^(?:files|git(?:#branches|\+\S{1,2000})?)$/)
    .meta({ description, form: 'files, git, or git+<address> such as git+https://github.com/acme/state' })
}

/** Names of branches, or patterns of names. */
export function patterns(description: string) {
  return z
    .array(z.string().regex(/^(?!\/)[^\\\p{Cc}]{1,300}$/u))
    .max(500)
    .meta({ description, form: 'a list of patterns such as docs/** or *.md' })
}

export function accounts(description: string) {
  return z.array(z.string().regex(LOGIN)).max(500).meta({ description, form: 'a list of account names' })
}

/** Names in kebab case only: they end up in prompts, where free text would be an instruction. */
export function angles(description: string) {
  return z
    .array(
      z
        .string()
        .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
        .max(40),
    )
    .max(50)
    .meta({
      description,
      form: 'a list of angles, each of small letters, digits and single dashes, such as input-validation',
    })
}

export function reviewer(description: string) {
  return z.string().regex(LOGIN).meta({ description, form: 'copilot, none, or the name of an account' })
}

function oneOf(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`
}
