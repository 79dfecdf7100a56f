/**
 * The framing of git's protocol: lines that begin with their length in four hexadecimal digits.
 */

interface RefCommand {
  readonly before: string
  readonly after: string
  readonly ref: string
}

export interface PushHead {
  readonly commands: readonly RefCommand[]
  readonly capabilities: readonly string[]
}

export function pktLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text
}

/** The commands that a push begins with; what follows them is the pack. */
export function readPushHead(body: Buffer): PushHead {
  const commands: RefCommand[] = []
  let capabilities: string[] = []
  let position = 0
  while (position + 4 <= body.length) {
    const length = Number.parseInt(body.toString('latin1', position, position + 4), 16)
    if (!(length > 4)) break
    const [command = '', list] = body.toString('utf8', position + 4, position + length).split('\u0000')
    if (list !== undefined) capabilities = list.trim().split(' ')
    const match = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (\S+)\s*$/.exec(command)
    if (match) commands.push({ before: match[1] ?? '', after: match[2] ?? '', ref: match[3] ?? '' })
    position += length
  }
  return { commands, capabilities }
}

/** What `git receive-pack` would answer if it refused every command for this reason. */
export function refusePush({ commands, capabilities }: PushHead, reasonOf: (ref: string) => string): string {
  const lines = commands.map(({ ref }) => pktLine(`ng ${ref} ${reasonOf(ref)}\n`))
  const report = `${pktLine('unpack ok\n')}${lines.join('')}0000`
  return capabilities.includes('side-band-64k') ? `${pktLine(`\u0001${report}`)}0000` : report
}
