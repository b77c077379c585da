// The door of this room: what the composition root builds.
import { nodeId } from "../domain/ids.ts";
import { createAriClientPort, type AriClientOptions } from "./ari-client-port.ts";
import { AsteriskTelephony } from "./telephony.ts";
import type { EarSettings } from "./ears.ts";
import type { TelephonySurroundings } from "./telephony-settings.ts";
import type { TrunkSettings } from "./trunks.ts";

export type { EarSettings } from "./ears.ts";
export type { AsteriskTelephony } from "./telephony.ts";
export type { TelephonyHealth, TelephonySurroundings } from "./telephony-settings.ts";
export type { TrunkSettings } from "./trunks.ts";

export interface AsteriskSettings {
  /** Scheme, host and port; nothing after them. */
  readonly url: string;
  readonly user: string;
  /** Kept wrapped until the moment it is needed. */
  readonly password: { reveal(): string };
  readonly app: string;
  /** Where Asterisk opens its event socket to us ("127.0.0.1:8092"); without it, we open one to Asterisk. */
  readonly events?: { readonly listen: string; readonly user: string; readonly password: { reveal(): string } };
  readonly placing: "create" | "originate";
  readonly loginArgument: string;
  /** Where they are left out, 400 ms of quiet end a greeting, and a mean of 256 of 32,767 is talking. */
  readonly speechSilenceMs?: number;
  readonly speechThreshold?: number;
}

/** Not connected yet; throws an AriError for settings that cannot work. */
export function asteriskTelephony(
  asterisk: AsteriskSettings,
  trunks: readonly TrunkSettings[],
  tone: string,
  nodeName: string,
  around: TelephonySurroundings,
  ears: EarSettings | null = null,
): AsteriskTelephony {
  const { url, user, app, placing, loginArgument, speechSilenceMs, speechThreshold } = asterisk;
  const port = createAriClientPort(
    { url, user, password: asterisk.password.reveal(), application: app, acceptsEvents: acceptorOf(asterisk) },
    around,
  );
  return new AsteriskTelephony(
    port,
    {
      ...{ nodeId: nodeId(nodeName), application: app, loginArgument, trunks, placing, tone, ears },
      ...(speechSilenceMs === undefined ? {} : { speechSilenceMs }),
      ...(speechThreshold === undefined ? {} : { speechThreshold }),
    },
    around,
  );
}

function acceptorOf({ events }: AsteriskSettings): NonNullable<AriClientOptions["acceptsEvents"]> | null {
  if (events === undefined) return null;
  const { hostname, port } = new URL(`http://${events.listen}`);
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    // The address of a URL leaves out the port that is usual for its kind.
    port: port === "" ? 80 : Number(port),
    user: events.user,
    password: events.password.reveal(),
  };
}
