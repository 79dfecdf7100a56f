/** A link that leads nowhere costs the reader more than no link. */
import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { absolutePath, page, pages, relativeLinks } from './markdown.ts'

describe.each(pages().map((one) => [one.path, one] as const))('%s', (path, shown) => {
  it('links only to files and headings that are there', () => {
    for (const link of relativeLinks(shown)) {
      const [target = '', anchor] = link.split('#')
      const file = posix.join(posix.dirname(path), target)
      expect(existsSync(absolutePath(file)), `${path}: ${link}`).toBe(true)
      if (anchor !== undefined) expect(anchorsOf(file), `${path}: ${link}`).toContain(anchor)
    }
  })
})

function anchorsOf(file: string): readonly string[] {
  const headings = [...page(file).text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
