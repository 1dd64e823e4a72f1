// The kit as the benchmark sees it.
export * from '../src/wire/index.ts';
