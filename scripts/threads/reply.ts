#!/usr/bin/env node
// An answer to a reviewer. Its text comes from a file or stdin: what is said is data and never an argument.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ACTING_REFUSALS, madeFields, makeEffect, openActing, pullRequestOptions } from '../../lib/command/acting.ts'
import { defineCommand, path, runIfMain } from '../../lib/command/index.ts'
import { thread } from '../../lib/command/threads/options.ts'
import { UsageError } from '../../lib/errors.ts'

/** As long as GitHub allows a comment to be, less what our marker takes. */
const MOST_CHARACTERS = 65_000

export const command = defineCommand({
  name: 'threads reply',
  summary: 'Answer in a review thread; the same answer for the same head is posted once.',
  details: 'Reads the text from --body-file, else from stdin. Resolves nothing.',
  writes: 'one comment in the thread',
  options: {
    ...pullRequestOptions,
    thread: thread.required(),
    bodyFile: path('<file>').describe('File with the text (default: stdin)'),
  },
  answers: ['made', 'found', 'planned', 'refused: target_not_found, precondition_failed', ...ACTING_REFUSALS],
  output: { ...madeFields, threadId: 'the thread', commentId: 'the answer', url: 'where it is' },
  exits: [0, 2, 3, 5, 11],
  examples: ['echo "Fixed in 4be1c20." | dev-loops threads reply --pr 88 --thread PRRT_kwDOA1 --run-id r-7f3a'],
  run: async (options, context) => {
    const acting = await openActing(options, context)
    const body = requireText(
      options.bodyFile === undefined
        ? await context.readStdin()
        : await readText(resolve(context.cwd, options.bodyFile)),
    )
    const { openGitHub, resolveTarget } = await import('../../lib/command/services.ts')
    const { replyToThread } = await import('../../lib/github/effects/reply-to-thread.ts')
    const { readState } = await import('../../lib/github/effects/pull-request-state.ts')
    const client = await openGitHub(context)
    const { repo, number } = resolveTarget(options, context)
    const { headRefOid } = await readState({ repo, number }, client, context.signal)
    const reply = { repo, number, threadId: options.thread, head: headRefOid, body }
    const made = await makeEffect(replyToThread(reply, client), acting)
    if (!made.ok) return made
    const { action, level, value } = made.value
    return { ok: true as const, action, level, threadId: options.thread, ...value }
  },
  text: (answer) => (answer.ok ? `${answer.action}  answer in ${answer.threadId}` : answer.message),
})

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError('invalid_value', `${file} cannot be read; give a readable text file`, { file }, { cause })
  })
}

function requireText(body: string): string {
  if (body.trim() === '') throw new UsageError('usage', 'the answer is empty; give its text on stdin or in --body-file')
  if (body.length <= MOST_CHARACTERS) return body
  throw new UsageError('usage', `the answer has ${body.length} characters; GitHub takes ${MOST_CHARACTERS}`)
}

await runIfMain(import.meta.url, command)
