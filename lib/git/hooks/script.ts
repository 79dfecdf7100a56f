/**
 * What stands in the installed hook, and how a file is recognised as ours. Pure.
 *
 * The hook allows a push by one way only: a hook that was here before said yes, and so does `hooks
 * pre-push`. A missing node, a missing bundle, a crash: every other way ends in the blocking code. The hook
 * that was here before runs first, because it may take long, and ours is to be the last look before the push.
 */
import { createHash } from 'node:crypto'

/** The one hook that is installed, as git names it. */
export const HOOK = 'pre-push'

/** The hook that was here before, beside ours; git runs no file of this name. */
export const KEPT_HOOK = 'pre-push.before-dev-loops'

export interface HookProgram {
  /** Absolute path of node. */
  readonly node: string
  /** Absolute path of the bundled command line. */
  readonly cli: string
  /** Variables that say where the records are; they hold where the pushing shell has none of its own. */
  readonly env: Readonly<Record<string, string>>
}

export interface OwnHook {
  /** Nobody changed it since it was installed. */
  readonly intact: boolean
  /** The folder of hooks was made for it and goes with it. */
  readonly madeFolder: boolean
}

const MARK = /^#!\/bin\/sh\n# dev-loops pre-push ([0-9a-f]{16})( in a folder of its own)?\n/

export function formatHook(program: HookProgram, madeFolder: boolean): string {
  const body = formatBody(program)
  return `#!/bin/sh\n# dev-loops pre-push ${digestOf(body)}${madeFolder ? ' in a folder of its own' : ''}\n${body}`
}

/** @returns `null` for a hook of somebody else */
export function parseHook(text: string): OwnHook | null {
  const [head, digest, folder] = MARK.exec(text) ?? []
  if (head === undefined) return null
  return { intact: digestOf(text.slice(head.length)) === digest, madeFolder: folder !== undefined }
}

function formatBody({ node, cli, env }: HookProgram): string {
  const defaults = Object.entries(env).map(
    ([name, value]) => `[ -n "\${${name}:-}" ] || ${name}=${quote(value)}\nexport ${name}\n`,
  )
  // The address goes by the environment: it may hold a password, and arguments can be read by others.
  return `# Put here by "dev-loops hooks install"; "dev-loops hooks uninstall" brings back what was here before.
kept="\${0%/*}/${KEPT_HOOK}"
node=${quote(node)}
cli=${quote(cli)}
refs=$(cat && echo .) || exit 2
refs=\${refs%.}
if [ -x "$kept" ]; then
  printf %s "$refs" | "$kept" "$@" || exit $?
fi
[ -x "$node" ] && [ -f "$cli" ] ||
  echo "dev-loops is no longer where its hook looks for it; run dev-loops hooks install again" >&2
${defaults.join('')}DEV_LOOPS_PUSH_URL=\${2:-}
export DEV_LOOPS_PUSH_URL
printf %s "$refs" | "$node" "$cli" hooks pre-push >/dev/null || exit 2
`
}

/** One word for the shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
