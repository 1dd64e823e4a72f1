import { encodeBatchesHeader, FrameType } from '../../src/wire/index.ts';
import type { Delivery } from './peer.ts';

/**
 * One message out of several deliveries: for each a `batches` header and its shared batches. A single allocation,
 * whose first `reserve` bytes are left to the caller. The hot path of fan-out.
 */
export function composeMessage(deliveries: readonly Delivery[], reserve: number = 0): Buffer {
  let length = reserve;
  for (const { subscription, batches } of deliveries) {
    length += headerLength(subscription, batches.length);
    for (const batch of batches) length += batch.byteLength;
  }
  const message = Buffer.allocUnsafe(length);
  let at = reserve;
  for (const { subscription, batches } of deliveries) {
    at = writeHeader(message, at, subscription, batches.length);
    for (const batch of batches) {
      message.set(batch, at);
      at += batch.byteLength;
    }
  }
  return message;
}

function headerLength(subscription: number, count: number): number {
  return subscription < 0x80 && count < 0x80 ? 4 : encodeBatchesHeader(subscription, count).byteLength;
}

/** The usual header is four bytes, written in place. */
function writeHeader(message: Buffer, at: number, subscription: number, count: number): number {
  if (subscription < 0x80 && count < 0x80) {
    message[at] = 0x93;
    message[at + 1] = FrameType.batches;
    message[at + 2] = subscription;
    message[at + 3] = count;
    return at + 4;
  }
  const header = encodeBatchesHeader(subscription, count);
  message.set(header, at);
  return at + header.byteLength;
}
