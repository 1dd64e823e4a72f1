import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Of the last minute, before the run. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly commit: string;
}

export function describeMachine(): Machine {
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' });
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release()}`,
    load: loadavg()[0] ?? 0,
    versions: {
      node: process.version.slice(1),
      'sluice-kit': version('../package.json'),
      ws: version('./node_modules/ws/package.json'),
      'socket.io': version('./node_modules/socket.io/package.json'),
      msgpackr: version('../node_modules/msgpackr/package.json'),
      rwebtransport: version('../node_modules/rwebtransport/package.json'),
    },
    commit: git.status === 0 ? git.stdout.trim() : 'unknown',
  };
}

/** The first lines of a report. */
export function machineLines({ date, commit, cpu, cores, memoryGiB, system, load, versions }: Machine): string[] {
  return [
    `${date.slice(0, 16).replace('T', ' ')} UTC · commit ${commit} · ${cpu}, ${cores} cores, ${memoryGiB} GiB · ${system} · load before the run ${load.toFixed(2)}`,
    '',
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(' · '),
    '',
  ];
}

function version(path: string): string {
  try {
    return String(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version);
  } catch {
    return 'absent';
  }
}
