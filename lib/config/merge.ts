/**
 * Lays the checked layers on top of each other and judges the whole.
 *
 * Sections merge key by key; a value, lists included, is replaced. Rules over several keys are judged
 * only here. Where one is broken the section falls back to its defaults as a whole, because half of
 * what somebody meant is what nobody meant.
 */

import type { z } from 'zod'
import { describeIssue, nest, type Setting, type Settings } from './layer.ts'
import type { Problem } from './problem.ts'
import { ConfigFile } from './schema.ts'

export interface Merged {
  readonly file: z.infer<typeof ConfigFile>
  readonly settings: Settings
  readonly problems: readonly Problem[]
}

/** @param layers from the weakest, which sets every key, to the strongest */
export function mergeLayers(layers: readonly Settings[]): Merged {
  const settings = new Map(layers.flatMap((layer): [string, Setting][] => [...layer]))
  const parsed = ConfigFile.safeParse(nest(settings))
  if (parsed.success) return { file: parsed.data, settings, problems: [] }

  const problems = parsed.error.issues.flatMap((issue) => describeMerged(issue, settings))
  const broken = new Set(parsed.error.issues.map(({ path }) => String(path[0])))
  const repaired = new Map([...settings, ...onlySections(layers[0] ?? new Map(), broken)])
  return { file: ConfigFile.parse(nest(repaired)), settings: repaired, problems }
}

/** The problem is reported where the key was set, or at another key of its section that was. */
function describeMerged(issue: z.core.$ZodIssue, settings: Settings): Problem[] {
  const path = issue.path.join('.')
  const section = [...settings].filter(([key]) => key.startsWith(`${String(issue.path[0])}.`))
  const changed = section.find(([, { place }]) => place.layer !== 'defaults')?.[1]
  const own = settings.get(path)
  const place = own && own.place.layer !== 'defaults' ? own.place : (changed?.place ?? own?.place)
  if (!place) return []

  const at = () => ({ line: place.line, column: place.column })
  return describeIssue(issue, nest(settings), { ...place, placeOfKey: at, placeOfValue: at })
}

function onlySections(settings: Settings, sections: ReadonlySet<string>): [string, Setting][] {
  return [...settings].filter(([path]) => sections.has(path.split('.')[0] ?? ''))
}
