import { expect, test } from "@jest/globals";
import { namesOf } from "../../../src/asterisk/names.ts";
import { snapshotOf } from "../../../src/asterisk/snapshot.ts";
import type { AriChannel } from "../../../src/asterisk/ari-port.ts";
import { legId, nodeId } from "../../../src/domain/ids.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";

const names = namesOf(nodeId("n-1"));
const attempt = (n: number): AttemptId => `0199d3a0-1111-7222-8333-44444444444${String(n)}` as AttemptId;
const leg = legId("pbx-1.1");
const channel = (
  id: string,
  state: string,
  name = "PJSIP/carrier-00000001",
  applicationData = "fairdial",
  callerNumber = "",
): AriChannel => ({
  id,
  name,
  state,
  applicationData,
  callerNumber,
  protocolId: null,
  createdAt: "2026-11-21T12:00:00.000+0000",
});
const phone = (id: string, login = "fairdial,agent-login"): AriChannel =>
  channel(id, "Up", "PJSIP/1001-00000002", login);
const bridgeOf = (owner: string, ...channelIds: string[]) => ({
  id: names.agentBridge(legId(owner)),
  name: "",
  bridgeType: "mixing",
  channelIds,
});
const options = {
  names,
  application: "fairdial",
  loginData: "fairdial,agent-login",
  away: () => [],
  wasDialled: (id: AttemptId): boolean => id === attempt(2),
};

test("whose leg, how far, with whom and since when", () => {
  const { legs, orphanedBridges, returnLegs } = snapshotOf(
    {
      takenAt: instant(99),
      channels: [
        channel(names.customerChannel(attempt(1)), "Down"),
        channel(names.customerChannel(attempt(2)), "Down"),
        channel(names.customerChannel(attempt(3)), "Ringing"),
        channel(names.customerChannel(attempt(4)), "Up"),
        channel(namesOf(nodeId("n-2")).customerChannel(attempt(5)), "Up"),
        phone(leg),
        phone("pbx-1.2"),
        phone("pbx-1.3", "otherapp,agent-login"),
        channel("pbx-1.4", "Up", "PJSIP/1009-00000002", ""),
        channel("pbx-1.5", "Up", "PJSIP/carrier-00000003", "fairdial,return-call,442079460000,allowed", "07700900001"),
        channel(
          "pbx-1.6",
          "Ring",
          "PJSIP/carrier-00000004",
          "fairdial,return-call,02079460000,prohib_not_screened",
          "07700900002",
        ),
        channel("pbx-1.7", "Ring", "PJSIP/carrier-00000005", "otherapp,return-call,02079460000,allowed"),
      ],
      bridges: [
        bridgeOf(leg, leg, names.customerChannel(attempt(4)), "pbx-1.5"),
        bridgeOf("pbx-9.9"),
        { id: "somebody's", name: "", bridgeType: "mixing", channelIds: ["pbx-1.2"] },
      ],
    },
    options,
  );
  const createdAt = Date.UTC(2026, 10, 21, 12);
  expect(legs).toEqual({
    takenAt: 99,
    customerLegs: [
      { attemptId: attempt(1), state: "down", inAgentBridge: null, createdAt },
      { attemptId: attempt(2), state: "dialling", inAgentBridge: null, createdAt },
      { attemptId: attempt(3), state: "ringing", inAgentBridge: null, createdAt },
      { attemptId: attempt(4), state: "up", inAgentBridge: leg, createdAt },
    ],
    agentLegs: [
      { legId: leg, endpoint: "PJSIP/1001", ready: true },
      { legId: "pbx-1.2", endpoint: "PJSIP/1001", ready: false },
    ],
    away: [],
    returnLegs: [
      { legId: "pbx-1.5", rung: "442079460000", caller: "07700900001", inAgentBridge: leg },
      // Withheld from whoever is called, though the carrier tells us.
      { legId: "pbx-1.6", rung: "02079460000", caller: null, inAgentBridge: null },
    ],
  });
  expect(returnLegs.map(({ legId, isUp }) => [legId, isUp])).toEqual([
    ["pbx-1.5", true],
    ["pbx-1.6", false],
  ]);
  expect(orphanedBridges).toEqual(["pbx-9.9"]);
});
