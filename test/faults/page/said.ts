import type { StreamRequest } from '../../../src/client/types.ts';

/** What a page of the rig says to the process that drives it. */
export type Said =
  | { readonly type: 'connection'; readonly status: string; readonly transport: string | undefined }
  | {
      readonly type: 'sight';
      readonly id: string;
      readonly status: string;
      readonly epoch: string;
      /** UTF-16 code units on the screen, all of them the truth's. */
      readonly length: number;
      /** Times the text was looked at since the last. */
      readonly looks: number;
      readonly error: { readonly code: string; readonly message: string } | undefined;
    }
  | { readonly type: 'new-epoch'; readonly withdrawn: number }
  | { readonly type: 'violation'; readonly what: string };

/** What the page can be asked for; on `window`. */
export interface RigPage {
  /** Follows it; with a request, after asking for it. */
  join(id: string, truth: string, request: StreamRequest | undefined): void;
  detach(id: string): void;
  stop(id: string): Promise<boolean>;
  /** Keeps the thread busy. */
  block(ms: number): void;
  pause(id: string): void;
  leave(): void;
}

declare global {
  interface Window {
    rig: RigPage;
    rigSaid(said: Said): void;
  }
}
