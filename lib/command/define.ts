/**
 * One definition of a command gives the script, `dev-loops <group> <command>`, help, and the list of
 * all commands: nothing about a command is written down twice.
 */
import type { ExitCode } from '../codes.ts'
import type { Executed, Refusal } from '../outcome.ts'
import type { Boundary } from '../sessions/effect.ts'
import type { Options, Parsed } from './options.ts'

/** A condition over several options; `check` answers what is wrong, or `null`. */
export interface OptionRule {
  readonly description: string
  readonly check: (given: ReadonlySet<string>) => string | null
}

/** What a command may use of the world around it; anything heavier is opened through services.ts. */
export interface CommandContext {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by SIGINT, SIGTERM or whoever runs the command in-process. */
  readonly signal: AbortSignal
  /** One line of progress on stderr; with `--json` the fields as one JSON line. */
  progress(line: string, fields?: Readonly<Record<string, unknown>>): void
  readStdin(): Promise<string>
  /** Awaited at each instant around an effect, where a process may die; only tests and `run` set it. */
  readonly onBoundary?: (boundary: Boundary) => void | Promise<void>
  /** Runs another command of ours in this process, as if it had been called with these words. */
  execute(argv: readonly string[], inContext?: CommandContext): Promise<Executed>
}

/** The one JSON object on stdout. */
export type CommandAnswer = ({ readonly ok: true } & object) | Refusal

export interface CommandDefinition<O extends Options, A extends CommandAnswer> {
  /** Words of the command, such as `ownership claim`. */
  readonly name: string
  /** Effect first, present tense, one sentence. */
  readonly summary: string
  /** The commands that do the same today, when this one is kept for callers of a predecessor. */
  readonly aliasOf?: readonly [string, ...string[]]
  /** What it will not do, and anything that would surprise. */
  readonly details?: string
  /** What it changes, for help: `nothing`, `one record of the store`, `the pull request`. */
  readonly writes: string
  readonly options: O
  /** Key of the one option whose value is the first word, without its flag: `pr-runner-coordination claim`. */
  readonly firstWord?: keyof O & string
  readonly rules?: readonly OptionRule[]
  /** Statuses and refusal codes that a caller should know. */
  readonly answers: readonly string[]
  /** Fields of the answer and what they mean. */
  readonly output: Readonly<Record<string, string>>
  readonly exits: readonly ExitCode[]
  /** The first one stands in help; each works when pasted. */
  readonly examples: readonly [string, ...string[]]
  readonly run: (options: Parsed<O>, context: CommandContext) => Promise<A>
  /** The short readable answer on a terminal. */
  readonly text: (answer: A) => string
  /** Only where the code of the answer does not say it, as for those of `next`, which are `ok` and yet not exit 0. */
  readonly exit?: (answer: A) => ExitCode
}

/** A definition whose option and answer types no longer matter, as registry and help see it. */
export interface Command {
  readonly definition: Omit<CommandDefinition<Options, CommandAnswer>, 'run' | 'text' | 'exit'>
  invoke(values: Readonly<Record<string, unknown>>, context: CommandContext): Promise<Invoked>
}

interface Invoked {
  readonly answer: CommandAnswer
  readonly text: string
  /** `null`: as the answer's code says. */
  readonly exit: ExitCode | null
}

export function defineCommand<const O extends Options, A extends CommandAnswer>(
  definition: CommandDefinition<O, A>,
): Command {
  return {
    definition,
    async invoke(values, context) {
      // The parser has filled `values` from `definition.options`, so their types are those of O.
      const answer = await definition.run(values as Parsed<O>, context)
      return { answer, text: definition.text(answer), exit: definition.exit?.(answer) ?? null }
    },
  }
}

/** Exactly one of these options must be given. */
export function exactlyOneOf(...names: string[]): OptionRule {
  const shown = () => names.map(flagName).join(' or ')
  return {
    get description() {
      return `exactly one of ${shown()}`
    },
    check: (given) => {
      const present = names.filter((name) => given.has(name))
      return present.length === 1 ? null : `give exactly one of ${shown()}`
    },
  }
}

export function atMostOneOf(...names: string[]): OptionRule {
  const description = `at most one of ${names.map(flagName).join(' or ')}`
  const check = (given: ReadonlySet<string>) =>
    names.filter((name) => given.has(name)).length > 1 ? description : null
  return { description, check }
}

/** `first` is only meant together with `second`. */
export function needs(first: string, second: string): OptionRule {
  const description = `${flagName(first)} needs ${flagName(second)}`
  return { description, check: (given) => (given.has(first) && !given.has(second) ? description : null) }
}

export function flagName(key: string): string {
  let name = '--'
  for (const letter of key) {
    const small = letter.toLowerCase()
    name += letter === small ? letter : `-${small}`
  }
  return name
}
