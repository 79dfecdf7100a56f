/**
 * `run` as a worker on the list of its repository: from its first claim until it ends.
 *
 * A run that never held anything, because another one does, is no worker and leaves no trace. Failures
 * are said and cost the run nothing.
 */
import { describeSelf } from '../dispatch/workers/describe-self.ts'
import { openPresence } from '../dispatch/workers/presence.ts'
import { readWorkerIdentity } from '../ownership/host.ts'
import { formatTarget, type NumberedTarget } from '../target.ts'
import type { Asking } from './asking.ts'
import type { CommandContext } from './define.ts'
import { runTerms } from './run-terms.ts'

export interface RunPresence {
  readonly warnings: readonly string[]
  appear(target: NumberedTarget): void
  leave(): Promise<void>
}

interface Run {
  readonly runId: string
  readonly context: CommandContext
  readonly asking: Asking
}

export function openRunPresence({ runId, context, asking }: Run): RunPresence {
  const { host, repo } = asking.target
  const { ownership } = asking.sources
  const { ttlMs, renewEveryMs } = runTerms(asking.loaded, ownership.store)
  const warnings: string[] = []
  const warn = (warning: string) => {
    warnings.push(warning)
    context.progress(`  ${warning}`, { warning })
  }
  const self = readWorkerIdentity(process.pid, ownership.host)
  const worker = self && { ...describeSelf(context), process: self, ttlMs }
  const presence = worker && openPresence({ place: { host, repo }, worker, everyMs: renewEveryMs, warn }, ownership)
  const stopping = () => presence?.stop()
  context.signal.addEventListener('abort', stopping, { once: true })
  return {
    warnings,
    appear: (target) => presence?.appear({ command: 'run', runId, target: formatTarget(target) }),
    async leave() {
      context.signal.removeEventListener('abort', stopping)
      await presence?.leave()
    },
  }
}
