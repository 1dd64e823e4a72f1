import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

// The sampling profiler of this process, for the measured window only: a profile of the whole run would show start and warm-up.

let session: Session | undefined;

export async function startProfile(): Promise<void> {
  session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
}

/** Writes a `.cpuprofile`, as browsers' tools open it. */
export async function writeProfile(file: string): Promise<void> {
  const { profile } = (await session?.post('Profiler.stop')) ?? {};
  session?.disconnect();
  await writeFile(file, JSON.stringify(profile));
}
