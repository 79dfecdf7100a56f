/**
 * The schema of one layer: every key may be left out except `version`.
 *
 * Rules over several keys are not part of it. A layer that shortens `lease.runTtl` alone is judged
 * when all layers lie on top of each other, not before.
 */
import { z } from 'zod'
import { sectionOf } from './keys.ts'
import { ConfigFile } from './schema.ts'

export const LayerFile = z.strictObject({ ...optionalShape(ConfigFile), version: ConfigFile.shape.version })

function optionalShape(section: z.ZodObject): Record<string, z.core.$ZodType> {
  const shape = Object.entries(section.shape).map(([name, schema]) => [name, z.optional(withoutRules(schema))])
  return Object.fromEntries(shape)
}

function withoutRules(schema: z.core.$ZodType): z.core.$ZodType {
  const section = sectionOf(schema)
  return section ? z.strictObject(optionalShape(section)) : schema
}
