/**
 * Reads the list of workers as the store holds it. A list that cannot be read is refused by name, and is
 * therefore never written over.
 */
import { z } from 'zod'
import { unreadableState } from '../../ownership/parse.ts'
import type { Json } from '../../store/store.ts'
import { type Registry, WORKER_STATUSES } from './rules/registry.ts'

const Text = z.string().nullable()
const Natural = z.number().int().nonnegative()

const StoredWorker = z.object({
  id: z.string().min(1),
  process: z.object({
    machineId: Text,
    bootId: Text,
    pidNamespace: Text,
    /** The kernel reads signals to 0 as "my whole group", which is always there. */
    pid: z.number().int().positive(),
    startTime: Text,
  }),
  machine: Text,
  projectRoot: Text,
  task: z.object({ command: z.string(), runId: Text, target: Text }),
  status: z.enum(WORKER_STATUSES),
  startedAt: z.string(),
  beatAt: z.string(),
  beats: Natural,
  lease: z.object({ ttlMs: Natural, bootId: z.string(), renewedAtMs: Natural, parkedMs: z.null() }),
})

const StoredRegistry = z.object({
  schemaVersion: z.literal(1),
  host: z.string(),
  repo: z.string(),
  workers: z.array(StoredWorker),
})

/** @throws StoreError `state_unreadable` */
export function parseRegistry(raw: Json, where: string): Registry {
  const parsed = StoredRegistry.safeParse(raw)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw unreadableState(`${issue?.path.join('.') || 'it'} is not as expected (${issue?.message})`, where)
}
