import { describe, expect, it } from 'vitest'
import type { CommentFact } from '../../lib/facts/pull-request.ts'
import { decide } from '../../lib/loop/next.ts'
import { aHolder, anInput, aWork, finished, listed, policyWith } from './build.ts'

const CLAIMED = { target: aHolder({ since: '2026-03-01T11:00:00Z' }), branch: null, issue: null }

function aComment(body: string): CommentFact {
  const at = '2026-03-01T11:58:00Z'
  const author = { login: 'ann', isBot: false }
  const url = 'https://github.com/acme/api/pull/88#issuecomment-1'
  return { id: 'C1', author, authorAssociation: 'NONE', body, createdAt: at, updatedAt: at, url }
}

function decided(pauses: boolean, { body = 'wait', heardUntil = null as string | null } = {}) {
  const { facts, work } = finished({ comments: listed([aComment(body)]) })
  const policy = policyWith({ autonomy: { stopAt: pauses ? ['comment'] : [] } })
  return decide(anInput({ facts, work: aWork({ ...work, heardUntil }), holdings: CLAIMED, policy }))
}

describe('a person who writes on the pull request', () => {
  it('loop-state 16.15: stops the loop where policy wants that, and is named', () => {
    expect(decided(true)).toMatchObject({
      state: 'human_comment_pause',
      actor: 'human',
      missing: ['acknowledgement: https://github.com/acme/api/pull/88#issuecomment-1'],
    })
  })

  it('loop-state 16.15: stops it no more once acknowledged, nor where policy does not ask', () => {
    expect(decided(true, { heardUntil: '2026-03-01T11:58:00Z' }).state).toBe('declare_merge_ready')
    expect(decided(false).state).toBe('declare_merge_ready')
  })

  it('loop-state 16.14: who calls the coding agent hinders a request only, not what needs none', () => {
    expect(decided(false, { body: '@copilot fix it' }).state).toBe('declare_merge_ready')
    const comments = listed([aComment('@copilot fix it')])
    const { facts } = finished({ comments, reviews: listed([]), reviewRequestEvents: listed([]) })
    const policy = policyWith({ autonomy: { stopAt: [] } })
    const { state, actor } = decide(anInput({ facts, holdings: CLAIMED, policy }))
    expect({ state, actor }).toEqual({ state: 'blocked_by_copilot_comment', actor: 'human' })
  })
})
