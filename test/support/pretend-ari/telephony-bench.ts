// Telephony over a pretend ARI server, started or about to be, and an order to place a call.
import { createAriClientPort } from "../../../src/asterisk/ari-client-port.ts";
import { AsteriskTelephony } from "../../../src/asterisk/telephony.ts";
import type { TelephonySettings } from "../../../src/asterisk/telephony-settings.ts";
import type { CallEvent } from "../../../src/call/call.ts";
import { legId, nodeId } from "../../../src/domain/ids.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import type { TelephonyEvent } from "../../../src/engine/ports.ts";
import { released, serve } from "./bench.ts";
import { surroundings } from "./connected.ts";
import type { LogLine } from "./connected.ts";
import type { PretendAri } from "./pretend-ari.ts";

export const attemptId = "0199d3a0-1111-7222-8333-444444444444" as AttemptId;
export const channelId = `fd-n-1-${attemptId}`;
export const order = {
  attemptId,
  number: phoneNumber("+447700900123"),
  cliNumber: phoneNumber("+442079460000"),
  trunk: "carrier",
  ringTimeoutMs: 25_500,
};
export const leg = legId("pbx-1.1");

export interface BenchOptions {
  readonly settings?: Partial<TelephonySettings>;
  readonly password?: string;
  /** The server is not there yet. */
  readonly isAway?: boolean;
}

export interface TelephonyBench {
  readonly server: PretendAri;
  readonly telephony: AsteriskTelephony;
  readonly events: TelephonyEvent[];
  readonly lines: LogLine[];
  /** What was told about the attempt. */
  readonly told: () => CallEvent[];
  readonly types: () => string[];
}

export async function telephonyBench(
  options: BenchOptions = {},
): Promise<TelephonyBench & { starting: Promise<void> }> {
  const { settings = {}, password, isAway = false } = options;
  const server = await serve();
  if (isAway) await server.stop();
  const lines: LogLine[] = [];
  const around = surroundings(lines);
  const port = createAriClientPort(
    {
      url: server.url,
      user: server.user,
      password: password ?? server.password,
      application: "fairdial",
      requestTimeoutMs: 400,
      pingIntervalMs: 150,
    },
    around,
  );
  const telephony = new AsteriskTelephony(
    port,
    {
      nodeId: nodeId("n-1"),
      application: "fairdial",
      loginArgument: "agent-login",
      trunks: [
        {
          ...{ name: "carrier", endpoint: "carrier-1", linesMax: 9, cpsMax: 5, numberFormat: "plus", prefix: "" },
          codecs: ["alaw"],
        },
      ],
      placing: "create",
      tone: "sound:beep",
      reportInMs: 150,
      retryAfterMs: [50, 100],
      ...settings,
    },
    around,
  );
  released(() => telephony.stop());
  const events: TelephonyEvent[] = [];
  const told = (): CallEvent[] => events.flatMap((event) => (event.kind === "call" ? [event.event] : []));
  const starting = telephony.start((event) => events.push(event));
  starting.catch(() => undefined);
  return { server, telephony, events, lines, told, types: () => told().map(({ type }) => type), starting };
}

export async function started(settings: Partial<TelephonySettings> = {}): Promise<TelephonyBench> {
  const made = await telephonyBench({ settings });
  await made.starting;
  return made;
}
