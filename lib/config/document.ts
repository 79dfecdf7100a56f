/**
 * A configuration text becomes a plain value, and every key of it can be found again by line and column.
 *
 * JSON is a part of YAML 1.2, so one parser gives the places for both; a `.json` file must be strict
 * JSON all the same. Keys that appear twice are found here rather than by the parser, which compares
 * each with each and takes seconds for a file of the largest allowed size.
 */
import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml'
import { checkBounds, MAX_TEXT_BYTES } from './bounds.ts'
import type { Layer, Problem } from './problem.ts'

/** After some errors in one text the rest are echoes of the first. */
const MAX_SYNTAX_PROBLEMS = 10

export type Path = readonly (string | number)[]

export interface Document {
  /** `null` when `problems` is not empty. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** The place of a key; of the nearest one above it when it is not there. */
  placeOfKey(path: Path): Pick<Problem, 'line' | 'column'>
  placeOfValue(path: Path): Pick<Problem, 'line' | 'column'>
}

interface Finding {
  readonly offset: number
  readonly message: string
  readonly key?: string
}

/** Never throws: whatever is wrong with the text is a problem of the document. */
export function readDocument(text: string, layer: Layer, source: string): Document {
  const lines = new LineCounter()
  const { value, root, findings } = parseText(text, source.endsWith('.json'), lines)
  const locate = (offset: number) => toPlace(lines, offset)

  return {
    value,
    problems: findings.map(({ offset, message, key }) => ({
      layer,
      source,
      ...locate(offset),
      key: key ?? null,
      message,
      nearest: null,
    })),
    placeOfKey: (path) => locate(offsetOf(root, path, 'key')),
    placeOfValue: (path) => locate(offsetOf(root, path, 'value')),
  }
}

interface Parsed {
  readonly value: unknown
  readonly root: ParsedNode | null
  readonly findings: readonly Finding[]
}

function parseText(text: string, strictJson: boolean, lines: LineCounter): Parsed {
  const nothing = { value: null, root: null }
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    return { ...nothing, findings: [{ offset: 0, message: `the file is larger than ${MAX_TEXT_BYTES / 1024} KiB` }] }
  }

  const outOfBounds = checkBounds(text, lines)
  if (outOfBounds) return { ...nothing, findings: [{ ...outOfBounds, message: `the file ${outOfBounds.message}` }] }

  const document = parseDocument(text, { schema: 'core', uniqueKeys: false, prettyErrors: false })
  const syntax = [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_PROBLEMS).map((error) => ({
    offset: error.pos[0],
    message: describeSyntax(error.code, error.message),
  }))
  const wrong = strictJson ? checkJson(text, syntax[0]?.offset) : syntax
  if (wrong.length > 0) return { ...nothing, findings: wrong }

  const root = document.contents
  if (root === null)
    return { ...nothing, findings: [{ offset: 0, message: 'the file is empty; it needs at least "version: 1"' }] }

  const findings = checkKeys(root, [])
  if (findings.length > 0) return { value: null, root, findings }
  return { value: strictJson ? JSON.parse(text) : document.toJS({ maxAliasCount: 0 }), root, findings }
}

function describeSyntax(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'indented with a tab; use spaces'
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; a file holds one'
  return `this is not valid YAML: ${message}`
}

/** @param likely where the YAML parser stumbled; some messages of JSON.parse name no position */
function checkJson(text: string, likely: number | undefined): Finding[] {
  try {
    JSON.parse(text)
    return []
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1]
    const offset = position === undefined ? (likely ?? text.trimEnd().length) : Number(position)
    return [{ offset, message: 'this is not valid JSON' }]
  }
}

/** Keys that appear twice, and keys that are no names: a list or map as a key would be turned into text. */
function checkKeys(node: unknown, above: Path): Finding[] {
  if (isSeq<ParsedNode>(node)) return node.items.flatMap((item, index) => checkKeys(item, [...above, index]))
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return []

  const seen = new Set<string>()
  return node.items.flatMap(({ key, value }) => {
    const name = nameOf(key)
    const path = [...above, name]
    const message = keyProblem(key, seen.has(name))
    seen.add(name)

    const below = checkKeys(value, path)
    return message === null ? below : [{ offset: key.range[0], message, key: path.join('.') }, ...below]
  })
}

function keyProblem(key: Node, again: boolean): string | null {
  if (!isScalar(key)) return 'a list or map cannot be a key'
  return again ? `the key ${JSON.stringify(nameOf(key).slice(0, 60))} appears twice; keep one` : null
}

/** The offset of the deepest part of `path` that exists. */
function offsetOf(root: ParsedNode | null, path: Path, what: 'key' | 'value'): number {
  let node: ParsedNode | null = root
  let offset = root?.range[0] ?? 0

  for (const part of path) {
    const step = stepInto(node, part)
    if (!step) return offset
    offset = what === 'key' ? step.keyOffset : (step.node?.range[0] ?? step.keyOffset)
    node = step.node
  }
  return offset
}

function stepInto(
  node: ParsedNode | null,
  part: string | number,
): { node: ParsedNode | null; keyOffset: number } | null {
  if (isSeq<ParsedNode>(node) && typeof part === 'number') {
    const item = node.items[part]
    return item ? { node: item, keyOffset: item.range[0] } : null
  }
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return null

  const pair = node.items.find(({ key }) => nameOf(key) === String(part))
  return pair ? { node: pair.value, keyOffset: pair.key.range[0] } : null
}

function nameOf(key: Node): string {
  if (!isScalar(key)) return '?'
  return key.value === null ? '' : String(key.value)
}

function toPlace(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
