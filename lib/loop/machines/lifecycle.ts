/**
 * The machine `lifecycle`: in which of seven phases is a piece of work?
 *
 * A phase that somebody states holds; otherwise it follows from the pull request. No rule of the loop
 * reads it: it is for people who look at many pieces of work at once.
 */
import { machine, type StateOf } from '../machine.ts'

const PHASES = [
  'issue_intake',
  'refinement',
  'implementation',
  'draft_gate',
  'feedback_resolution',
  'pre_approval_gate',
  'merge',
] as const

const ANY = ['phase', 'hasLinkedPr', 'hasUnresolvedThreads', 'preApprovalGatePassed', 'mergeAuthorized'] as const

export const lifecycle = machine({
  name: 'lifecycle',
  facts: {
    /** `null`: nobody said. */
    phase: [...PHASES, null],
    hasLinkedPr: [true, false],
    hasUnresolvedThreads: [true, false],
    preApprovalGatePassed: [true, false],
    mergeAuthorized: [true, false],
    isMerged: [true, false],
  },
  rules: [
    { id: 'lifecycle/stated-intake', state: 'issue_intake', when: { phase: 'issue_intake' } },
    { id: 'lifecycle/stated-refinement', state: 'refinement', when: { phase: 'refinement' } },
    { id: 'lifecycle/stated-implementation', state: 'implementation', when: { phase: 'implementation' } },
    { id: 'lifecycle/stated-draft-gate', state: 'draft_gate', when: { phase: 'draft_gate' } },
    { id: 'lifecycle/stated-feedback', state: 'feedback_resolution', when: { phase: 'feedback_resolution' } },
    { id: 'lifecycle/stated-pre-approval', state: 'pre_approval_gate', when: { phase: 'pre_approval_gate' } },
    { id: 'lifecycle/stated-merge', state: 'merge', when: { phase: 'merge' } },
    { id: 'lifecycle/merged', state: 'merge', when: { isMerged: true } },
    {
      id: 'lifecycle/authorized',
      state: 'merge',
      when: { mergeAuthorized: true, preApprovalGatePassed: true, hasLinkedPr: true },
    },
    {
      id: 'lifecycle/pre-approved',
      state: 'pre_approval_gate',
      when: { preApprovalGatePassed: true, hasLinkedPr: true },
    },
    {
      id: 'lifecycle/threads',
      state: 'feedback_resolution',
      when: { hasUnresolvedThreads: true, hasLinkedPr: true },
    },
    { id: 'lifecycle/linked', state: 'implementation', when: { hasLinkedPr: true } },
    { id: 'lifecycle/intake', state: 'issue_intake', when: {} },
  ],
  states: {
    issue_intake: {
      next: { step: 'shape_issue', by: 'agent' },
      changes: ANY,
      to: ['refinement', 'implementation'],
    },
    refinement: { next: { step: 'refine_issue', by: 'agent' }, changes: ANY, to: ['issue_intake', 'implementation'] },
    implementation: {
      next: { step: 'implement', by: 'agent' },
      changes: ANY,
      to: ['draft_gate', 'feedback_resolution'],
    },
    draft_gate: {
      next: { step: 'pass_draft_gate', by: 'agent' },
      changes: ANY,
      to: ['implementation', 'feedback_resolution'],
    },
    feedback_resolution: {
      next: { step: 'settle_feedback', by: 'agent' },
      changes: ANY,
      to: ['implementation', 'pre_approval_gate'],
    },
    pre_approval_gate: {
      next: { step: 'pass_pre_approval_gate', by: 'agent' },
      changes: ANY,
      to: ['implementation', 'feedback_resolution', 'merge'],
    },
    merge: { next: null, to: [] },
  },
})

export type LifecyclePhase = StateOf<typeof lifecycle>
