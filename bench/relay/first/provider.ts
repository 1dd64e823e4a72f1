import { answer } from '../../child.ts';
import { nowMs } from '../../clock.ts';
import { listen } from '../subjects/listen.ts';

// A provider's process: answers chat completions after a short thought. The first token is the time of its own first byte.

const thinkMs = 30;
const tokenEveryMs = 20;
const tokens = 5;

answer(async () => {
  const { port } = await listen((request, response) => {
    request.resume();
    request.on('end', () => {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(chunk({ role: 'assistant', content: '' }) + chunk({ content: String(nowMs()) }));
        let left = tokens;
        const timer = setInterval(() => {
          left -= 1;
          response.write(chunk({ content: ' more' }));
          if (left > 0) return;
          clearInterval(timer);
          response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
        }, tokenEveryMs);
      }, thinkMs);
    });
  });
  return port;
});

function chunk(delta: object, reason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: reason }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'replay', choices })}\n\n`;
}
