import type { StreamHandle } from '../../client.ts';
import type { ToParser } from '../../markdown/index.ts';

/** A stream's text goes to the parser from the receiver, as it leaves for the page: the page itself sends what it did not. */
export interface Tap {
  /** UTF-16 code units from which on, and up to which, the parser has been handed the text. */
  readonly from: number;
  readonly to: number;
  /** To be called in the store's listener: takes note of what came. `false`: that was not handed over, and nothing will be. */
  follow(): boolean;
  close(): void;
}

/** The ports of one parser, one for each client. */
export interface Taps {
  /** To be called in the store's listener, when the text there is has been sent, or is about to be. */
  open(handle: StreamHandle, document: number): Tap;
  /** Another parser has taken the place of the one there was. */
  clear(): void;
}

interface Channel {
  readonly id: number;
  isNew: boolean;
}

let taps = 0;
let channels = 0;

export function createTaps(post: (message: ToParser) => void): Taps {
  let known = new WeakMap<StreamHandle['tell'], Channel>();

  return {
    open({ key, record, tell }, document) {
      taps += 1;
      const tap = taps;
      const channel = known.get(tell) ?? { id: ++channels, isNew: true };
      known.set(tell, channel);
      const from = record.text.length;
      const message = {
        type: 'tap',
        key,
        tap,
        document,
        channel: channel.id,
        epoch: record.summary.epoch,
        seq: record.seq,
        offset: from,
      } as const;
      if (channel.isNew) {
        channel.isNew = false;
        const { port1, port2 } = new MessageChannel();
        post({ type: 'port', port: port1, transfer: [port1] });
        tell({ ...message, port: port2, transfer: [port2] });
      } else tell(message);
      let to = from;
      /** What the store was told last: a listener is called for other reasons, too. */
      let seen = record.handed;
      return {
        from,
        get to() {
          return to;
        },
        follow() {
          if (record.handed !== seen && record.handed?.includes(tap)) {
            seen = record.handed;
            to = record.text.length;
            return true;
          }
          // A receiver that has taken the place of another does not know the port.
          if (to === from && known.get(tell) === channel) known.delete(tell);
          return false;
        },
        close: () => tell({ type: 'untap', key, tap }),
      };
    },
    clear() {
      known = new WeakMap();
    },
  };
}
