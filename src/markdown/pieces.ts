import type { DocumentText } from './messages.ts';

export type Piece = Omit<DocumentText, 'document'>;

/** One document's text, put together from what several senders give of it, in any order, some of it twice. */
export interface Pieces {
  /** UTF-16 code units there are without a gap. */
  readonly length: number;
  /** The whole text is there. */
  readonly ended: boolean;
  /** There is more, and something in front of it is not there yet. */
  readonly isMissing: boolean;
  /** Takes a piece. `false`: it is not of the same text as the others. */
  add(piece: Piece): boolean;
}

/** What waits for something in front of it is kept up to so much, UTF-16 code units; what is more has to come again. */
export const mostHeld = 262_144;

/** `append` is given the text, once and in order. */
export function createPieces(append: (text: string) => void): Pieces {
  let held: Piece[] = [];
  let heldLength = 0;
  let length = 0;
  /** As far as anybody has given it. */
  let furthest = 0;
  let endsAt = Number.POSITIVE_INFINITY;

  const take = ({ offset, text }: Piece): void => {
    if (offset + text.length <= length) return;
    append(text.slice(length - offset));
    length = offset + text.length;
  };

  return {
    get length() {
      return length;
    },
    get ended() {
      return length === endsAt;
    },
    get isMissing() {
      return length < furthest;
    },
    add(piece) {
      const { offset, text, ended } = piece;
      const end = offset + text.length;
      furthest = Math.max(furthest, end);
      if (ended) endsAt = Math.min(endsAt, end);
      if (furthest > endsAt) return false;
      if (offset <= length) {
        take(piece);
        const rest = held.sort((one, other) => one.offset - other.offset);
        held = [];
        heldLength = 0;
        for (const one of rest) {
          if (one.offset <= length) take(one);
          else hold(one);
        }
      } else hold(piece);
      return true;
    },
  };

  function hold(piece: Piece): void {
    if (heldLength + piece.text.length > mostHeld) return;
    held.push(piece);
    heldLength += piece.text.length;
  }
}
