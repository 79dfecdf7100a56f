/** Finding what a mutation names, and whether the account may change it. */
import { mayDo } from '../../state/find.ts'
import type { Permission, Repository } from '../../state/model.ts'
import type { Context } from '../context.ts'
import { forbidden, notFound } from '../errors.ts'
import { type Arguments, textArgument } from '../resolve.ts'
import type {
  CommentSource,
  IssueSource,
  PullSource,
  RefSource,
  RepositorySource,
  ReviewSource,
  SubjectSource,
  ThreadCommentSource,
  ThreadSource,
} from '../sources.ts'
import { readNode } from '../types/query.ts'

export function inputOf(args: Arguments): Arguments {
  return (args.input ?? {}) as Arguments
}

interface Kinds {
  Repository: RepositorySource
  PullRequest: PullSource
  Issue: IssueSource
  IssueComment: CommentSource
  PullRequestReview: ReviewSource
  PullRequestReviewThread: ThreadSource
  PullRequestReviewComment: ThreadCommentSource
  Ref: RefSource
}

/** @throws ForgeError NOT_FOUND when the id names nothing, or something of another kind */
export async function nodeOf<Kind extends keyof Kinds>(
  context: Context,
  kind: Kind,
  id: unknown,
): Promise<Kinds[Kind]> {
  const node = typeof id === 'string' ? await readNode(context, id) : null
  if (!isKind(node, kind)) throw notFound(`Could not resolve to ${kind} node with the global id of '${id}'.`)
  return node
}

export async function subjectNode(context: Context, id: unknown): Promise<SubjectSource> {
  const node = typeof id === 'string' ? await readNode(context, id) : null
  if (isKind(node, 'PullRequest') || isKind(node, 'Issue')) return node
  throw notFound(`Could not resolve to a node with the global id of '${id}'.`)
}

function isKind<Kind extends keyof Kinds>(
  node: { readonly __typename: string } | null,
  kind: Kind,
): node is Kinds[Kind] {
  return node?.__typename === kind
}

/** @throws ForgeError FORBIDDEN, unless the account has at least this permission or is one of `or` */
export function demand(
  context: Context,
  repository: Repository,
  { least, call, or }: { least: Permission; call: string; or?: readonly string[] },
): void {
  const { login } = context.viewer
  if (or?.includes(login) || mayDo(repository, login, least)) return
  throw forbidden(login, call)
}

export function textOf(args: Arguments, name: string): string {
  return textArgument(args, name) ?? ''
}
