import { describe, expect, it } from 'vitest'
import { parseGitConfig } from '../../lib/store/git-config.ts'

const urlIn = (text: string) => parseGitConfig(text).find(({ name }) => name === 'url')?.value

describe('git configuration', () => {
  it('gives each value its section, subsection and name', () => {
    const text =
      '[core]\n\tbare = false\n[remote "Origin"]\n\turl = https://forge.example/acme/api.git\n\tFetch = +refs/heads/*\n'
    expect(parseGitConfig(text)).toEqual([
      { section: 'core', subsection: '', name: 'bare', value: 'false' },
      { section: 'remote', subsection: 'Origin', name: 'url', value: 'https://forge.example/acme/api.git' },
      { section: 'remote', subsection: 'Origin', name: 'fetch', value: '+refs/heads/*' },
    ])
  })

  it.each([
    ['on the line of its section', '[remote "o"] url = a/b', 'a/b'],
    ['after a comment line', '[remote "o"]\n# url = x/y\n; url = x/y\nurl = a/b', 'a/b'],
    ['before a comment', '[remote "o"]\nurl = a/b # not this', 'a/b'],
    ['with a quoted comment mark', '[remote "o"]\nurl = "a/b#c"', 'a/b#c'],
    ['over two lines', '[remote "o"]\nurl = a/\\\nb', 'a/b'],
    ['with escapes', '[remote "o"]\nurl = "a\\\\b\\"c"', 'a\\b"c'],
    ['in the old form of a section', '[REMOTE.o]\nURL=a/b', 'a/b'],
    ['with Windows line ends', '[remote "o"]\r\n\turl = a/b\r\n', 'a/b'],
    ['without a space around the mark', '[remote "o"]\nurl=a/b', 'a/b'],
  ])('reads a value %s', (_, text, value) => {
    expect(urlIn(text)).toBe(value)
  })

  it.each(['', '[', '[remote "o', 'url', '= x', '\u0000\u0001', '[remote "o"]\n= x\nur l = y'])(
    'reads no value from %j and does not fail',
    (text) => {
      expect(urlIn(text) ?? '').toBe('')
    },
  )
})
