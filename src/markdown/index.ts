export type * from './blocks.ts';
export type * from './document.ts';
export type * from './messages.ts';
