/**
 * Reading commits and files of a bare repository.
 *
 * What a commit id names never changes, so everything asked by commit id is asked once and kept for
 * as long as the forge runs. What a branch names is asked anew each time.
 */
import { git, tryGit } from './bare.ts'

export interface CommitPerson {
  readonly name: string
  readonly email: string
  readonly date: string
}

export interface CommitData {
  readonly oid: string
  readonly treeOid: string
  readonly parents: readonly string[]
  readonly author: CommitPerson
  readonly committer: CommitPerson
  readonly message: string
}

export interface ChangedFile {
  readonly path: string
  readonly additions: number
  readonly deletions: number
  readonly changeType: 'ADDED' | 'DELETED' | 'MODIFIED' | 'RENAMED' | 'CHANGED'
  readonly previousPath: string | null
}

export interface NamedObject {
  readonly oid: string
  readonly type: 'commit' | 'tree' | 'blob' | 'tag'
}

interface TreeItem {
  readonly name: string
  readonly oid: string
  readonly type: 'blob' | 'tree' | 'commit'
  readonly mode: number
}

const COMMIT_FORMAT = '%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x00%x01'

export class Objects {
  readonly #kept = new Map<string, Promise<unknown>>()

  constructor(readonly gitDir: string) {}

  /** Branches and tags: full ref name → commit id. */
  async refs(): Promise<Map<string, string>> {
    const out = await git(this.gitDir, ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags'])
    return new Map(out.split('\n').filter(Boolean).map(splitOnce))
  }

  /** What an expression such as `main:package.json` names now; `null`: nothing. */
  async resolve(expression: string): Promise<NamedObject | null> {
    const call = { input: `${expression}\n` }
    if (expression.includes('\n')) return null
    const { stdout } = await tryGit(this.gitDir, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], call)
    const match = /^([0-9a-f]{40,64}) (commit|tree|blob|tag)\n$/.exec(stdout)
    return match ? { oid: match[1] ?? '', type: match[2] as NamedObject['type'] } : null
  }

  /** `null`, which is not kept because a push may end it, for a commit that is not here. */
  async commit(oid: string): Promise<CommitData | null> {
    const key = `commit ${oid}`
    const found = await this.#keep(key, async () => {
      const { exitCode, stdout } = await tryGit(this.gitDir, [
        'log',
        '--no-walk',
        `--format=${COMMIT_FORMAT}`,
        oid,
        '--',
      ])
      return exitCode === 0 ? (parseCommits(stdout)[0] ?? null) : null
    })
    if (!found) this.#kept.delete(key)
    return found
  }

  /** The commits of `head` that `base` has not, oldest first. */
  commits(base: string, head: string): Promise<readonly CommitData[]> {
    return this.#keep(`commits ${base} ${head}`, async () => {
      const range = [`${base}..${head}`, '--']
      const out = await git(this.gitDir, ['log', '--reverse', '--topo-order', `--format=${COMMIT_FORMAT}`, ...range])
      return parseCommits(out)
    })
  }

  /** The commit and everything before it, newest first. */
  history(oid: string): Promise<readonly CommitData[]> {
    return this.#keep(`history ${oid}`, async () => {
      return parseCommits(await git(this.gitDir, ['log', '--topo-order', `--format=${COMMIT_FORMAT}`, oid, '--']))
    })
  }

  tree(oid: string): Promise<readonly TreeItem[]> {
    return this.#keep(`tree ${oid}`, async () => {
      const out = await git(this.gitDir, ['ls-tree', '-z', oid])
      return out.split('\u0000').filter(Boolean).map(parseTreeItem)
    })
  }

  /** What `head` changed since it left `base`. */
  files(base: string, head: string): Promise<readonly ChangedFile[]> {
    return this.#keep(`files ${base} ${head}`, async () => {
      const range = ['--find-renames', '-z', `${base}...${head}`, '--']
      const [counts, kinds] = await Promise.all([
        git(this.gitDir, ['diff', '--numstat', ...range]),
        git(this.gitDir, ['diff', '--name-status', ...range]),
      ])
      return parseFiles(counts, kinds)
    })
  }

  /** The tree that merging the two gives, or `null` if they conflict. */
  mergedTree(base: string, head: string): Promise<string | null> {
    return this.#keep(`merge ${base} ${head}`, async () => {
      const result = await tryGit(this.gitDir, [
        'merge-tree',
        '--write-tree',
        '--allow-unrelated-histories',
        base,
        head,
      ])
      return result.exitCode === 0 ? result.stdout.trim() : null
    })
  }

  contains(descendant: string, ancestor: string): Promise<boolean> {
    return this.#keep(`contains ${descendant} ${ancestor}`, async () => {
      return (await tryGit(this.gitDir, ['merge-base', '--is-ancestor', ancestor, descendant])).exitCode === 0
    })
  }

  blob(oid: string): Promise<string> {
    return this.#keep(`blob ${oid}`, () => git(this.gitDir, ['cat-file', 'blob', oid]))
  }

  /** What a commit has at a path; `null` if nothing. */
  entryAt(commitOid: string, path: string): Promise<TreeItem | null> {
    return this.#keep(`entry ${commitOid} ${path}`, async () => {
      const { stdout } = await tryGit(this.gitDir, [
        '--literal-pathspecs',
        'ls-tree',
        '-z',
        '--full-tree',
        commitOid,
        '--',
        path,
      ])
      const line = stdout.split('\u0000')[0]
      return line ? parseTreeItem(line) : null
    })
  }

  /** The text of a file in a commit; `null` if it has no such file. */
  async fileAt(commitOid: string, path: string): Promise<string | null> {
    const found = await this.entryAt(commitOid, path)
    return found?.type === 'blob' ? this.blob(found.oid) : null
  }

  /** A failure says nothing about the commit, so it is not kept. */
  #keep<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key)
    if (kept) return kept as Promise<T>

    const asked = ask()
    this.#kept.set(key, asked)
    asked.catch(() => this.#kept.delete(key))
    return asked
  }
}

function parseCommits(out: string): CommitData[] {
  return out
    .split('\u0000\u0001')
    .map((record) => record.replace(/^\n/, '').split('\u0000'))
    .filter((fields) => fields.length === 10)
    .map(([oid = '', treeOid = '', parents = '', ...rest]) => {
      const [authorName = '', authorEmail = '', authorDate = '', name = '', email = '', date = '', message = ''] = rest
      const author = { name: authorName, email: authorEmail, date: authorDate }
      const committer = { name, email, date }
      return {
        oid,
        treeOid,
        parents: parents.split(' ').filter(Boolean),
        author,
        committer,
        message: message.trimEnd(),
      }
    })
}

const CHANGE_TYPES = { A: 'ADDED', D: 'DELETED', M: 'MODIFIED', R: 'RENAMED', T: 'CHANGED' } as const

/** @param counts of `diff --numstat -z`; @param kinds of `diff --name-status -z`, in the same order */
function parseFiles(counts: string, kinds: string): ChangedFile[] {
  const sizes = parseCounts(counts)
  const words = kinds.split('\u0000').filter(Boolean)
  const files: ChangedFile[] = []
  for (let index = 0; index + 1 < words.length; index += 2) {
    const letter = (words[index] ?? '').charAt(0)
    const renamed = letter === 'R'
    const previousPath = renamed ? (words[index + 1] ?? null) : null
    if (renamed) index += 1
    const changeType = letter in CHANGE_TYPES ? CHANGE_TYPES[letter as keyof typeof CHANGE_TYPES] : 'CHANGED'
    const { additions, deletions } = sizes[files.length] ?? { additions: 0, deletions: 0 }
    files.push({ path: words[index + 1] ?? '', additions, deletions, changeType, previousPath })
  }
  return files
}

/** The names in between belong to renames; a binary file has `-` for its counts, where GitHub says 0. */
function parseCounts(counts: string) {
  return counts
    .split('\u0000')
    .map((line) => /^(\d+|-)\t(\d+|-)\t/.exec(line))
    .filter((match) => match !== null)
    .map(([, additions, deletions]) => ({ additions: Number(additions) || 0, deletions: Number(deletions) || 0 }))
}

function parseTreeItem(line: string): TreeItem {
  const [left = '', ...name] = line.split('\t')
  const [mode = '', type = '', oid = ''] = left.split(' ')
  const kind = type === 'tree' || type === 'commit' ? type : 'blob'
  return { name: name.join('\t'), oid, type: kind, mode: Number.parseInt(mode, 8) }
}

function splitOnce(line: string): [string, string] {
  const space = line.lastIndexOf(' ')
  return [line.slice(0, space), line.slice(space + 1)]
}
