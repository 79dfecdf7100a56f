import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCheckout } from '../../lib/checkout.ts'
import { parsePolicy } from '../../lib/config/policy.ts'
import { propose } from '../../lib/config/propose.ts'
import { type Survey, surveyRepository } from '../../lib/config/survey.ts'
import { writeProposal } from '../../lib/config/write-proposal.ts'
import { aPlace } from './folder.ts'

const PLACEHOLDER = 'echo "Error: no test specified" && exit 1'
const WORKFLOW = '.github/workflows/ci.yml'

function surveyOf(files: Readonly<Record<string, string>>): Survey {
  const { repository, write } = aPlace()
  for (const [path, text] of Object.entries(files)) write(`repository/${path}`, text)
  const checkout = findCheckout(repository)
  if (checkout === null) throw new Error('the place is no checkout')
  return surveyRepository(checkout)
}

function proposalFor(files: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(propose(surveyOf(files)).keys.map(({ key, value }) => [key, value]))
}

describe('the proposal for a repository', () => {
  it.each([
    ['a check script', { 'package.json': '{"scripts": {"check": "x", "test": "y"}}' }, ['npm', 'run', 'check']],
    ['a test script', { 'package.json': '{"scripts": {"test": "y"}}' }, ['npm', 'test']],
    ['pnpm', { 'package.json': '{"scripts": {"test": "y"}}', 'pnpm-lock.yaml': '' }, ['pnpm', 'run', 'test']],
    ['a placeholder script', { 'package.json': JSON.stringify({ scripts: { test: PLACEHOLDER } }) }, null],
    ['a broken package.json', { 'package.json': '{"scripts": ', 'go.mod': 'module x' }, ['go', 'test', './...']],
    ['a Makefile', { Makefile: 'VERSION := 1\nall: x\n\ttrue\ntest:\n\ttrue\n' }, ['make', 'test']],
    ['a Makefile that only sets a variable test', { Makefile: 'test := 1\n' }, null],
    ['Rust', { 'Cargo.toml': '' }, ['cargo', 'test']],
    ['Python', { 'pyproject.toml': '' }, ['python', '-m', 'pytest']],
    ['nothing known', {}, null],
  ])('with %s has the matching check command', (_, files, command) => {
    expect(proposalFor(files)).toMatchObject({ 'checks.command': command })
  })

  it.each([
    ['a workflow for pull requests', { [WORKFLOW]: 'on: [pull_request]\n' }, 'wait'],
    ['a workflow that runs by the clock', { [WORKFLOW]: 'on: {schedule: [{cron: "0 0 * * *"}]}\n' }, 'pass'],
    ['another CI service', { '.circleci/config.yml': '' }, 'wait'],
    ['no CI', {}, 'pass'],
  ])('with %s says what missing checks mean', (_, files, whenNone) => {
    expect(proposalFor(files)).toMatchObject({ 'checks.whenNone': whenNone })
  })

  it.each([
    ['with instructions for Copilot', { '.github/copilot-instructions.md': 'x' }, 'copilot'],
    ['without a sign of Copilot', {}, 'none'],
  ])('%s has the matching reviewer', (_, files, reviewer) => {
    expect(proposalFor(files)).toMatchObject({ 'review.reviewer': reviewer })
  })

  it('knows the default branch from what was cloned', () => {
    const { repository, write } = aPlace()
    write('repository/.git/refs/remotes/origin/HEAD', 'ref: refs/remotes/origin/trunk\n')
    const checkout = findCheckout(repository)
    const { defaultBranch, text } = propose(surveyRepository(checkout ?? { top: '', commonGitDir: '' }))
    expect([defaultBranch, text]).toEqual(['trunk', expect.stringContaining('on trunk')])
  })

  it.each([{}, { 'package.json': '{"scripts": {"test": "y"}}', [WORKFLOW]: 'on: push\n' }, { 'go.mod': '' }])(
    'is a valid policy that says what was proposed: %j',
    (files) => {
      const { keys, text } = propose(surveyOf(files))
      const policy = parsePolicy(text, '.devloops')
      if (!policy.ok) throw new Error(policy.message)
      const { checks, review } = policy.value
      expect(keys.map(({ value }) => value)).toEqual([checks.command, checks.whenNone, review.reviewer])
    },
  )

  it('cannot be made to say more by the name of a file', () => {
    const { text } = propose(surveyOf({ '.github/workflows/a\nautonomy: {stopAt: []}\n#.yml': 'on: push\n' }))
    const policy = parsePolicy(text, '.devloops')
    expect(policy).toMatchObject({ ok: true, value: { autonomy: { stopAt: ['merge'] } } })
  })
})

describe('writing the proposal', () => {
  it('makes one file', () => {
    const { repository } = aPlace()
    const survey = surveyOf({})
    const { text } = propose(survey)
    expect(writeProposal(text, repository, survey)).toEqual({ ok: true, value: join(repository, '.devloops') })
    expect(readFileSync(join(repository, '.devloops'), 'utf8')).toBe(text)
  })

  it('is refused when there is a file of another spelling', () => {
    const survey = surveyOf({ '.devloops.json': '{"version": 1}' })
    expect(writeProposal('x', '/nowhere', survey)).toMatchObject({ ok: false, error: 'precondition_failed' })
  })

  it('never overwrites a file that appeared since the survey', () => {
    const { repository, write } = aPlace()
    const file = write('repository/.devloops', 'mine')
    expect(writeProposal('x', repository, surveyOf({}))).toMatchObject({ ok: false, error: 'precondition_failed' })
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('says with a code that the folder cannot be written', () => {
    expect(() => writeProposal('x', '/proc/nowhere', surveyOf({}))).toThrow(
      expect.objectContaining({ code: 'config_not_written' }),
    )
  })
})
