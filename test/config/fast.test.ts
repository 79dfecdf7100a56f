import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

it('loading cached configuration loads neither the YAML parser nor the schema library', async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['lib/config/load.ts'],
    outdir: 'never-written',
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    metafile: true,
  })
  const entry = Object.keys(metafile.outputs).find(
    (path) => metafile.outputs[path]?.entryPoint === 'lib/config/load.ts',
  )
  const sources = sourcesLoaded(metafile, entry ?? '')
  expect(sources).toContain('lib/config/cache.ts')
  expect(sources.filter((path) => path.startsWith('node_modules/'))).toEqual([])
})

/** Everything that is in memory once a built file was imported, without what it may import later. */
function sourcesLoaded({ outputs }: Metafile, path: string): string[] {
  const output = outputs[path]
  if (!output) return []
  const chunks = output.imports.filter(({ kind }) => kind === 'import-statement')
  return [
    ...Object.keys(output.inputs),
    ...chunks.flatMap((chunk) => sourcesLoaded({ inputs: {}, outputs }, chunk.path)),
  ]
}
