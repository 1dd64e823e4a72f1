import { writeFileSync } from 'node:fs';

/**
 * Puts a process of ours, and what else is in its session, in front of other work on this machine. For tuning on a machine that
 * is not quiet; needs rights, and does nothing without them. Linux shares the processors among sessions first (autogroup), so
 * the order of a browser's own threads stays what it is.
 */
export function takePrecedence(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, '-15');
  } catch {
    // Not there, or not allowed.
  }
}
