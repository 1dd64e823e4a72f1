import type { TransportName } from '../../support/connect.ts';
import { testFlow } from './contract/flow.contract.ts';
import { testHello } from './contract/hello.contract.ts';
import { testLife } from './contract/life.contract.ts';
import { testStreams } from './contract/streams.contract.ts';
import { subjectOf } from './contract/subject.ts';

/** What every transport does, over real sockets and the real relay. */
export function testTransport(transport: TransportName): void {
  const subject = subjectOf(transport);
  for (const test of [testHello, testStreams, testFlow, testLife]) test(subject);
}
