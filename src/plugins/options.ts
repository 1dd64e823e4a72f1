import { StreamError } from '../wire/errors.ts';

/** What an option takes: in words, and whether a value is that. */
export type Kind = readonly [takes: string, is: (value: unknown) => boolean];

export const size: Kind = ['a number from 0', (value) => typeof value === 'number' && value >= 0];

/** Each value of it of this type. */
export function objectOf(type: 'string' | 'function'): Kind {
  return [
    `an object of ${type}s`,
    (value) => isObject(value) && Object.values(value).every((each) => each === undefined || typeof each === type),
  ];
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {StreamError} `bad_option`, naming the option and what it takes */
export function checkOptions<Options extends object>(
  caller: string,
  given: Options,
  kinds: { readonly [Name in keyof Options]-?: Kind },
): void {
  for (const [name, value] of Object.entries(given)) {
    const [takes, is] = kinds[name as keyof Options] ?? [`left out, there are ${Object.keys(kinds)}`];
    if (value !== undefined && !is?.(value)) throw new StreamError('bad_option', `${caller}: ${name} must be ${takes}.`);
  }
}
