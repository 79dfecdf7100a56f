/**
 * The types that users of the package see: those that its exports reach, and no others.
 *
 * The compiler writes `.ts` at the end of imports as the source has it; in an installed package that
 * names no file.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'

const ROOTS = ['lib/index.d.ts', 'lib/testing/index.d.ts']
const IMPORT = /(?<=\bfrom |\bimport\()(['"])(\.[^'"]*)\.ts\1/g

/** @param out folder that receives `types/`, ending in a slash */
export async function writeDeclarations(root: string, out: string): Promise<void> {
  const all = `${out}types.all/`
  const argv = [`${root}node_modules/typescript/bin/tsc`, '--project', 'tsconfig.build.json', '--outDir', all]
  await execa(process.execPath, argv, { cwd: root, stdout: 'inherit', stderr: 'inherit' })

  const wanted = [...ROOTS]
  for (const file of wanted) {
    const text = await readFile(join(all, file), 'utf8')
    for (const [, , path] of text.matchAll(IMPORT)) {
      const other = resolve('/', dirname(file), `${path}.d.ts`).slice(1)
      if (!wanted.includes(other)) wanted.push(other)
    }
    const place = join(out, 'types', file)
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, text.replace(IMPORT, '$1$2.js$1'))
  }
  await rm(all, { recursive: true })
}
