/** Every field that the forge can answer, by type. What is not here is `unimplemented field`. */
import { mutation } from './mutations/mutation.ts'
import type { Tables } from './resolve.ts'
import { actors } from './types/actors.ts'
import { checks } from './types/checks.ts'
import { conversation } from './types/conversation.ts'
import { gitObjects } from './types/git-objects.ts'
import { issues } from './types/issue.ts'
import { pullRequest } from './types/pull-request.ts'
import { query } from './types/query.ts'
import { repository } from './types/repository.ts'
import { timeline } from './types/timeline.ts'

export const tables: Tables = {
  ...query,
  ...mutation,
  ...actors,
  ...repository,
  ...gitObjects,
  ...pullRequest,
  ...issues,
  ...conversation,
  ...timeline,
  ...checks,
}
