export * from './codec.ts';
export * from './credit.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './fold.ts';
export * from './frames.ts';
export * from './limits.ts';
export * from './surrogates.ts';
