#!/usr/bin/env node
// A program that wants to drive dev-loops reads here what it can call, instead of scraping help.
import type { Command } from '../lib/command/define.ts'
import { defineCommand, runIfMain } from '../lib/command/index.ts'
import { listCommands } from '../lib/command/overview.ts'

export const command: Command = defineCommand({
  name: 'commands',
  summary: 'List every command with its options, answers and exit codes.',
  writes: 'nothing',
  options: {},
  answers: [],
  output: {
    commands: 'one entry per command: name, summary, writes, options, rules, answers, output, exits, examples',
  },
  exits: [0],
  examples: ['dev-loops commands --json'],
  run: async () => ({ ok: true as const, commands: await listCommands(new URL('./', import.meta.url), command) }),
  text: ({ commands }) => commands.map(({ name, summary }) => `${name}  ${summary}`).join('\n'),
})

await runIfMain(import.meta.url, command)
