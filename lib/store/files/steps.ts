/**
 * Why the commit protocol is written as generators: so that the code which is proved is the code
 * which runs.
 *
 * A protocol never touches the disk. It yields one step at a time, each a single call on `Files`,
 * and somebody else makes the call: `run` on a real disk, the enumeration in test/proofs on a
 * simulated one, where between any two steps another writer may move or this one may die.
 */

export type Renamed = 'done' | 'absent' | 'occupied'
type Maybe<T> = T | Promise<T>

/** What the protocols need of a disk. Each call is one step; failures are thrown as StoreError. */
export interface Files {
  /** `null` when there is no such folder. What changes meanwhile may or may not be in the answer. */
  list(folder: string): Maybe<readonly string[] | null>
  /** `null` when there is no such file. */
  read(path: string): Maybe<string | null>
  has(path: string): Maybe<boolean>
  /** Makes a file that is not there yet, whole and durable; `absent` when its folder is gone. */
  write(path: string, text: string): Maybe<'done' | 'absent'>
  /** Atomic. `absent`: `from` is gone, nothing was changed. `occupied`: `to` is a folder with content. */
  rename(from: string, to: string): Maybe<Renamed>
  /** Makes the names in a folder durable. */
  sync(folder: string): Maybe<void>
  /** Makes a folder, and those above it, durable; being there already is fine. */
  makeFolder(path: string): Maybe<void>
  /** Being gone already is fine, here and in `removeFolder`. */
  remove(path: string): Maybe<void>
  removeFolder(path: string): Maybe<void>
  /** Whether the process that left something behind is surely not at work on this machine any more. */
  isGone(pid: number): Maybe<boolean>
  pause(ms: number): Maybe<void>
}

interface Step {
  perform(files: Files): Maybe<void>
}

export type Steps<T> = Generator<Step, T, void>

/** One call as one step; its answer is the value of the `yield*`. */
export function* step<T>(call: (files: Files) => Maybe<T>): Steps<T> {
  const answers: T[] = []
  yield {
    perform(files) {
      const answer = call(files)
      return answer instanceof Promise ? answer.then((value) => void answers.push(value)) : void answers.push(answer)
    },
  }
  for (const answer of answers) return answer
  throw new Error('a step was resumed before it was performed')
}

/** Makes all steps, one after the other; an error of a step is thrown into the protocol. */
export async function run<T>(steps: Steps<T>, files: Files): Promise<T> {
  let current = steps.next()
  while (!current.done) {
    const failure = await performed(current.value, files)
    current = failure ? steps.throw(failure.error) : steps.next()
  }
  return current.value
}

async function performed(one: Step, files: Files): Promise<{ readonly error: unknown } | null> {
  try {
    const pending = one.perform(files)
    if (pending) await pending
    return null
  } catch (error) {
    return { error }
  }
}
