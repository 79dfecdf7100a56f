/**
 * Shapes that several answers share, as GitHub's schema promises them and no narrower: an unknown
 * value of an enum is a string like any other here, and only the translation decides what it means.
 */
import { z } from 'zod'

export const RawActor = z.object({ __typename: z.string(), login: z.string() }).nullable()
export type RawActor = z.infer<typeof RawActor>

/** A team has no login; a reviewer that the token may not see is `null`. */
export const RawReviewer = z.object({ __typename: z.string(), login: z.string().optional() }).nullable()
export type RawReviewer = z.infer<typeof RawReviewer>

const PageInfo = z.object({
  hasNextPage: z.boolean().optional(),
  endCursor: z.string().nullish(),
  hasPreviousPage: z.boolean().optional(),
  startCursor: z.string().nullish(),
})

/** A page of a list. GitHub may answer `null` for a whole list, or for an entry that the token may not see. */
export function page<Node extends z.ZodType>(node: Node) {
  return z
    .object({
      totalCount: z.number().int().optional(),
      filteredCount: z.number().int().optional(),
      pageInfo: PageInfo,
      nodes: z.array(node.nullable()).nullable(),
    })
    .nullable()
}

export interface RawPage<Node> {
  readonly totalCount?: number | undefined
  readonly filteredCount?: number | undefined
  readonly pageInfo: z.infer<typeof PageInfo>
  readonly nodes: readonly (Node | null)[] | null
}

const PolicyEntry = z
  .object({
    mode: z.number().int(),
    object: z
      .object({
        __typename: z.string(),
        oid: z.string().optional(),
        isBinary: z.boolean().nullish(),
        isTruncated: z.boolean().optional(),
        text: z.string().nullish(),
      })
      .nullable(),
  })
  .nullish()
export type RawPolicyEntry = z.infer<typeof PolicyEntry>

/** Tip of a branch, with the policy file under each of its names. */
export const RawBase = z
  .object({
    target: z
      .object({
        __typename: z.string(),
        oid: z.string().optional(),
        plain: PolicyEntry,
        yaml: PolicyEntry,
        yml: PolicyEntry,
        json: PolicyEntry,
      })
      .nullable(),
  })
  .nullable()
export type RawBase = z.infer<typeof RawBase>

export const RawRepository = z.object({
  id: z.string(),
  nameWithOwner: z.string(),
  viewerPermission: z.string().nullable(),
  defaultBranchRef: z.object({ name: z.string() }).nullable(),
})
export type RawRepository = z.infer<typeof RawRepository>

export const RawViewer = z.object({ login: z.string() })

export const RawRateLimit = z
  .object({ cost: z.number(), limit: z.number(), remaining: z.number(), resetAt: z.string() })
  .nullish()

export const RawLabel = z.object({ name: z.string() })

export const RawLinkedPullRequest = z.object({
  number: z.number().int(),
  state: z.string(),
  isDraft: z.boolean(),
  headRefName: z.string(),
  repository: z.object({ nameWithOwner: z.string() }),
  headRepository: z.object({ nameWithOwner: z.string() }).nullable(),
  author: RawActor,
})
export type RawLinkedPullRequest = z.infer<typeof RawLinkedPullRequest>
