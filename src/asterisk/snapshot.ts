// What Asterisk holds of ours at one moment, from two lists. Pure except for the reading of the lists.
import type { AttemptId, LegId } from "../domain/ids.ts";
import { legId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { LegsSnapshot, ReturnLeg } from "../engine/ports.ts";
import type { AriBridge, AriChannel } from "./ari-port.ts";
import { asteriskTime } from "./decode.ts";
import { endpointOf } from "./names.ts";
import type { Names } from "./names.ts";
import { returnLegOf } from "./return-events.ts";

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
  /** Ours; who calls back was sent into it with another argument. */
  readonly application: string;
  readonly wasDialled: (attemptId: AttemptId) => boolean;
  /** Attempts whose person is with an outside number, by who is in which standing bridge. */
  readonly away: (channels: readonly AriChannel[], members: (legId: LegId) => readonly string[]) => AttemptId[];
}

export interface Snapshot {
  readonly legs: LegsSnapshot;
  /** Those of people who call back, and whether they were answered. */
  readonly returnLegs: readonly (ReturnLeg & { readonly isUp: boolean })[];
  /** Owners of standing bridges whose phone is gone: to be removed. */
  readonly orphanedBridges: readonly LegId[];
}

export function snapshotOf({ channels, bridges, takenAt }: Lists, options: SnapshotOptions): Snapshot {
  const { names, loginData, application, wasDialled } = options;
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
  const returnLegs = channels.flatMap((channel) => {
    const leg = names.mayBePhone(channel.id) ? returnLegOf(channel, application, ownerWith(channel.id)) : null;
    return leg === null ? [] : [{ ...leg, isUp: channel.state === "Up" }];
  });
  const away = options.away(channels, (legId) => [...(standing.find(({ owner }) => owner === legId)?.members ?? [])]);
  const present = new Set(channels.map(({ id }) => id));
  return {
    legs: { takenAt, customerLegs, agentLegs, returnLegs: returnLegs.map(({ isUp: _isUp, ...leg }) => leg), away },
    returnLegs,
    orphanedBridges: standing.map(({ owner }) => owner).filter((owner) => !present.has(owner)),
  };
}

/** Asterisk says "Down" before and after dialling, until it rings. */
function stateOf(state: string, dialled: boolean): LegsSnapshot["customerLegs"][number]["state"] {
  if (state === "Up") return "up";
  if (state === "Ringing") return "ringing";
  return dialled ? "dialling" : "down";
}
