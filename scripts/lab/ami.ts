// The few words of Asterisk's manager protocol with which the lab works the agents' phones.

import { connect, type Socket } from "node:net";

export type AmiMessage = Readonly<Record<string, string>>;

/** A logged-in manager connection. */
export class Ami {
  readonly #socket: Socket;
  readonly #pending = new Map<string, { resolve: (message: AmiMessage) => void; reject: (error: Error) => void }>();
  readonly #onEvent: (event: AmiMessage) => void;
  #buffer = "";
  #lastId = 0;

  private constructor(socket: Socket, onEvent: (event: AmiMessage) => void) {
    this.#socket = socket;
    this.#onEvent = onEvent;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      this.#read(text);
    });
    const fail = (): void => {
      for (const { reject } of this.#pending.values()) reject(new Error("the manager connection was closed"));
      this.#pending.clear();
    };
    socket.on("error", fail);
    socket.on("close", fail);
    socket.unref();
  }

  /** Connects and logs in. */
  static async open(port: number, user: string, password: string, onEvent: (event: AmiMessage) => void): Promise<Ami> {
    const socket = connect(port, "127.0.0.1");
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    const ami = new Ami(socket, onEvent);
    await ami.action("Login", { Username: user, Secret: password });
    return ami;
  }

  /** Sends an action and waits for its response; an "Error" response rejects. */
  action(name: string, fields: AmiMessage = {}): Promise<AmiMessage> {
    this.#lastId += 1;
    const id = String(this.#lastId);
    const lines = Object.entries({ Action: name, ActionID: id, ...fields }).map(([key, value]) => `${key}: ${value}`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`the manager did not answer ${name}`));
      }, 5000);
      this.#pending.set(id, {
        resolve: (message) => {
          clearTimeout(timer);
          if (message["Response"] === "Error") reject(new Error(`${name}: ${message["Message"] ?? "refused"}`));
          else resolve(message);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#buffer += text;
    for (let end = this.#buffer.indexOf("\r\n\r\n"); end >= 0; end = this.#buffer.indexOf("\r\n\r\n")) {
      const block = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + 4);
      const message: Record<string, string> = {};
      for (const line of block.split("\r\n")) {
        const colon = line.indexOf(":");
        if (colon > 0) message[line.slice(0, colon)] = line.slice(colon + 1).trim();
      }
      this.#take(message);
    }
  }

  #take(message: AmiMessage): void {
    if (message["Event"] !== undefined) {
      this.#onEvent(message);
      return;
    }
    const id = message["ActionID"] ?? "";
    this.#pending.get(id)?.resolve(message);
    this.#pending.delete(id);
  }
}
