/**
 * JSON with one place changed to anything: what comes from outside is seldom wholly wrong, and a reader gets
 * furthest into what is nearly right.
 */
import fc from 'fast-check'

type Path = readonly (string | number)[]

/** @param good JSON that a reader accepts */
export function damaged(good: unknown): fc.Arbitrary<unknown> {
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom<unknown>(null, '', 0, -1, 1e308, [], {}, [null], { toString: 1, valueOf: 1 }, '\ud800'),
  )
  const change = fc.option(anything, { nil: undefined, freq: 5 })
  return fc.tuple(fc.constantFrom(...pathsOf(good)), change).map(([path, value]) => put(good, path, value))
}

function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [above]
  const below = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [above, ...below.flatMap(([name, inner]) => pathsOf(inner, [...above, name]))]
}

/** @param next `undefined` takes the place away */
function put(value: unknown, [name, ...rest]: Path, next: unknown): unknown {
  if (name === undefined) return next ?? null
  if (Array.isArray(value)) {
    const changed = value.map((item, at) => (at === name ? put(item, rest, next) : item))
    return next === undefined && rest.length === 0 ? changed.filter((_, at) => at !== name) : changed
  }
  const entries = Object.entries(Object(value)).map(([key, inner]) => [
    key,
    key === name ? put(inner, rest, next) : inner,
  ])
  return Object.fromEntries(next === undefined && rest.length === 0 ? entries.filter(([key]) => key !== name) : entries)
}
