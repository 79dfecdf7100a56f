#!/usr/bin/env node
// A forge lets a person run the whole loop on a laptop: same queries, real git, no account, no quota.
import { choice, count, defineCommand, path, runIfMain } from '../../lib/command/index.ts'
import { stoppedByEof, untilEof } from '../../lib/command/until-eof.ts'
import { UsageError } from '../../lib/errors.ts'

export const command = defineCommand({
  name: 'forge start',
  summary: 'Start a local forge, a small GitHub on this machine, and keep it running until it is interrupted.',
  details:
    'It listens on 127.0.0.1 only and answers only those who have one of its tokens. Starting it again on the same folder continues where it stopped, with the same tokens.',
  writes: 'the folder of the forge; nothing on GitHub',
  options: {
    folder: path('<folder>')
      .describe('Where everything of the forge is kept; it is made if it is not there')
      .default('.forge'),
    port: count().describe('Port on 127.0.0.1; 0 takes the port of the last time, or any that is free').default('0'),
    seed: choice(['demo', 'two', 'none'])
      .describe('The repository and issue that a new forge begins with')
      .default('demo'),
    untilEof,
  },
  answers: [],
  output: {
    folder: 'where the forge is kept',
    effects: 'how many writes it received',
  },
  exits: [0, 2, 5],
  examples: ['dev-loops forge start --seed demo --folder forge'],
  run: async ({ folder, port, seed, untilEof }, outer) => {
    const context = untilEof ? stoppedByEof(outer) : outer
    const [{ resolve }, { startForge }] = await Promise.all([import('node:path'), import('../../lib/forge/forge.ts')])
    if (port > 65_535) throw new UsageError('invalid_value', `${port} is no port; give 0 to 65535`)
    const { signal } = context
    const place = resolve(context.cwd, folder)
    const forge = await startForge({ folder: place, port, ...(seed === 'none' ? {} : { seed }) })

    const { describeStart } = await import('../../lib/forge/describe-start.ts')
    const { lines, fields } = describeStart(forge)
    context.progress(lines.join('\n'), fields)
    await new Promise<void>((done) => {
      if (signal.aborted) done()
      else signal.addEventListener('abort', () => done(), { once: true })
    })
    await forge.stop()
    return { ok: true as const, folder: forge.folder, effects: (await forge.effects()).length }
  },
  text: ({ folder, effects }) => `stopped  ${effects} writes received; start it again on ${folder} to continue`,
})

await runIfMain(import.meta.url, command)
