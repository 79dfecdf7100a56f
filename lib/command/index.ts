/** What a script needs to define a command; services.ts opens the heavier things it may use. */
export {
  type Command,
  type CommandAnswer,
  type CommandContext,
  defineCommand,
  exactlyOneOf,
  needs,
  notTogether,
} from './define.ts'
export { branch, choice, count, duration, flag, number, path, runIdentifier, sha, slug, text } from './options.ts'
export { runIfMain } from './process.ts'
export { dryRun, runId, stateDir, targetOptions } from './shared-options.ts'
