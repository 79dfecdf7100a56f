import { describe, expect, it } from 'vitest'
import { parseWorktreeList } from '../../lib/git/list-worktrees.ts'
import { parseStatus } from '../../lib/git/status.ts'

const HEAD = 'a'.repeat(40)

describe('parseWorktreeList', () => {
  it('reads paths with line feeds, detached heads, locks and gone folders', () => {
    const text = [
      ['worktree /src/api', `HEAD ${HEAD}`, 'branch refs/heads/main'],
      ['worktree /trees/a\nb', `HEAD ${HEAD}`, 'branch refs/heads/dev-loops/issue-1', 'locked initializing'],
      [
        'worktree /trees/c',
        `HEAD ${HEAD}`,
        'detached',
        'locked',
        'prunable gitdir file points to non-existent location',
      ],
    ]
      .map((lines) => lines.map((line) => `${line}\0`).join(''))
      .map((block) => `${block}\0`)
      .join('')

    const plain = { main: false, locked: false, initializing: false, prunable: false, head: HEAD }
    expect(parseWorktreeList(text)).toEqual([
      { ...plain, path: '/src/api', branch: 'main', main: true },
      { ...plain, path: '/trees/a\nb', branch: 'dev-loops/issue-1', locked: true, initializing: true },
      { ...plain, path: '/trees/c', branch: null, locked: true, prunable: true },
    ])
  })
})

describe('parseStatus', () => {
  it('reads names that hold spaces, line feeds and signs of the format', () => {
    const oid = 'b'.repeat(40)
    const text = [
      `# branch.oid ${HEAD}`,
      '# branch.head (detached)',
      `1 .M N... 100644 100644 100644 ${oid} ${oid} a b`,
      `u UU N... 100644 100644 100644 100644 ${oid} ${oid} ${oid} u u\n1`,
      '? ? x',
      '',
    ].join('\0')
    expect(parseStatus(text)).toEqual({
      head: HEAD,
      branch: null,
      modified: ['a b'],
      conflicted: ['u u\n1'],
      untracked: ['? x'],
    })
  })

  it('knows a branch without a commit', () => {
    expect(parseStatus('# branch.oid (initial)\0# branch.head main\0')).toMatchObject({ head: null, branch: 'main' })
  })
})
