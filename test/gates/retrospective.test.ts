import { describe, expect, it } from 'vitest'
import { readRetrospective } from '../../lib/gates/read-retrospective.ts'

const JUDGED = { mergeApproved: true, followedWorkingAgreement: true, gateQualityAcceptable: true }
const WORDS = { state: 'complete', gateQuality: 'thorough', mergeRecommendation: 'merge' }
const FLAT = { ...WORDS, ...JUDGED, unexpectedFindings: 'a slow test' }

describe('a look back', () => {
  it.each([
    ['with its judgement at the top', FLAT, ['a slow test']],
    ['without a surprise', { ...FLAT, unexpectedFindings: '' }, []],
    [
      'in the form of a review of behaviour',
      { ...WORDS, behavioralReview: { ...JUDGED, drifts: ['skipped a gate'] } },
      ['skipped a gate'],
    ],
    ['of both forms', { ...WORDS, behavioralReview: JUDGED, unexpectedFindings: 'none' }, ['none']],
  ])('is read %s', (_form, json, unexpectedFindings) => {
    expect(readRetrospective(json)).toEqual({
      ok: true,
      value: { ...JUDGED, gateQuality: 'thorough', unexpectedFindings, mergeRecommendation: 'merge' },
    })
  })

  it('that advises against the merge is complete, too', () => {
    expect(readRetrospective({ ...FLAT, mergeApproved: false })).toMatchObject({ value: { mergeApproved: false } })
  })

  it.each([
    ['state', { ...FLAT, state: 'skipped' }],
    ['gateQuality', { ...FLAT, gateQuality: ' ' }],
    ['mergeRecommendation', { ...FLAT, mergeRecommendation: undefined }],
    ['mergeApproved', { ...FLAT, mergeApproved: 'yes' }],
    ['followedWorkingAgreement', { ...FLAT, followedWorkingAgreement: null }],
    ['unexpectedFindings', { ...FLAT, unexpectedFindings: undefined }],
    // The judgement of the review of behaviour stands in it, not beside it.
    ['behavioralReview.mergeApproved', { ...FLAT, behavioralReview: { ...JUDGED, mergeApproved: undefined } }],
    ['the whole', null],
    ['the whole', 'complete'],
  ])('is refused, and told why, where %s is not as it has to be', (field, json) => {
    expect(readRetrospective(json)).toMatchObject({ ok: false, error: 'invalid_value', field })
  })
})
