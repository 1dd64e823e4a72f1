export type * from './relay/options.ts';
