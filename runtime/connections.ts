import type { Server as HttpServer } from "node:http";
import { Server, type Socket } from "node:net";
import { setImmediate as immediate, setTimeout as wait } from "node:timers/promises";

/** How connections end when a server leaves: a balancer must not send a second time what it has sent to one of them. */
export interface Connections {
  /** Resolves when hardly one can be waiting to be let in, else after some ms. */
  nobodyWaits(ms: number): Promise<void>;
  /** Closes the port and lets connections go on. Resolves when the last has ended. */
  stopListening(): Promise<void>;
  /** Resolves when each connection has sent a request, else after some ms. */
  allHeard(ms: number): Promise<void>;
}

/** Watches the connections of `server` from now on. */
export function watchConnections(server: HttpServer): Connections {
  let count = 0;
  /** Those that have not sent a request yet. */
  const silent = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    count += 1;
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("request", ({ socket }) => silent.delete(socket));

  return {
    async nobodyWaits(ms) {
      const deadline = performance.now() + ms;
      for (;;) {
        const before = { count, now: performance.now() };
        await immediate();
        const now = performance.now();
        // A turn of the event loop looks for new connections once, and this one had little else to do since it looked.
        if ((count === before.count && now - before.now < 0.5) || now > deadline) return;
      }
    },
    stopListening: () =>
      // The close of `http.Server` would also end connections whose request has not come yet.
      new Promise((resolve) => Server.prototype.close.call(server, () => resolve())),
    async allHeard(ms) {
      const deadline = performance.now() + ms;
      while (silent.size > 0 && performance.now() < deadline) await wait(10);
    },
  };
}
