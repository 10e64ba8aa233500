// The reference server with the broadcast load of sio/acceptance: rooms that
// get a binary event at a fixed rate on absolute deadlines.
// usage: node server.mjs default|msgpack

import { createServer } from "node:http";
import { Server } from "socket.io";
import msgpack from "socket.io-msgpack-parser";

const parser = process.argv[2] === "msgpack" ? { parser: msgpack } : {};
const http = createServer();
const io = new Server(http, { ...parser, transports: ["websocket"], serveClient: false });

let timer;

function start({ prefix, rooms, hz, bytes }) {
  const step = 1e9 / hz;
  let deadline = Number(process.hrtime.bigint()) + step;
  let seq = 0;
  const tick = () => {
    for (let i = 0; i < rooms; i++) io.to(prefix + i).emit("state", payload(bytes, deadline, seq, i));
    seq++;
    deadline += step;
    timer = setTimeout(tick, Math.max(0, (deadline - Number(process.hrtime.bigint())) / 1e6));
  };
  timer = setTimeout(tick, step / 1e6);
}

function payload(bytes, deadline, seq, room) {
  const state = Buffer.alloc(bytes);
  state.writeBigUInt64LE(process.hrtime.bigint());
  state.writeBigUInt64LE(BigInt(Math.round(deadline)), 8);
  state.writeUInt32LE(seq, 16);
  state.writeUInt32LE(room, 20);
  return state;
}

io.on("connection", (socket) => {
  socket.on("join", (room, ack) => {
    socket.join(room);
    ack([...socket.rooms]);
  });
  socket.on("start-tick", (options, ack) => {
    start(options);
    ack();
  });
  socket.on("stop-tick", (ack) => {
    clearTimeout(timer);
    ack();
  });
});

http.listen(Number(process.env.PORT), "127.0.0.1");
