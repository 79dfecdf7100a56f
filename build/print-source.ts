/**
 * Prints plain data as TypeScript in the layout that the formatter of this repository gives it, so
 * that a generated file is the same before and after formatting.
 */

const WIDTH = 120

/** @param used columns that stand before the value on its first line; only near the margin does it matter */
export function printSource(value: unknown, indent = '', used = 0): string {
  if (typeof value === 'string') return `'${value.replace(/['\\]/g, '\\$&')}'`
  if (Array.isArray(value)) return printList(value, indent, used)
  if (typeof value !== 'object' || value === null) return String(value)

  const inner = `${indent}  `
  const lines = Object.entries(value).map(([key, item]) => {
    const name = /^[A-Za-z_]\w*$/.test(key) ? key : `'${key}'`
    return `${inner}${name}: ${printSource(item, inner, inner.length + name.length + 3)},\n`
  })
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`
}

function printList(items: readonly unknown[], indent: string, used: number): string {
  const oneLine = `[${items.map((item) => printSource(item, indent)).join(', ')}]`
  if (used + oneLine.length <= WIDTH) return oneLine

  const inner = `${indent}  `
  return `[\n${items.map((item) => `${inner}${printSource(item, inner)},\n`).join('')}${indent}]`
}
