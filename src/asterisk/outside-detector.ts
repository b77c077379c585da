// A detector that is no part of this program: one connection a call, on which it gets a line of JSON that says what follows,
// then the sound as it comes, and gives one line of JSON back. Whatever it does instead, it has said nothing, and nobody
// waits for it any longer than they were going to.
import { connect } from "node:net";
import type { Socket } from "node:net";
import { OUTSIDE_WORDS } from "../domain/amd.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { OutsideAnswer } from "../engine/ports.ts";
import { SOUND_RATE } from "./sound-format.ts";

export interface OutsideSettings {
  /** It says so itself with each answer; another one's word is not taken. */
  readonly name: string;
  readonly version: string;
  /** `host:port`, or the path of a socket. */
  readonly address: string;
}

const ANSWER_BYTES_MAX = 2_048;
/** What is kept of its words, so that a row can hold them with its name. */
const CAUSE_CHARACTERS_MAX = 64;
/** A detector that does not read must not fill our memory: a second of sound. */
const UNREAD_BYTES_MAX = 2 * SOUND_RATE;

const nothing = (detail: string): OutsideAnswer => ({ ok: false, kind: "unknown", detail });

/** What its line says; why it is no answer where it is none. */
export function readAnswer(line: string, { name, version }: Pick<OutsideSettings, "name" | "version">): OutsideAnswer {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return nothing("answered something that is no JSON");
  }
  if (typeof said !== "object" || said === null) return nothing("answered something that is no object");
  const { detector, version: itsVersion, verdict, cause = "none" } = said as Readonly<Record<string, unknown>>;
  if (detector !== name || itsVersion !== version) return nothing("another detector or version answered");
  const word = OUTSIDE_WORDS.find((each) => each === verdict);
  if (word === undefined) return nothing("answered a word that is none of its four");
  if (typeof cause !== "string") return nothing("answered a cause that is no text");
  // Control characters have no place in a row, or in anybody's terminal.
  return { ok: true, verdict: word, cause: cause.replaceAll(/\p{C}/gu, " ").slice(0, CAUSE_CHARACTERS_MAX) };
}

/** One call's. */
export class OutsideListener {
  readonly answer: Promise<OutsideAnswer>;
  readonly #socket: Socket;
  readonly #settings: OutsideSettings;
  readonly #timer: NodeJS.Timeout;
  #settle: (answer: OutsideAnswer) => void = () => undefined;
  #said = "";

  constructor(settings: OutsideSettings, attemptId: AttemptId, patienceMs: number) {
    this.#settings = settings;
    this.answer = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#timer = setTimeout(() => {
      this.#end(nothing("did not answer in time"));
    }, patienceMs);
    this.#timer.unref();
    this.#socket = connect(addressOf(settings.address));
    this.#socket.unref();
    this.#socket.setNoDelay(true);
    this.#socket.on("error", () => {
      this.#end(nothing("cannot be reached, or broke off"));
    });
    this.#socket.on("close", () => {
      this.#end(nothing("hung up without an answer"));
    });
    this.#socket.on("data", (data) => {
      this.#heard(data);
    });
    const greeting = { fairdial: 1, call: attemptId, rate: SOUND_RATE, encoding: "s16le", answerWithinMs: patienceMs };
    this.#socket.write(`${JSON.stringify(greeting)}\n`);
  }

  frame(samples: Int16Array): void {
    if (this.#socket.destroyed || this.#socket.writableLength > UNREAD_BYTES_MAX) return;
    const bytes = Buffer.alloc(2 * samples.length);
    for (const [i, sample] of samples.entries()) bytes.writeInt16LE(sample, 2 * i);
    this.#socket.write(bytes);
  }

  /** Nobody wants to know any more, or there is nothing more to hear. */
  end(detail: string): void {
    this.#end(nothing(detail));
  }

  #heard(data: Buffer): void {
    this.#said += data.toString("utf8");
    const until = this.#said.indexOf("\n");
    if (until >= 0) this.#end(readAnswer(this.#said.slice(0, until), this.#settings));
    else if (this.#said.length > ANSWER_BYTES_MAX) this.#end(nothing("answered more than a line"));
  }

  #end(answer: OutsideAnswer): void {
    clearTimeout(this.#timer);
    this.#settle(answer);
    this.#socket.destroy();
  }
}

/** Of what the configuration has let through. */
function addressOf(address: string): { readonly path: string } | { readonly host: string; readonly port: number } {
  if (address.startsWith("/")) return { path: address };
  const at = address.lastIndexOf(":");
  return { host: address.slice(0, at).replace(/^\[(.*)\]$/, "$1"), port: Number(address.slice(at + 1)) };
}
