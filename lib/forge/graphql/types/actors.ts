/** Accounts as GraphQL shows them. */
import { nodeId } from '../../state/node-id.ts'
import type { Fields } from '../resolve.ts'
import type { ActorSource } from '../sources.ts'

const actor: Fields<ActorSource> = {
  login: ({ account }) => account.login,
  databaseId: ({ account }) => account.id,
  url: ({ account }, _args, { world }) => `${world.origin}/${account.login}`,
  resourcePath: ({ account }) => `/${account.login}`,
  avatarUrl: ({ account }, _args, { world }) => `${world.origin}/avatars/${account.id}`,
}

export const actors = {
  User: {
    ...actor,
    id: ({ account }) => nodeId('User', account.id),
    name: ({ account }) => account.name,
    isViewer: ({ account }, _args, { viewer }) => viewer.id === account.id,
  } satisfies Fields<ActorSource>,
  Bot: {
    ...actor,
    id: ({ account }) => nodeId('Bot', account.id),
  } satisfies Fields<ActorSource>,
}
