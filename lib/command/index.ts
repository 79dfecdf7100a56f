/** What a script needs to define a command; services.ts opens the heavier things it may use. */
export { atMostOneOf, defineCommand, exactlyOneOf, needs } from './define.ts'
export { branch, choice, count, duration, flag, leaseName, number, path, runIdentifier, sha, text } from './options.ts'
export { runIfMain } from './process.ts'
export { dryRun, runId, stateDir, targetOptions } from './shared-options.ts'
