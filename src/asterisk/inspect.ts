// A look at an Asterisk without registering with it: only reading, and no event socket. Opening one under the daemon's
// application name would take its events away (ApplicationReplaced), and a check must be safe while it dials.
import { readEndpoint, readModule, readSound } from "./answers.ts";
import { AriError, isNotFound } from "./ari-error.ts";
import type { AriEndpoint, AriModule, AriSound, AsteriskIdentity } from "./ari-port.ts";
import { preflight } from "./preflight.ts";
import { listIn, numberIn, objectIn, textIn } from "./read-json.ts";
import { acquireNode, type AriNode } from "./transport.ts";

export interface AsteriskInspection {
  readonly identity: AsteriskIdentity;
  /** asterisk.conf maxfiles or the system's limit; null when Asterisk does not say. */
  readonly filesMax: number | null;
  /** asterisk.conf maxload; null or 0 for none. */
  readonly loadMax: number | null;
  /** pjsip.conf taskprocessor_overload_trigger; null when Asterisk does not say. */
  readonly overloadTrigger: string | null;
  /** False when the account may only read: every command would be refused. */
  readonly mayWrite: boolean;
  /** Whether some process is registered under our application name now. */
  readonly applicationIsTaken: boolean;
  /** Null when Asterisk does not answer this question: res_ari_asterisk or res_ari_endpoints is not loaded. */
  readonly modules: readonly AriModule[] | null;
  readonly pjsipEndpoints: readonly AriEndpoint[] | null;
  /** By the name asked for; null for a sound that Asterisk does not list. Empty when it cannot say. */
  readonly sounds: ReadonlyMap<string, AriSound | null>;
}

const HEADERS = { accept: "application/json" };

/** Reads what it can; rejects with an AriError in plain words when Asterisk cannot be spoken to at all. */
export async function inspectAsterisk(
  asterisk: {
    readonly url: string;
    readonly user: string;
    readonly password: { reveal(): string };
    readonly app: string;
  },
  soundIds: readonly string[],
  requestTimeoutMs = 5_000,
): Promise<AsteriskInspection> {
  const { url, user, password, app } = asterisk;
  const node = acquireNode({ origin: url, user, password: password.reveal(), requestTimeoutMs, connectionsMax: 4 });
  try {
    const identity = await preflight(node);
    const config = objectIn(objectIn(await read(node, "/ari/asterisk/info"))?.["config"]);
    const modules = await read(node, "/ari/asterisk/modules");
    const endpoints = await read(node, "/ari/endpoints/PJSIP");
    return {
      identity,
      filesMax: numberIn(config, "max_open_files"),
      loadMax: numberIn(config, "max_load"),
      overloadTrigger: await overloadTrigger(node),
      mayWrite: await mayWrite(node),
      applicationIsTaken: (await read(node, `/ari/applications/${encodeURIComponent(app)}`)) !== null,
      modules: modules === null ? null : listIn(modules).map(readModule),
      pjsipEndpoints: endpoints === null ? null : listIn(endpoints).map(readEndpoint),
      sounds: await soundsOf(node, modules, soundIds),
    };
  } finally {
    await node.release();
  }
}

/** The answer's JSON, or null when there is no such thing. */
async function read(node: AriNode, path: string): Promise<unknown> {
  try {
    const { body } = await node.request("GET", path, HEADERS);
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** As sorcery tells it, attribute by attribute; where it may not be asked, nobody knows. */
async function overloadTrigger(node: AriNode): Promise<string | null> {
  try {
    const global = await read(node, "/ari/asterisk/config/dynamic/res_pjsip/global/global");
    const found = listIn(global).find(
      (each) => textIn(objectIn(each), "attribute") === "taskprocessor_overload_trigger",
    );
    return textIn(objectIn(found), "value");
  } catch (error) {
    if (error instanceof AriError && error.status >= 400) return null;
    throw error;
  }
}

/** Hanging up a channel that does not exist does nothing, and a read-only account is refused before that is noticed. */
async function mayWrite(node: AriNode): Promise<boolean> {
  try {
    await node.request("DELETE", "/ari/channels/fairdial-check-no-such-channel", HEADERS);
    return true;
  } catch (error) {
    if (isNotFound(error)) return true;
    if (error instanceof AriError && error.code === "ARI_UNAUTHORISED") return false;
    throw error;
  }
}

async function soundsOf(
  node: AriNode,
  modules: unknown,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AriSound | null>> {
  const sounds = new Map<string, AriSound | null>();
  // Without this module every sound would seem to be missing. Its api-docs do not tell: they are served all the same
  // (seen on 22.10.1).
  if (!listIn(modules).some((module) => readModule(module).name === "res_ari_sounds.so")) return sounds;
  for (const id of ids) {
    const answer = await read(node, `/ari/sounds/${encodeURIComponent(id)}`);
    sounds.set(id, answer === null ? null : readSound(answer));
  }
  return sounds;
}
