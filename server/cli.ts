#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { StreamError } from '../src/wire/index.ts';
import {
  type AnnouncedAddress,
  createRelay,
  createSqliteStorage,
  type DrainOptions,
  type LogStorage,
  type Relay,
  type RelayServerOptions,
} from './index.ts';
import { isLog, type Log, toLog } from './relay/logger.ts';
import { createStdoutLog, outputLevels } from './stdout.ts';

const HELP = `sluice relay [options]

Runs a relay: it fetches LLM answers and streams them to browsers.

  --port <n>       Port for HTTP, WebSocket and, over UDP, WebTransport. 0 for any.
                   Default: PORT, else 8787
  --host <name>    Name or address to listen on. Others than loopback need a
                   config with an authenticate function.
                   Default: HOST, else 127.0.0.1
  --announce <[host]:port>
                   Where clients reach WebTransport (UDP), if not at the relay's
                   own address: behind a load balancer, in a container.
                   Default: the host a page asked for, and the bound port
  --config <file>  JavaScript module whose default export is the options of
                   createRelay, or a JSON file with them.
  --data <dir>     Keep streams in this folder, for one relay at a time: they are
                   there after a restart. Those it interrupts are read on where
                   the provider keeps them, and else end with an error that
                   says so. Kept for a week, and up to 4 GiB.
                   Default: in memory, for five minutes after their end
  --log-level <l>  Which lines are written to the standard output, as JSON:
                   debug, info, warn, error or silent.
                   Default: SLUICE_LOG_LEVEL, else info
  --drain <s>      How long a shutdown lets running answers go on, in seconds.
                   What still runs then ends with an error that may be retried.
                   Default: 25, within the 30 s Kubernetes allows; Docker
                   allows 10
  --version        Show the version.
  --help           Show this.

Keys and base URLs of providers come from the environment: OPENAI_API_KEY,
ANTHROPIC_API_KEY, GEMINI_API_KEY, and OPENAI_BASE_URL, ANTHROPIC_BASE_URL,
GEMINI_BASE_URL, OLLAMA_BASE_URL.
SIGINT and SIGTERM end the relay in order: /readyz fails at once, nothing new is
started, clients are asked to move, running answers may end (--drain), and then
it exits with 0. A second one does not wait; with --data nothing is lost.
`;

/** Exit codes: 0 after a normal end, 1 when the relay cannot start, 2 for a wrong command line, 128 and the signal's number after a second signal. */
async function main(): Promise<void> {
  const { positionals, values } = readArguments();
  if (values.help) return void process.stdout.write(HELP);
  if (values.version) return void process.stdout.write(`${version()}\n`);
  if (positionals[0] !== 'relay' || positionals.length > 1) throw new UsageError(`Unknown command: ${positionals.join(' ') || '(none)'}.`);
  const port = readPort(values.port ?? (process.env['PORT'] || '8787'));
  const host = values.host ?? (process.env['HOST'] || '127.0.0.1');
  const level = readLevel(values['log-level'] ?? (process.env['SLUICE_LOG_LEVEL'] || 'info'));
  const config = values.config === undefined ? {} : await readConfig(values.config);
  const announce = values.announce === undefined ? undefined : readAnnounced(values.announce);
  const drain = values.drain === undefined ? {} : { deadlineMs: readSeconds(values.drain) };
  const { log = createStdoutLog(level) } = config;
  const write = isLog(log) ? toLog(log) : () => {};
  const stored = values.data === undefined ? {} : { storage: openStorage(values.data, config, write) };
  const relay = createRelay({ ...config, log, ...stored, ...(announce === undefined ? {} : announceBy(config, announce)) });
  const { url } = await relay.listen({ port, host });
  write('info', `Sluice relay on ${url}`, { url });
  endOnSignal(relay, drain);
}

class UsageError extends Error {}

function readArguments(): ReturnType<typeof parse> {
  try {
    return parse();
  } catch (cause) {
    // What Node adds is about arguments that begin with a dash, of which there are none.
    throw new UsageError(cause instanceof Error ? cause.message.replace(/\. To specify .*/s, '.') : String(cause));
  }
}

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      announce: { type: 'string' },
      config: { type: 'string' },
      data: { type: 'string' },
      drain: { type: 'string' },
      'log-level': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', default: false },
    },
  });

/** Of the package, whose `package.json` is beside the folder of this file. */
function version(): string {
  const { version: own } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return own;
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`The port is ${text}; it must be a number from 0 to 65535.`);
}

function readAnnounced(text: string): AnnouncedAddress {
  const [, host = '', port = ''] = /^(|[^:]+|\[[^\]]+\]):(\d+)$/.exec(text) ?? [];
  if (port === '') throw new UsageError(`--announce is ${text}; it takes a host and a port, as in relay.example:443, or :443 alone.`);
  return { port: Number(port), ...(host === '' ? {} : { host }) };
}

/** @throws {StreamError} `bad_option` */
function announceBy({ webTransport = {} }: RelayServerOptions, announce: AnnouncedAddress): RelayServerOptions {
  if (webTransport !== false) return { webTransport: { ...webTransport, announce } };
  throw new StreamError('bad_option', '--announce is given, and the config has no WebTransport. The relay did not start. Leave one out.');
}

function readLevel(text: string): string {
  if (outputLevels.includes(text)) return text;
  throw new UsageError(`The log level is ${text}; it must be one of ${outputLevels.join(', ')}.`);
}

function readSeconds(text: string): number {
  if (/^\d{1,5}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  throw new UsageError(`--drain is ${text}; it takes a number of seconds, 0 for none.`);
}

async function readConfig(file: string): Promise<RelayServerOptions> {
  const url = pathToFileURL(resolve(file)).href;
  try {
    const module: { default?: unknown } = await (file.endsWith('.json') ? import(url, { with: { type: 'json' } }) : import(url));
    if (typeof module.default === 'object' && module.default !== null) return module.default;
  } catch (cause) {
    throw new StreamError('bad_option', `The config ${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  throw new StreamError('bad_option', `The config ${file} has no default export that is an object. Export the options of createRelay.`);
}

/** @throws {StreamError} `bad_option`, or why the folder cannot be used */
function openStorage(directory: string, config: RelayServerOptions, log: Log): LogStorage {
  if (config.storage !== undefined) {
    throw new StreamError(
      'bad_option',
      '--data is given, and the config has a storage of its own. The relay did not start. Leave one out.',
    );
  }
  const storage = createSqliteStorage({ directory });
  log('info', `Streams are kept in ${resolve(directory)}`, { streams: storage.size, interrupted: storage.interrupted().length });
  return storage;
}

function endOnSignal(relay: Relay, drain: DrainOptions): void {
  let ending = false;
  const end = async (signal: 'SIGINT' | 'SIGTERM'): Promise<void> => {
    if (ending) {
      // Ends and stores what runs before it returns; only the goodbyes would take time.
      void relay.close();
      process.exit(128 + constants.signals[signal]);
    }
    ending = true;
    await relay.drain(drain);
    await relay.close();
    process.exit(0);
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

main().catch((cause: unknown) => {
  const usage = cause instanceof UsageError;
  const code = cause instanceof StreamError ? `${cause.code}: ` : '';
  process.stderr.write(
    `sluice: ${code}${cause instanceof Error ? cause.message : String(cause)}\n${usage ? '\nSee: sluice --help\n' : ''}`,
  );
  process.exitCode = usage ? 2 : 1;
});
