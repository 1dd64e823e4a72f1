import { Server } from 'socket.io';
import { listen } from './listen.ts';
import { compactBatch, type StartSubject } from './subject.ts';

/** socket.io with a room per stream, WebSocket only; its adapter encodes a broadcast once. */
export const startSocketIo: StartSubject = async (cell) => {
  const { server, port } = await listen();
  const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
  const rooms = Array.from({ length: cell.streams }, (_, stream) => `stream:${stream}`);
  io.on('connection', (socket) => {
    void socket.join(rooms);
  });
  return {
    endpoint: { port },
    publish(stream, index, tokens) {
      io.to(`stream:${stream}`).emit('batch', compactBatch(stream, index, tokens));
    },
  };
};
