/** Every mutation that the forge can make; each answers with the `clientMutationId` it was given. */
import type { Fields } from '../resolve.ts'
import { conversationMutations } from './conversation.ts'
import { inputOf } from './find.ts'
import { pullMutations } from './pulls.ts'

export const mutation = { Mutation: echoing({ ...pullMutations, ...conversationMutations }) }

function echoing(fields: Fields<unknown>): Fields<unknown> {
  const wrapped: Record<string, Fields<unknown>[string]> = {}
  for (const [name, field] of Object.entries(fields)) {
    wrapped[name] = async (source, args, context) => {
      const payload = await field(source, args, context)
      return { ...(payload as object), clientMutationId: inputOf(args).clientMutationId ?? null }
    }
  }
  return wrapped
}
