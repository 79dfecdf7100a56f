/**
 * What can be seen of a repository from its files, for the proposal of `config init`.
 *
 * Nothing is run and nobody is asked: a proposal must work offline, and a stranger's repository must
 * not get to execute something because somebody asked for a configuration.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Checkout } from '../checkout.ts'
import { REPOSITORY_FILES } from './inputs.ts'

export interface Survey {
  /** Of the files that a `.devloops` would stand beside. */
  readonly existing: readonly string[]
  readonly defaultBranch: string | null
  /** Names of scripts in package.json; `null` without that file. */
  readonly packageScripts: Readonly<Record<string, string>> | null
  readonly packageRunner: 'npm' | 'pnpm' | 'yarn' | 'bun'
  readonly makeTargets: readonly string[]
  /** Of a few file names that tell how a project is tested. */
  readonly marks: readonly string[]
  /** Workflows of GitHub Actions that a push or a pull request starts. */
  readonly workflows: readonly string[]
}

const MARKS = [
  'Cargo.toml',
  'go.mod',
  'tox.ini',
  'pytest.ini',
  'pyproject.toml',
  '.circleci/config.yml',
  'azure-pipelines.yml',
  '.travis.yml',
  'Jenkinsfile',
  '.github/copilot-instructions.md',
] as const

const RUNNERS = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
] as const

const LONGEST_READ = 1_000_000

export function surveyRepository({ top, commonGitDir }: Checkout): Survey {
  const there = (name: string) => existsSync(join(top, name))
  return {
    existing: REPOSITORY_FILES.filter(there),
    defaultBranch:
      /^ref: refs\/remotes\/origin\/(.+)$/m.exec(read(commonGitDir, 'refs/remotes/origin/HEAD'))?.[1] ?? null,
    packageScripts: there('package.json') ? scriptsOf(read(top, 'package.json')) : null,
    packageRunner: RUNNERS.find(([lockfile]) => there(lockfile))?.[1] ?? 'npm',
    makeTargets: [...read(top, 'Makefile').matchAll(/^([A-Za-z][\w-]*):(?!=)/gm)].map(([, target]) => target ?? ''),
    marks: MARKS.filter(there),
    workflows: workflowsOf(top),
  }
}

function scriptsOf(text: string): Record<string, string> {
  try {
    const manifest: unknown = JSON.parse(text)
    if (typeof manifest !== 'object' || manifest === null || !('scripts' in manifest)) return {}
    const { scripts } = manifest
    if (typeof scripts !== 'object' || scripts === null) return {}
    return Object.fromEntries(Object.entries(scripts).filter((entry) => typeof entry[1] === 'string'))
  } catch {
    return {}
  }
}

/** A workflow that only runs by hand or by the clock never becomes a check of a pull request. */
function workflowsOf(top: string): string[] {
  const folder = join(top, '.github', 'workflows')
  return namesIn(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .filter((name) => /\b(pull_request|push|merge_group)\b/.test(read(folder, name)))
    .sort()
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Empty when it cannot be read: what is not seen is not proposed. */
function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8').slice(0, LONGEST_READ)
  } catch {
    return ''
  }
}
