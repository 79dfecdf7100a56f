/**
 * What a person needs to know to work on a forge that was just started.
 */
import type { Forge } from './forge.ts'

interface StartDescription {
  readonly lines: readonly string[]
  readonly fields: Readonly<Record<string, unknown>>
}

/** Lines that can be pasted into a shell, and the same as fields for a program. */
export function describeStart(forge: Forge): StartDescription {
  const { url, folder, host, environment, tokens, logins, issues } = forge
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`)
  const repositories = forge.repositories.map((repo) => ({ repo, clone: forge.gitUrl(repo) }))
  const lines = [
    `forge    ${url}  (${host})`,
    `folder   ${folder}`,
    ...issues.map(({ repo, number, title }) => `issue    ${repo}#${number}  ${title}`),
    '',
    `# work as ${logins.developer}:`,
    ...exports,
    ...repositories.map(({ clone }) => `git clone ${clone}`),
    '',
    'A push by hand asks for a user, which may be anything, and a password, which is $GH_TOKEN.',
    'Stop it with Ctrl-C; nothing is lost.',
  ]
  return { lines, fields: { url, folder, host, environment, tokens, logins, repositories, issues } }
}
