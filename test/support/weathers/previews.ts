/** Weathers in which agents look before they call, or ask for somebody by name. */
import { CHOOSY, RESTLESS } from "../../../src/simulation/agent-at-work.ts";
import { agentId } from "../../../src/domain/ids.ts";
import { DEFAULT_PREVIEW } from "../../../src/domain/preview.ts";
import {
  BLIND,
  BY_HAND,
  FEW,
  GENEROUS,
  HOUR,
  MINUTE,
  POWER,
  PREVIEW,
  askedByName,
  campaignIs,
  commanded,
  suppressed,
} from "./scene.ts";
import type { Weather } from "./scene.ts";

export const PREVIEWS = {
  preview: { options: { campaign: PREVIEW, habits: CHOOSY, endAfterMs: 3 * HOUR } },
  "preview, by hand": { options: { campaign: BY_HAND, habits: CHOOSY, endAfterMs: 3 * HOUR } },
  "preview, and a limit to skipping": {
    options: {
      campaign: { ...PREVIEW, preview: { ...DEFAULT_PREVIEW, timeMs: 20_000, skipsPerHourMax: 3 } },
      habits: { ...CHOOSY, skips: 400 },
      endAfterMs: 3 * HOUR,
    },
  },
  "preview, more agents than lines": {
    options: {
      agents: 12,
      campaign: { ...PREVIEW, preview: { ...DEFAULT_PREVIEW, timeMs: 5_000 } },
      trunk: { linesMax: 2, cpsMax: 1, codecs: ["alaw"] },
      endAfterMs: 3 * HOUR,
    },
  },
  "preview, and people who object meanwhile": {
    options: {
      leads: 100,
      campaign: BY_HAND,
      habits: CHOOSY,
      endAfterMs: 3 * HOUR,
      interferences: [1, 2, 3, 4, 5, 6].map((minute) => suppressed(minute * MINUTE, 10)),
    },
  },
  "preview, and managers who interfere": {
    options: {
      campaign: BY_HAND,
      habits: CHOOSY,
      endAfterMs: 3 * HOUR,
      interferences: [
        campaignIs(MINUTE, "paused"),
        campaignIs(2 * MINUTE, "running"),
        campaignIs(4 * MINUTE, "stopped"),
        campaignIs(4 * MINUTE + 500, "running"),
        ...[1, 2, 3, 4, 5, 6].flatMap((agent) => [
          ...[3, 5, 6, 7].map((minute) => commanded(minute * MINUTE + agent * 321, agent, { type: "dial" })),
          commanded(5 * MINUTE + agent * 432, agent, { type: "skip", reason: "not-for-us" }),
          commanded(8 * MINUTE + agent * 777, agent, { type: "pause", pauseReason: "meeting" }),
          commanded(9 * MINUTE + agent * 777, agent, { type: "makeAvailable" }),
        ]),
        commanded(10 * MINUTE, 2, { type: "logOut" }),
        {
          atMs: 11 * MINUTE,
          act: (tables) => {
            const agent = tables.agents.get(agentId(5));
            if (agent !== undefined)
              tables.agents.set(agentId(5), { ...agent, profile: { ...agent.profile, campaignIds: [] } });
            tables.agents.delete(agentId(6));
          },
        },
      ],
    },
  },
  "preview beside power": {
    options: {
      leads: 60,
      endAfterMs: 60 * MINUTE,
      habits: CHOOSY,
      campaign: PREVIEW,
      secondCampaign: POWER,
      profile: { abandon: GENEROUS },
    },
    staysUnfinished: true,
  },
  "calls asked for by name": { options: { leads: 100, habits: CHOOSY, interferences: askedByName } },
  "calls asked for by name, beside power, in a storm": {
    options: {
      ...FEW,
      campaign: POWER,
      profile: { abandon: GENEROUS },
      habits: RESTLESS,
      interferences: askedByName,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 1_000 },
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [{ fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 }],
      },
    },
    except: BLIND,
    someWereLost: true,
  },
  "calls asked for by name, while others look": {
    options: { leads: 80, campaign: BY_HAND, habits: CHOOSY, endAfterMs: 3 * HOUR, interferences: askedByName },
  },
  "preview, in a storm": {
    options: {
      campaign: BY_HAND,
      habits: { ...RESTLESS, skips: 100, walksAway: 20, doublePresses: true },
      endAfterMs: 4 * HOUR,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 2_000 },
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: true }],
        refusedRate: 0.01,
        unknownRate: 0.01,
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [
          { fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 },
          { fromMs: 10 * MINUTE, toMs: 10 * MINUTE + 3_000 },
        ],
      },
    },
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
  },
} as const satisfies Record<string, Weather>;
