import { describe, expect, it } from 'vitest'
import { roleOf } from '../../lib/facts/identity.ts'
import type { Account, CommentFact } from '../../lib/facts/pull-request.ts'
import { summarizeSpoken } from '../../lib/facts/spoken.ts'
import { aPullRequest, aReview, COPILOT, listed, VIEWER } from '../loop/build.ts'

const ANN = { login: 'ann', isBot: false }
const CODER = { login: 'copilot-swe-agent', isBot: true }
const CAST = { reviewer: 'copilot', viewer: VIEWER.login, author: VIEWER }
const CLAIMED = { heardUntil: null, claimedAt: '2026-03-01T11:00:00Z' }

function aComment(author: Account | null, over: Partial<CommentFact> = {}): CommentFact {
  const at = '2026-03-01T11:30:00Z'
  return { id: 'C1', author, authorAssociation: 'NONE', body: 'wait', createdAt: at, updatedAt: at, url: '', ...over }
}

const spoken = (over: Parameters<typeof aPullRequest>[0], hearing = CLAIMED as Parameters<typeof summarizeSpoken>[1]) =>
  summarizeSpoken(aPullRequest(over), hearing, CAST)

describe('whoever speaks on a pull request', () => {
  it.each<[string, Account | null, string]>([
    ['the reviewer is the bot of that name', COPILOT, 'reviewer'],
    ['a person of that name is a person', { ...COPILOT, isBot: false }, 'person'],
    ['our account is ours, whoever shares it', { login: 'DEV', isBot: false }, 'ours'],
    ['the coding agent is not the reviewer', CODER, 'coding_agent'],
    ['REST calls it Copilot', { login: 'Copilot', isBot: true }, 'coding_agent'],
    ['any other bot is a bot', { login: 'dependabot', isBot: true }, 'bot'],
    ['everybody else is a person', ANN, 'person'],
    ['a deleted account is gone', null, 'gone'],
  ])('has one role: %s', (_claim, account, role) => {
    expect(roleOf(account, CAST)).toBe(role)
  })

  it('is the author only where that is another account than ours', () => {
    expect(roleOf(ANN, { ...CAST, author: ANN })).toBe('author')
    expect(roleOf(VIEWER, CAST)).toBe('ours')
  })
})

describe('what people said', () => {
  it('loop-state 16.15: is no comment of our own account, of a bot or of the reviewer', () => {
    const said = [aComment(VIEWER), aComment({ login: 'ci', isBot: true }), aComment(COPILOT), aComment(CODER)]
    expect(spoken({ comments: listed(said) })).toMatchObject({ state: 'settled', unheard: [] })
  })

  it('loop-state 16.15: is a comment of anybody else, or words that come with a review', () => {
    expect(spoken({ comments: listed([aComment(ANN)]) })).toMatchObject({ state: 'person', unheard: [{ author: ANN }] })
    expect(spoken({ comments: listed([aComment(null)]) }).state).toBe('person')
    const at = '2026-03-01T11:30:00Z'
    const review = aReview({ author: ANN, body: 'not so fast', submittedAt: at })
    expect(spoken({ reviews: listed([review]) }).state).toBe('person')
    expect(spoken({ reviews: listed([{ ...review, body: ' ', state: 'APPROVED' }]) }).state).toBe('settled')
    expect(spoken({ reviews: listed([{ ...review, body: '', state: 'CHANGES_REQUESTED' }]) }).state).toBe('person')
  })

  it('loop-state 16.15: is over once it was acknowledged, and begins again with the next word', () => {
    const comments = listed([aComment(ANN)])
    expect(spoken({ comments }, { ...CLAIMED, heardUntil: '2026-03-01T11:30:00Z' }).state).toBe('settled')
    const later = listed([aComment(ANN), aComment(ANN, { id: 'C2', createdAt: '2026-03-01T11:31:00Z' })])
    expect(spoken({ comments: later }, { ...CLAIMED, heardUntil: '2026-03-01T11:30:00Z' })).toMatchObject({
      state: 'person',
      unheard: [{ id: 'C2' }],
    })
  })

  it('before the claim is its briefing, and without a claim nobody waits to hear', () => {
    const comments = listed([aComment(ANN, { createdAt: '2026-03-01T10:00:00Z' })])
    expect(spoken({ comments }).state).toBe('settled')
    expect(spoken({ comments: listed([aComment(ANN)]) }, { heardUntil: null, claimedAt: null }).state).toBe('settled')
  })

  it('is unknown when the list may lack something newer than what was heard', () => {
    expect(spoken({ comments: listed([], false) }).state).toBeNull()
    const old = aComment(VIEWER, { createdAt: '2026-03-01T10:00:00Z' })
    expect(spoken({ comments: listed([old], false) }).state).toBe('settled')
  })
})

describe('a call of the coding agent', () => {
  const calls = (body: string, more: CommentFact[] = []) =>
    spoken({ comments: listed([aComment(ANN, { body }), ...more]) }).calls.length

  it.each([
    ['@copilot please fix', 1],
    ['Please, /copilot', 1],
    ['(@Copilot)', 1],
    ['see docs/copilot', 0],
    ['mail me@copilot.example', 0],
    ['@copilots', 0],
    ['@copilot-fan', 0],
  ])('is a word of its own: %s', (body, expected) => {
    expect(calls(body)).toBe(expected)
  })

  it('is over once the agent answered', () => {
    expect(calls('@copilot fix it', [aComment(CODER, { createdAt: '2026-03-01T11:40:00Z' })])).toBe(0)
  })

  it('is no call when the agent or the reviewer writes it', () => {
    expect(spoken({ comments: listed([aComment(COPILOT, { body: 'ask @copilot' })]) }).calls).toEqual([])
  })
})
