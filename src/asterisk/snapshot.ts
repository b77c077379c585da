// What Asterisk holds of ours at one moment, from two lists. Pure except for the reading of the lists.
import type { AttemptId, LegId } from "../domain/ids.ts";
import { legId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { LegsSnapshot } from "../engine/ports.ts";
import type { AriBridge, AriChannel } from "./ari-port.ts";
import { asteriskTime } from "./decode.ts";
import { endpointOf } from "./names.ts";
import type { Names } from "./names.ts";

export interface Lists {
  readonly channels: readonly AriChannel[];
  readonly bridges: readonly AriBridge[];
  /** Before the lists were asked for: nothing that began later can be missed for being absent. */
  readonly takenAt: Instant;
}

export interface SnapshotOptions {
  readonly names: Names;
  /** What a phone that logs in was sent into, as `dialplan.app_data` shows it: "fairdial,agent-login". */
  readonly loginData: string;
  readonly wasDialled: (attemptId: AttemptId) => boolean;
}

export interface Snapshot {
  readonly legs: LegsSnapshot;
  /** Owners of standing bridges whose phone is gone: to be removed. */
  readonly orphanedBridges: readonly LegId[];
}

export function snapshotOf({ channels, bridges, takenAt }: Lists, options: SnapshotOptions): Snapshot {
  const { names, loginData, wasDialled } = options;
  const standing = bridges.flatMap((bridge) => {
    const owner = names.ownerOf(bridge.id);
    return owner === null ? [] : [{ owner, members: new Set(bridge.channelIds) }];
  });
  const ownerWith = (channelId: string): LegId | null =>
    standing.find(({ owner, members }) => owner !== channelId && members.has(channelId))?.owner ?? null;

  const customerLegs = channels.flatMap((channel) => {
    const attemptId = names.attemptOf(channel.id);
    if (attemptId === null) return [];
    const createdAt = asteriskTime(channel.createdAt) ?? takenAt;
    const inAgentBridge = ownerWith(channel.id);
    return [{ attemptId, state: stateOf(channel.state, wasDialled(attemptId)), inAgentBridge, createdAt }];
  });
  const agentLegs = channels
    .filter(({ id, applicationData }) => names.mayBePhone(id) && applicationData === loginData)
    .map(({ id, name }) => ({
      legId: legId(id),
      endpoint: endpointOf(name),
      ready: standing.some(({ owner, members }) => owner === id && members.has(id)),
    }));
  const present = new Set(channels.map(({ id }) => id));
  return {
    legs: { takenAt, customerLegs, agentLegs },
    orphanedBridges: standing.map(({ owner }) => owner).filter((owner) => !present.has(owner)),
  };
}

/** Asterisk says "Down" before and after dialling, until it rings. */
function stateOf(state: string, dialled: boolean): LegsSnapshot["customerLegs"][number]["state"] {
  if (state === "Up") return "up";
  if (state === "Ringing") return "ringing";
  return dialled ? "dialling" : "down";
}
