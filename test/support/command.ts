import { type ParseArgsConfig, parseArgs } from 'node:util';

/** What a command may be told. Its kind is that of its default: a number that is not negative, a text, or a flag. */
export interface CommandOption<T extends number | string | boolean = number | string | boolean> {
  readonly about: string;
  /** Not said of a flag, nor of a text that is empty. */
  readonly default: T;
  /** What a text must be. @default any */
  readonly oneOf?: readonly string[];
}

export interface Command<T extends Readonly<Record<string, CommandOption>>> {
  /** As in `npm run name`. */
  readonly name: string;
  readonly about: string;
  readonly options: T;
}

type ToldOf<T extends CommandOption> = T extends { readonly oneOf: readonly (infer One)[] }
  ? One
  : T['default'] extends number
    ? number
    : T['default'] extends string
      ? string
      : boolean;

/** What the command was told, with the defaults filled in. */
type Told<T extends Readonly<Record<string, CommandOption>>> = { readonly [Name in keyof T]: ToldOf<T[Name]> };

/** Reads the command line, before anything is begun. With `--help` it ends the process with 0, with a wrong command line with 2, saying why. */
export function readCommand<const T extends Readonly<Record<string, CommandOption>>>(
  command: Command<T>,
  line: readonly string[] = process.argv.slice(2),
): Told<T> {
  try {
    const told = parse(command, line);
    if (told !== 'help') return told;
    process.stdout.write(helpOf(command));
    process.exit(0);
  } catch (cause) {
    process.stderr.write(`npm run ${command.name}: ${messageOf(cause)}\nSee: npm run ${command.name} -- --help\n`);
    process.exit(2);
  }
}

function parse<T extends Readonly<Record<string, CommandOption>>>({ options }: Command<T>, line: readonly string[]): Told<T> | 'help' {
  const types: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { default: usual }] of Object.entries(options))
    types[name] = { type: typeof usual === 'boolean' ? 'boolean' : 'string' };
  const values: { readonly [name: string]: unknown } = parseArgs({ args: [...line], options: types }).values;
  if (values['help'] === true) return 'help';
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, toldOf(name, option, values[name])])) as Told<T>;
}

function toldOf(name: string, { default: usual, oneOf }: CommandOption, given: unknown): number | string | boolean {
  if (given === undefined) return usual;
  if (typeof usual === 'number') {
    if (/^\d+(\.\d+)?$/.test(String(given))) return Number(given);
    throw new Error(`--${name} is ${given}; it takes a number.`);
  }
  if (oneOf !== undefined && !oneOf.includes(String(given))) throw new Error(`--${name} is ${given}; it takes one of ${oneOf.join(', ')}.`);
  return given as string | boolean;
}

function helpOf({ name, about, options }: Command<Readonly<Record<string, CommandOption>>>): string {
  const rows = Object.entries(options).map(([option, { about: what, default: usual, oneOf }]) => {
    const value = typeof usual === 'number' ? ' <n>' : typeof usual === 'string' ? ' <text>' : '';
    const choice = oneOf === undefined ? '' : ` One of ${oneOf.join(', ')}.`;
    return [`--${option}${value}`, `${what}${choice}${usual === '' || usual === false ? '' : ` Default: ${usual}`}`];
  });
  rows.push(['--help', 'Shows this.']);
  const width = Math.max(...rows.map(([option = '']) => option.length));
  return `npm run ${name} -- [options]\n\n${about}\n\n${rows.map(([option = '', what]) => `  ${option.padEnd(width)}  ${what}\n`).join('')}`;
}

/** What Node adds is about arguments that begin with a dash, of which there are none. */
function messageOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.message.replace(/\.( (To specify|This command) .*)?$/s, '')}.` : String(cause);
}
