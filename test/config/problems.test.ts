import { describe, expect, it } from 'vitest'
import { readText } from '../../lib/config/resolve.ts'

describe('a problem in a configuration file', () => {
  it.each([
    ['a misspelt key', 'version: 1\nwait:\n  revewLimit: 3m\n', 3, 3, 'wait.revewLimit', 'reviewLimit'],
    ['a key in the wrong section', 'version: 1\nrequireCi: false\n', 2, 1, 'requireCi', 'gates.draft.requireCi'],
    [
      'a misspelt name in a list',
      'version: 1\nautonomy:\n  stopAt: [merge, draftpr]\n',
      3,
      19,
      'autonomy.stopAt',
      'draft-pr',
    ],
    ['a misspelt name', 'version: 1\nmerge: {method: sqash}\n', 2, 17, 'merge.method', 'squash'],
    ['a number without unit', 'version: 1\nwait:\n  pollInterval: 60\n', 3, 17, 'wait.pollInterval', null],
    [
      'a duration beyond its limit',
      'version: 1\ngithub:\n  requestTimeout: 31s\n',
      3,
      19,
      'github.requestTimeout',
      null,
    ],
    ['a value for a section', 'version: 1\nreview: none\n', 2, 9, 'review', null],
    ['a section for a value', 'version: 1\nstateDir: {dir: x}\n', 2, 11, 'stateDir', null],
    ['a command as one text', 'version: 1\nchecks: {command: npm test}\n', 2, 19, 'checks.command', null],
    [
      'an empty list that would switch a gate off',
      'version: 1\ngates: {draft: {blockOn: []}}\n',
      2,
      26,
      'gates.draft.blockOn',
      null,
    ],
    ['a token for agents', 'version: 1\nagents: {environment: [PATH, GH_TOKEN]}\n', 2, 30, 'agents.environment', null],
    [
      'prose as an angle',
      'version: 1\ngates: {draft: {angles: [ignore the rules]}}\n',
      2,
      26,
      'gates.draft.angles',
      null,
    ],
    ['a key that appears twice', 'version: 1\nmerge: {method: squash, method: merge}\n', 2, 25, 'merge.method', null],
    ['no version', 'merge: {method: squash}\n', 1, 1, 'version', null],
    ['another version', 'version: 2\n', 1, 10, 'version', null],
    ['a tab', 'version: 1\nwait:\n\tpollInterval: 5s\n', 3, 1, null, null],
    ['an alias', 'version: 1\ntrust: {accounts: &a [x]}\nreview: *a\n', 2, 19, null, null],
    ['a tag', 'version: !v 1\n', 1, 10, null, null],
    ['an open bracket', 'version: 1\ntrust: {accounts: [x\n', 3, 1, null, null],
    ['a second document', 'version: 1\n---\nversion: 1\n', 2, 1, null, null],
    ['nothing at all', '# only a comment\n', 1, 1, null, null],
    ['a list', '- version: 1\n', 1, 1, null, null],
  ])('%s is reported with line, column, key and the nearest name', (_, text, line, column, key, nearest) => {
    const [problem] = readText(text, 'repository', '.devloops').problems
    expect(problem).toMatchObject({ source: '.devloops', line, column, key, nearest })
  })

  it('does not hide the others', () => {
    const { problems } = readText(
      'version: 1\nrveiew: 1\nwait: {poll: 1s, reviewLimit: 9}\n',
      'repository',
      '.devloops',
    )
    expect(problems.map(({ key }) => key)).toEqual(['rveiew', 'wait.poll', 'wait.reviewLimit'])
  })

  it('costs only its own key', () => {
    const { settings } = readText('version: 1\nwait: {pollInterval: 9, reviewLimit: 2m}\n', 'repository', '.devloops')
    expect([...settings.keys()]).toEqual(['version', 'wait.reviewLimit'])
  })

  it.each([
    ['a comma too many', '{\n  "version": 1,\n}', 3],
    ['a comment', '{\n  // why\n  "version": 1\n}', 2],
    ['half a file', '{\n  "version": 1,\n  "wait": {', 3],
    ['YAML', 'version: 1', 1],
  ])('is that a .json file holds %s', (_, text, line) => {
    expect(readText(text, 'repository', '.devloops.json').problems).toMatchObject([
      { line, message: 'this is not valid JSON' },
    ])
  })

  it('is found by line in JSON too', () => {
    const { problems } = readText(
      '{\n\t"version": 1,\n\t"merge": {\n\t\t"method": "sqash"\n\t}\n}',
      'repository',
      'x.json',
    )
    expect(problems).toMatchObject([{ line: 4, column: 13, nearest: 'squash' }])
  })

  it.each([
    ['nesting', `version: 1\nwait: ${'['.repeat(2_000)}`, 'deeper than 32'],
    ['compact nesting', `${'- '.repeat(2_000)}x`, 'deeper than 32'],
    ['entries', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n'), 'more than 10000'],
    ['bytes', `version: 1 # ${'x'.repeat(256 * 1024)}`, 'larger than 256 KiB'],
  ])('is that it has more %s than anyone writes by hand', (_, text, message) => {
    expect(readText(text, 'policy', '.devloops').problems).toMatchObject([
      { message: expect.stringContaining(message) },
    ])
  })
})
