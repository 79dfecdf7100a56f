/**
 * The path of something in a folder, where both are known to be plain: nothing is taken apart and nothing
 * like `..` resolved, as `join` does. A fast command makes two dozen of these.
 */
import { sep } from 'node:path'

/** @param name relative, without `.` and `..` */
export function within(folder: string, name: string): string {
  return folder.endsWith(sep) ? folder + name : folder + sep + name
}
