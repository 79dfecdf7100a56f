/** Skills and roles hold the open format, and stay short enough to be read whole. */
import { basename, dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Page, pages } from './markdown.ts'

const Name = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)

const SkillHead = z.strictObject({
  name: Name,
  description: z.string().min(1).max(1024),
  license: z.string().optional(),
  compatibility: z.string().max(500).optional(),
})

const AgentHead = z.strictObject({ name: Name, description: z.string().min(1).max(1024), tools: z.string() })

function partsOf({ text }: Page): { head: unknown; words: number } {
  const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? []
  return { head: parse(head), words: body.split(/\s+/).filter((word) => word !== '').length }
}

const skills = pages().filter(({ path }) => path.endsWith('/SKILL.md'))
const agents = pages().filter(({ path }) => path.startsWith('agents/'))

describe.each(skills.map((one) => [one.path, one] as const))('%s', (path, shown) => {
  it('has front matter of the open format, named like its folder', () => {
    expect(SkillHead.parse(partsOf(shown).head).name).toBe(basename(dirname(path)))
  })

  it('says in fewer than 500 words what to do', () => {
    expect(partsOf(shown).words).toBeLessThan(500)
  })
})

describe.each(agents.map((one) => [one.path, one] as const))('%s', (path, shown) => {
  it('has front matter, named like its file', () => {
    expect(AgentHead.parse(partsOf(shown).head).name).toBe(basename(path, '.md'))
  })

  it('is one short page', () => {
    expect(partsOf(shown).words).toBeLessThan(250)
  })
})

describe('the reviewer', () => {
  it('has no tool that edits files', () => {
    const reviewer = agents.find(({ path }) => path.endsWith('reviewer.md'))
    const { tools } = AgentHead.parse(partsOf(reviewer ?? { path: '', text: '' }).head)

    expect(tools.split(/,\s*/)).not.toEqual(expect.arrayContaining([expect.stringMatching(/edit|write/i)]))
  })
})

describe('the set', () => {
  it('holds one skill and a role for each kind of agent', () => {
    expect(skills.map(({ path }) => path)).toEqual(['skills/dev-loop/SKILL.md'])
    expect(agents.map(({ path }) => path)).toEqual(['agents/dev-loop-developer.md', 'agents/dev-loop-reviewer.md'])
  })
})
