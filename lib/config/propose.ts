/**
 * A policy for one repository, from what was seen of it, with the reason for each line.
 *
 * Only what differs between repositories is proposed; everything else stays at its strict default and
 * out of the file. Where nothing was seen the proposal is the strict value, not the convenient one,
 * with one exception: a repository without any CI would wait for checks that never come.
 */
import type { Survey } from './survey.ts'

interface ProposedKey {
  readonly key: 'checks.command' | 'checks.whenNone' | 'review.reviewer'
  readonly value: string | readonly string[] | null
  readonly reason: string
}

export interface Proposal {
  readonly keys: readonly ProposedKey[]
  /** The file as it would be written. */
  readonly text: string
  readonly defaultBranch: string | null
}

export function propose(survey: Survey): Proposal {
  const keys = [proposeCommand(survey), proposeWhenNone(survey), proposeReviewer(survey)]
  return { keys, text: formatFile(keys, survey.defaultBranch), defaultBranch: survey.defaultBranch }
}

function proposeCommand(survey: Survey): ProposedKey {
  const found = commandOfScripts(survey) ?? commandOfMake(survey) ?? commandOfMarks(survey)
  const nothing = { value: null, reason: 'no check or test command was found; name one if there is one' }
  return { key: 'checks.command', ...(found ?? nothing) }
}

type Found = Pick<ProposedKey, 'value' | 'reason'> | null

function commandOfScripts({ packageScripts, packageRunner }: Survey): Found {
  const name = ['check', 'test'].find((script) => isRealScript(packageScripts?.[script]))
  if (name === undefined) return null
  const value = packageRunner === 'npm' && name === 'test' ? ['npm', 'test'] : [packageRunner, 'run', name]
  return { value, reason: `package.json has a script "${name}"` }
}

/** `npm init` leaves a test script that only fails. */
function isRealScript(text: string | undefined): boolean {
  return text !== undefined && !text.includes('no test specified')
}

function commandOfMake({ makeTargets }: Survey): Found {
  const target = ['check', 'test'].find((name) => makeTargets.includes(name))
  return target === undefined ? null : { value: ['make', target], reason: `the Makefile has a target "${target}"` }
}

const COMMAND_OF_MARK: readonly (readonly [Survey['marks'][number], readonly string[]])[] = [
  ['Cargo.toml', ['cargo', 'test']],
  ['go.mod', ['go', 'test', './...']],
  ['tox.ini', ['tox']],
  ['pytest.ini', ['python', '-m', 'pytest']],
  ['pyproject.toml', ['python', '-m', 'pytest']],
]

function commandOfMarks({ marks }: Survey): Found {
  const found = COMMAND_OF_MARK.find(([mark]) => marks.includes(mark))
  return found ? { value: found[1], reason: `there is a ${found[0]}` } : null
}

const OTHER_CI = ['.circleci/config.yml', 'azure-pipelines.yml', '.travis.yml', 'Jenkinsfile']

function proposeWhenNone({ workflows, marks }: Survey): ProposedKey {
  const key = 'checks.whenNone'
  const [workflow, ...others] = workflows
  if (workflow !== undefined) {
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    return { key, value: 'wait', reason: `.github/workflows/${workflow}${more} will report checks` }
  }
  const service = OTHER_CI.find((mark) => marks.includes(mark))
  if (service !== undefined) return { key, value: 'wait', reason: `${service} will report checks` }
  return { key, value: 'pass', reason: 'no CI was found, so checks would be waited for in vain' }
}

function proposeReviewer({ marks }: Survey): ProposedKey {
  const copilot = marks.includes('.github/copilot-instructions.md')
  return {
    key: 'review.reviewer',
    value: copilot ? 'copilot' : 'none',
    reason: copilot
      ? 'there are instructions for Copilot in .github'
      : 'no sign of Copilot was found; both gates still judge every change',
  }
}

const EDITOR_LINE = '# yaml-language-server: $schema=node_modules/dev-loops/dist/devloops.schema.json'

function formatFile(keys: readonly ProposedKey[], defaultBranch: string | null): string {
  const branch = oneLine(defaultBranch ?? 'the default branch')
  const sections = [...new Set(keys.map(({ key }) => sectionOf(key)))]
  const parts = sections.map(
    (section) =>
      `${section}:\n${keys
        .filter(({ key }) => sectionOf(key) === section)
        .map(formatKey)
        .join('')}`,
  )
  return [
    `${EDITOR_LINE}\n# Policy: it counts once this file is on ${branch}. All keys: dev-loops config show\nversion: 1\n`,
    ...parts,
  ].join('\n')
}

function formatKey({ key, value, reason }: ProposedKey): string {
  return `  # ${oneLine(reason)}\n  ${key.slice(key.indexOf('.') + 1)}: ${formatValue(value)}\n`
}

/** JSON is valid YAML for any text; plain words are left plain because people will edit them. */
function formatValue(value: ProposedKey['value']): string {
  if (typeof value === 'string') return formatWord(value)
  return value === null ? 'null' : `[${value.map(formatWord).join(', ')}]`
}

function formatWord(word: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(word) ? word : JSON.stringify(word)
}

/** File and branch names are written by others and must not end the comment. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?')
}

function sectionOf(key: string): string {
  return key.slice(0, key.indexOf('.'))
}
