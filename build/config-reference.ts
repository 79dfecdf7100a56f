/**
 * docs/configuration.md: how configuration works, and every key with what it may hold and its default.
 */
import { parse } from 'yaml'
import { KEYS, type Key } from '../lib/config/keys.ts'

export function renderReference(defaultsYaml: string): string {
  const defaults: unknown = parse(defaultsYaml)
  const table = (kind: Key['kind']) =>
    renderTable(
      KEYS.filter((key) => key.kind === kind),
      defaults,
    )
  return `${HEAD}
## Preference

${table('preference')}
## Policy

${table('policy')}`
}

function renderTable(keys: readonly Key[], defaults: unknown): string {
  const rows = keys.map(
    ({ path, form, description }) =>
      `| \`${path}\` | ${description} | ${escapeCell(form)} | ${showDefault(defaults, path)} |\n`,
  )
  return `| key | meaning | value | default |\n|---|---|---|---|\n${rows.join('')}`
}

function showDefault(defaults: unknown, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>(
      (inner, name) => (typeof inner === 'object' && inner ? Reflect.get(inner, name) : undefined),
      defaults,
    )
  const text = Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
  return `\`${escapeCell(text)}\``
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|')
}

const HEAD = `<!-- Made from the schema and defaults.yaml by the build; edit those. -->

# Configuration

Nothing has to be configured: \`defaults.yaml\` holds every default with its reason. A file of yours
needs \`version: 1\` and the keys that differ.

\`\`\`yaml
# yaml-language-server: $schema=./node_modules/dev-loops/dist/devloops.schema.json
version: 1
agents:
  developer:
    command: [claude, -p]
checks:
  command: [npm, test]
\`\`\`

\`dev-loops config init\` proposes a file for the repository it is run in, \`config check\` lists every
problem with its line, and \`config show --origin\` says which file decided which key.

## Where a value comes from

A later layer wins over an earlier one. Sections merge key by key; a list is replaced as a whole.

| layer | place |
|---|---|
| defaults | shipped with the package |
| user | \`$XDG_CONFIG_HOME/dev-loops/config.yaml\` (\`~/.config\` without that variable), or \`.yml\`, \`.json\` |
| repository | \`.devloops\` at the top of the checkout, or \`.devloops.yaml\`, \`.yml\`, \`.json\` |
| environment | \`DEV_LOOPS_\` and the key in capitals: \`wait.pollInterval\` is \`DEV_LOOPS_WAIT_POLL_INTERVAL\` |
| flags | where a command has one, such as \`--state-dir\` |

In a variable a text is written as it is (\`5s\`), everything else as JSON
(\`DEV_LOOPS_AGENTS_DEVELOPER_COMMAND='["claude","-p"]'\`). A relative folder starts at the folder of the
file that names it, in a variable or flag at the current folder; \`~/\` is the home folder.

Of the spellings of one file only one may exist. Anchors, aliases and tags of YAML are not supported.

## Preference and policy

*Preference* says how work is done here. *Policy* says what is allowed: it counts only as it stands in
the repository's file **on the base branch** of a pull request, so that a change is judged by the rules
from before it. Without such a file the defaults hold, which are the strict ones. A file that is there
but cannot be read, or has any problem, proves nothing, and then nothing passes. Policy in the user
file, the environment or a flag is a problem. \`config show\` shows the policy that this checkout's file
asks for, not the one that is in force.

## Problems

Every problem is reported with file, line, column, key and the nearest valid name. A command that
changes something refuses to run while there is one (\`config_invalid\`, exit 2); one that only reads
goes on without the wrong key and shows the problem.

Durations are a whole number and a unit: \`500ms\`, \`90s\`, \`15m\`, \`2h\`, \`1d\`. Patterns of paths know
\`*\` (within a folder), \`**\` (across folders) and \`?\`; the name of a folder alone does not match what
is in it.
`
