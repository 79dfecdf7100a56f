/**
 * Reads what a reviewer printed: one JSON object with its findings, alone or in a fence that ends the
 * output.
 *
 * Nothing is guessed from prose: "looks good to me" is no verdict, and a list that breaks off is none
 * either. The same holds for a finding without a severity that policy knows.
 */
import { z } from 'zod'
import { SEVERITIES } from '../config/judging.ts'
import type { ReviewReading } from './verdict.ts'

const MOST_FINDINGS = 200

const Review = z.object({
  findings: z
    .array(
      z.object({
        severity: z.enum(SEVERITIES),
        angle: z.string().max(100).default('general'),
        summary: z.string().min(1).max(4000),
        files: z.array(z.string().max(1000)).max(200).default([]),
      }),
    )
    .max(MOST_FINDINGS),
})

/** @param ended how the reviewer's process ended; what it printed counts only when it ended well */
export function readReview(output: string, ended: 'exited_0' | 'failed' | 'timed_out'): ReviewReading {
  if (ended === 'timed_out') return { ok: false, reason: 'reviewer_timed_out' }
  if (ended === 'failed') return { ok: false, reason: 'reviewer_failed' }
  const text = output.trim()
  if (text === '') return { ok: false, reason: 'reviewer_silent' }

  const review = Review.safeParse(parseJson(fenced(text) ?? text))
  return review.success ? { ok: true, findings: review.data.findings } : INVALID
}

const INVALID: ReviewReading = { ok: false, reason: 'reviewer_answer_invalid' }

/** Agents like to introduce their answer; with more than one fence it is not clear which one is meant. */
function fenced(text: string): string | null {
  const fences = text.match(/^```/gm)?.length ?? 0
  // Counted first: looking for the end of each of thousands would take minutes.
  if (fences !== 2 || !text.endsWith('```')) return null
  return /^```(?:json)?[ \t]*\r?\n([\s\S]*?)\r?\n```$/m.exec(text)?.[1] ?? null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
