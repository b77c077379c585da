// A UDP socket of ours on loopback, on whatever port is free.
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";

export function bindUdp(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      socket.removeListener("error", reject);
      // A port where nobody listens any more: that is what lost packets are for.
      socket.on("error", () => undefined);
      socket.unref();
      resolve(socket);
    });
  });
}
