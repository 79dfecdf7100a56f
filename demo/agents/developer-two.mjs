// The developer of the second story needs two repairs before the checks are green.
import { append, commit, read, replace, report, step, threads } from './agent.mjs'

const FILE = 'lib/slug.mjs'
const PLAIN = "\nexport function plain(text) {\n  return text.normalize('NFD').replace(/\\p{Mn}/gu, '')\n}\n"
const DESCRIPTION = '/** Takes the accents off. */\n'

const STEPS = {
  implement() {
    replace(FILE, '/[^a-z0-9]/g', '/[^a-z0-9]+/g')
    commit('Make one dash of several marks in a row')
  },
  fix_checks() {
    if (!read(FILE).includes('plain(')) {
      replace(
        FILE,
        "return title.toLowerCase().replace(/[^a-z0-9]+/g, '-')",
        "return plain(title).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')",
      )
      append(FILE, PLAIN)
      commit('Take accents off, and dashes off both ends')
    } else {
      replace(FILE, 'export function plain', `${DESCRIPTION}export function plain`)
      commit('Describe what plain promises')
    }
  },
  fix_gate() {
    replace(
      'spec/slug.spec.mjs',
      "import { slug } from '../lib/index.mjs'\n",
      "import { slug } from '../lib/index.mjs'\nimport { plain } from '../lib/slug.mjs'\n",
    )
    replace('spec/slug.spec.mjs', "console.log('all", "assert.equal(plain('Stühle'), 'Stuhle')\nconsole.log('all")
    commit('Specify plain on its own')
  },
  address_review_feedback() {
    replace('lib/index.mjs', 'export { slug }', 'export { plain, slug }')
    replace(FILE, 'the last part of an address. */', 'the last part of an address; of marks only, an empty one. */')
    commit('Export plain, and say what a title of marks becomes')
    return threads.map(({ id, path }) => ({
      thread: id,
      body: path === 'lib/index.mjs' ? 'It is exported here now.' : 'The comment says so now.',
    }))
  },
  commit_work() {
    commit('Keep the work that was begun')
  },
}

const answers = STEPS[step]?.() ?? []
report(`did ${step}`, answers)
