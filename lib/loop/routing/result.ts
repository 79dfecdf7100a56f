/**
 * The one builder of routing results: everything in a result follows from the gate and from who asked.
 *
 * The prose comes from the rule that fired, so it cannot say anything else than the codes do.
 */
import type { CanonicalState } from './canonical-state.ts'
import {
  type AssignmentSeam,
  type ExecutionMode,
  type Gate,
  type GateContract,
  PUBLIC_DEV_LOOP_ENTRYPOINT,
  PUBLIC_DEV_LOOP_GATE_CONTRACT,
  type RefreshBoundary,
  type RouteKind,
  type Strategy,
  type TraceClassification,
  WAIT_POLICIES,
  type WaitSemantics,
} from './vocabulary.ts'

export interface Routed {
  readonly gate: Gate
  /** Ids of the rules that fired, outermost first. */
  readonly because: readonly string[]
  /** `null` when the request was refused before any state was looked at. */
  readonly state: CanonicalState | null
  readonly mode: ExecutionMode
  readonly watch: boolean
  readonly inspect: boolean
  readonly seam: AssignmentSeam
  readonly refresh: RefreshBoundary | null
}

type WaitPolicy = (typeof WAIT_POLICIES)[WaitSemantics]

export interface RoutingResult {
  readonly publicEntrypoint: typeof PUBLIC_DEV_LOOP_ENTRYPOINT
  readonly selectedGate: Gate
  readonly routeKind: RouteKind
  readonly selectedStrategy: Strategy | null
  readonly executionMode: ExecutionMode
  readonly waitSemantics: WaitSemantics
  readonly waitTimeoutPolicy: WaitPolicy | null
  readonly canonicalState: CanonicalState | null
  readonly issueAssignmentSeam: AssignmentSeam
  readonly nextAction: string
  readonly reason: string
  readonly contractTrace: ContractTrace
  readonly because: readonly string[]
}

interface ContractTrace {
  readonly publicEntrypoint: typeof PUBLIC_DEV_LOOP_ENTRYPOINT
  readonly decision: {
    readonly selectedGate: Gate
    readonly routeKind: RouteKind
    readonly selectedStrategy: Strategy | null
    readonly executionMode: ExecutionMode
    readonly watchRequested: boolean
    readonly contractClassification: TraceClassification
    readonly contractJustification: string
  }
  readonly waitStrategy: {
    readonly selectedStrategy: Strategy | null
    readonly waitSemantics: WaitSemantics
    readonly waitMode: 'persistent_watch' | 'not_applicable'
    readonly timeoutPolicyClassification: WaitPolicy['classification'] | null
    readonly effectiveTimeoutMs: number | null
    readonly effectivePollIntervalMs: null
  }
  readonly stopReason: {
    readonly classification: TraceClassification
    readonly terminal: boolean
    readonly reason: string
  }
  readonly stateRefresh: { readonly boundary: RefreshBoundary } | null
}

export function buildResult(routed: Routed): RoutingResult {
  const { gate, because, state, mode } = routed
  const contract: GateContract = PUBLIC_DEV_LOOP_GATE_CONTRACT[gate]
  const routeKind = routeKindOf(contract, routed)
  const waits = routeKind === 'wait'
  const waitSemantics = waits && mode === 'durable_auto' ? 'auto_healthy_wait' : 'default'
  const result = {
    publicEntrypoint: PUBLIC_DEV_LOOP_ENTRYPOINT,
    selectedGate: gate,
    routeKind,
    selectedStrategy: routeKind === 'stop' ? null : contract.selectedStrategy,
    executionMode: mode,
    waitSemantics,
    waitTimeoutPolicy: waits ? WAIT_POLICIES[waitSemantics] : null,
    canonicalState: state,
    issueAssignmentSeam: routed.seam,
    nextAction: nextActionOf(contract, routed),
    reason: `${contract.summary} (${because.at(-1) ?? 'no rule'})`,
  } as const
  return { ...result, contractTrace: traceOf(result, routed), because }
}

/** An issue that does not say when it is done is taken in, but nothing is begun. */
function routeKindOf({ routeKind }: GateContract, { inspect, state, seam }: Routed): RouteKind {
  if (inspect && state !== null) return 'inspect'
  return seam === 'needs_refinement' ? 'stop' : routeKind
}

function nextActionOf({ summary }: GateContract, { seam }: Routed): string {
  if (seam === 'needs_refinement') return 'Let the issue say when it is done: a checklist under "Acceptance criteria".'
  if (seam === 'ready_needs_assignment_confirmation') return 'Ask a person whether the coding agent is to be assigned.'
  if (seam === 'ready_assign_now') return 'Assign the issue to copilot-swe-agent.'
  return summary
}

type Untraced = Omit<RoutingResult, 'contractTrace' | 'because'>

function traceOf(result: Untraced, { watch, refresh, state }: Routed): ContractTrace {
  const classification = classificationOf(result, state)
  const { selectedGate, routeKind, selectedStrategy, executionMode, waitSemantics, waitTimeoutPolicy, reason } = result
  return {
    publicEntrypoint: PUBLIC_DEV_LOOP_ENTRYPOINT,
    decision: {
      selectedGate,
      routeKind,
      selectedStrategy,
      executionMode,
      watchRequested: watch,
      contractClassification: classification,
      contractJustification: reason,
    },
    waitStrategy: {
      selectedStrategy,
      waitSemantics,
      waitMode: waitTimeoutPolicy === null ? 'not_applicable' : 'persistent_watch',
      timeoutPolicyClassification: waitTimeoutPolicy?.classification ?? null,
      effectiveTimeoutMs: waitTimeoutPolicy?.defaultTimeoutMs ?? null,
      effectivePollIntervalMs: null,
    },
    stopReason: { classification, terminal: classification === 'terminal', reason },
    stateRefresh: refresh === null ? null : { boundary: refresh },
  }
}

function classificationOf({ routeKind, selectedGate }: Untraced, state: CanonicalState | null): TraceClassification {
  if (routeKind === 'needs_reconcile') return 'reconcile'
  if (routeKind === 'inspect') return 'inspect'
  if (routeKind === 'wait') return 'healthy_wait'
  if (routeKind === 'route') return 'routed_followup'
  if (selectedGate === 'stop_done_terminal') return 'terminal'
  if (selectedGate === 'waiting_for_merge_authorization') return 'authorization_gated'
  if (selectedGate === 'stop_blocked_or_not_authorized' && state?.status !== 'blocked') return 'authorization_gated'
  return 'blocked'
}
