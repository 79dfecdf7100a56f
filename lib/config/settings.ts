/**
 * The settings in force as a list to show, in the order of the schema.
 */
import { KEYS } from './keys.ts'
import type { Settings } from './layer.ts'
import type { Place } from './problem.ts'

export interface ShownSetting {
  readonly key: string
  readonly kind: 'preference' | 'policy'
  readonly value: unknown
  readonly place?: Place
}

export function describeSettings(
  settings: Settings,
  { origin, changed }: { origin: boolean; changed: boolean },
): ShownSetting[] {
  return KEYS.flatMap(({ path, kind }): ShownSetting[] => {
    const setting = settings.get(path)
    if (kind === 'format' || !setting) return []

    const { value, place } = setting
    if (changed && place.layer === 'defaults') return []
    return [{ key: path, kind, value, ...(origin ? { place } : {}) }]
  })
}
