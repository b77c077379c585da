// The door of this room: what the composition root builds.
import { nodeId } from "../domain/ids.ts";
import { createAriClientPort } from "./ari-client-port.ts";
import { AsteriskTelephony } from "./telephony.ts";
import type { TelephonySurroundings } from "./telephony.ts";
import type { TrunkSettings } from "./trunks.ts";

export type { AsteriskTelephony, TelephonyHealth, TelephonySurroundings } from "./telephony.ts";
export type { TrunkSettings } from "./trunks.ts";

export interface AsteriskSettings {
  /** Scheme, host and port; nothing after them. */
  readonly url: string;
  readonly user: string;
  /** Kept wrapped until the moment it is needed. */
  readonly password: { reveal(): string };
  readonly app: string;
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
): AsteriskTelephony {
  const { url, user, app, placing, loginArgument, speechSilenceMs, speechThreshold } = asterisk;
  const port = createAriClientPort({ url, user, password: asterisk.password.reveal(), application: app }, around);
  return new AsteriskTelephony(
    port,
    {
      ...{ nodeId: nodeId(nodeName), application: app, loginArgument, trunks, placing, tone },
      ...(speechSilenceMs === undefined ? {} : { speechSilenceMs }),
      ...(speechThreshold === undefined ? {} : { speechThreshold }),
    },
    around,
  );
}
