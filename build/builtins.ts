/**
 * Takes Node's own modules by a call instead of an import.
 *
 * For `import { readFileSync } from 'node:fs'` Node lists all names of the module and reads each, and
 * some are getters that load half of the library (streams, promises): five milliseconds that a fast
 * command does not have. `process.getBuiltinModule` hands out the same object and reads nothing.
 */

/** As the bundler prints it, white space removed: named, default or namespace imports of `node:…`. */
const IMPORT = /(?<=^|[;}\n])import(?:([\w$]+),?)?(\{[^{}]*\})?(?:\*as ([\w$]+))?from"(node:[\w/]+)";?/g

/** What bundled CommonJS libraries ask for, and an ES module does not have. */
const REQUIRE = 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);'

/** Imports count from the beginning of a file, so what replaces them stands there. */
export function takeBuiltinsDirectly(code: string): string {
  const names = new Map<string, Set<string>>()
  const wholes: string[] = []
  const rest = code.replace(IMPORT, (_, whole?: string, named?: string, all?: string, id = '') => {
    for (const name of named?.slice(1, -1).split(',') ?? []) {
      names.set(id, (names.get(id) ?? new Set()).add(name.replace(/ as /, ':')))
    }
    for (const name of [whole, all]) if (name !== undefined) wholes.push(`const ${name}=${take(id)};`)
    return ''
  })
  const taken = [...names].map(([id, each]) => `const{${[...each].join()}}=${take(id)};`)
  const hashbang = /^#!.*\n/.exec(rest)?.[0] ?? ''
  const require = /(?<![-\w$."'])require(?![-\w$:"'])/.test(rest) ? REQUIRE : ''
  return hashbang + require + [...wholes, ...taken].join('') + rest.slice(hashbang.length)
}

function take(id: string): string {
  return `process.getBuiltinModule("${id}")`
}
