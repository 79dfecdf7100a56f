/**
 * What a mutation document writes, as the log of effects names it.
 */
import { type FieldNode, Kind, type OperationDefinitionNode, valueFromASTUntyped } from 'graphql'
import { digestOf, type EffectLine, keyIn } from '../effects.ts'
import { slugOf } from '../world.ts'
import type { Context } from './context.ts'
import { ForgeError } from './errors.ts'
import type { GraphqlAnswer } from './execute.ts'
import { subjectOf } from './sources.ts'
import { readNode } from './types/query.ts'

interface PlannedWrite {
  readonly kind: string
  readonly responseKey: string
  readonly input: Readonly<Record<string, unknown>>
}

export function plannedWrites(
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): PlannedWrite[] {
  if (operation.operation !== 'mutation') return []
  return operation.selectionSet.selections
    .filter((selection): selection is FieldNode => selection.kind === Kind.FIELD)
    .map((field) => {
      const input = field.arguments?.find((argument) => argument.name.value === 'input')
      const value = input ? valueFromASTUntyped(input.value, variables) : {}
      const fields = typeof value === 'object' && value !== null ? { ...value } : {}
      return { kind: field.name.value, responseKey: field.alias?.value ?? field.name.value, input: fields }
    })
}

/** Asked before the write is made: afterwards the thing may be gone. */
export async function targetsOf(context: Context, writes: readonly PlannedWrite[]): Promise<(string | null)[]> {
  return Promise.all(writes.map((write) => targetOf(context, write.input)))
}

export function effectLines(
  context: Context,
  answer: GraphqlAnswer,
  { writes, targets }: { writes: readonly PlannedWrite[]; targets: readonly (string | null)[] },
): EffectLine[] {
  return writes.map(({ kind, responseKey, input }, index) => {
    const { clientMutationId: _id, ...sent } = input
    return {
      at: new Date().toISOString(),
      actor: context.viewer.login,
      kind,
      target: targets[index] ?? null,
      key: keyIn(input),
      ok: succeeded(answer, responseKey),
      digest: digestOf(sent),
    }
  })
}

/** A field that failed below the mutation says nothing about the write: it was made. */
function succeeded(answer: GraphqlAnswer, responseKey: string): boolean {
  const { data } = answer
  return typeof data === 'object' && data !== null && Reflect.get(data, responseKey) !== null
}

async function targetOf(context: Context, input: Readonly<Record<string, unknown>>): Promise<string | null> {
  for (const value of Object.values(input)) {
    const node = typeof value === 'string' ? await find(context, value) : null
    const name = node && nameOf(node)
    if (name) return name
  }
  return null
}

async function find(context: Context, id: string): Promise<Found | null> {
  try {
    return await readNode(context, id)
  } catch (error) {
    if (error instanceof ForgeError) return null
    throw error
  }
}

type Found = Exclude<Awaited<ReturnType<typeof readNode>>, null>

function nameOf(node: Found): string | null {
  switch (node.__typename) {
    case 'PullRequest':
    case 'Issue':
      return `${slugOf(node.repository)}#${subjectOf(node).number}`
    case 'IssueComment':
      return nameOf(node.subject)
    case 'PullRequestReview':
    case 'PullRequestReviewThread':
    case 'PullRequestReviewComment':
      return nameOf(node.on)
    case 'Ref':
      return `${slugOf(node.repository)}@${node.name.replace('refs/heads/', '')}`
    case 'Repository':
      return slugOf(node.repository)
    default:
      return null
  }
}
