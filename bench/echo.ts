// The reference of `bench/leash.ts`, as a process of its own: a bare `ws` server that says back what it hears.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
server.on("listening", () => {
  const address = server.address();
  if (typeof address === "object") process.send?.(address?.port);
});
process.on("disconnect", () => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});
