// What the telephony of one node is built with, and what it says of its own health.
import type { NodeId } from "../domain/ids.ts";
import type { Clock, Log, Random } from "../engine/ports.ts";
import type { AriHealth } from "./ari-port.ts";
import type { EarSettings } from "./ears.ts";
import type { TestPlaysPorts } from "./test-plays.ts";
import type { TrunkSettings } from "./trunks.ts";

export interface TelephonySettings {
  readonly nodeId: NodeId;
  readonly application: string;
  readonly loginArgument: string;
  readonly trunks: readonly TrunkSettings[];
  readonly placing: "create" | "originate";
  /** A sound that the agent hears before a person. */
  readonly tone: string;
  /** How long it must be quiet for a greeting to have ended: 300 to 500 ms. */
  readonly speechSilenceMs?: number;
  /** How loud talking is, as the mean of 20 ms, of 32,767. */
  readonly speechThreshold?: number;
  /** How calls are heard whole; null, or left out, where they are not. */
  readonly ears?: EarSettings | null;
  readonly reportInMs?: number;
  readonly testPlayPatienceMs?: TestPlaysPorts["patienceMs"];
  /** First and longest wait between two tries to connect at the start. */
  readonly retryAfterMs?: readonly [first: number, longest: number];
}

export interface TelephonySurroundings {
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "next">;
  readonly log: Log;
}

export interface TelephonyHealth extends AriHealth {
  /** Events that mean nothing to us, by type. */
  readonly ignoredTypes: Readonly<Record<string, number>>;
  /** Events that cannot be true, by type. */
  readonly malformedTypes: Readonly<Record<string, number>>;
}
