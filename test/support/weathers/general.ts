/** Weathers in which a campaign dials as it does by itself: people, agents, managers, wires, rows and processes. */
import { RESTLESS } from "../../../src/simulation/agent-at-work.ts";
import { agentId } from "../../../src/domain/ids.ts";
import {
  BLIND,
  FEW,
  GENEROUS,
  MINUTE,
  MISSING,
  POWER,
  STOPPED,
  campaignIs,
  clock,
  commanded,
  faults,
  suppressed,
} from "./scene.ts";
import type { Weather } from "./scene.ts";

export const GENERAL = {
  "a clear day": {},
  "restless agents": { options: { habits: RESTLESS } },
  "more agents than lines": { options: { agents: 12, trunk: { linesMax: 4, cpsMax: 2, codecs: ["alaw"] } } },
  "agents with a PIN": { options: { pins: true, habits: RESTLESS } },
  "managers who interfere": {
    options: {
      interferences: [
        campaignIs(MINUTE, "paused"),
        campaignIs(2 * MINUTE, "running"),
        campaignIs(4 * MINUTE, "stopped"),
        campaignIs(4 * MINUTE + 500, "running"),
        commanded(MINUTE, 1, { type: "pause", pauseReason: "meeting" }),
        commanded(3 * MINUTE, 1, { type: "makeAvailable" }),
        ...[2, 3, 4].map((agent) => commanded(3 * MINUTE + agent * 777, agent, { type: "hangUp" })),
        ...[2, 3, 4].map((agent) => commanded(5 * MINUTE + agent * 777, agent, { type: "logOut" })),
        // An agent is taken out of the campaign, and another out of the house.
        {
          atMs: 6 * MINUTE,
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
  "events told twice": faults({ wire: { duplicateRate: 0.2 } }),
  // An answer that is overtaken by the end of a call of twenty milliseconds never gets into its row.
  "events out of order": {
    ...faults({ wire: { lateRate: 0.2, lateMaxMs: 150 } }),
    // Nor does one who hangs up as fast look as if they had done so: it counts as silent, the reading worst for us.
    except: ["never-silent"],
    someWereLost: true,
  },
  // An answer that is told three seconds late cannot be served in two.
  "events very late": {
    ...faults({ wire: { lateRate: 0.1, lateMaxMs: 3_000 } }),
    except: BLIND,
    someWereLost: true,
  },
  "events lost": { ...faults({ wire: { lossRate: 0.05 } }), except: BLIND, someWereLost: true },
  "the socket cut, three times": faults({
    cuts: [
      { fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: false },
      { fromMs: 6 * MINUTE, toMs: 6 * MINUTE + 2_000, noticedAfterMs: 4_000, requestsToo: true },
      { fromMs: 9 * MINUTE, toMs: 10 * MINUTE, noticedAfterMs: 1_000, requestsToo: true },
    ],
  }),
  "commands refused": { ...faults({ refusedRate: 0.05 }), except: BLIND, someWereRefused: true },
  "commands unanswered": { ...faults({ unknownRate: 0.05 }), except: BLIND, someWereRefused: true },
  "calls never confirmed": faults({ unconfirmedRate: 0.1 }),
  "a slow store": faults({ store: { latencyMs: 100, slowRate: 0.1, slowMs: 3_000 } }),
  "a store that goes away": faults({
    storeAway: [
      { fromMs: 3 * MINUTE, toMs: 4 * MINUTE },
      { fromMs: 7 * MINUTE, toMs: 9 * MINUTE },
    ],
  }),
  "a store whose answers get lost": faults({ store: { ackLostRate: 0.1 } }),
  "a daemon killed twice": faults({
    kills: [
      { fromMs: 3 * MINUTE, toMs: 3 * MINUTE + 3_000 },
      { fromMs: 6 * MINUTE + 1_234, toMs: 7 * MINUTE },
    ],
  }),
  "people who object while it rings": {
    options: { leads: 100, objectPercent: 25, interferences: [suppressed(MINUTE, 10), suppressed(3 * MINUTE, 10)] },
  },
  "a kill switch": { options: { killSwitch: [{ fromMs: 2 * MINUTE, toMs: 4 * MINUTE + 321 }] } },
  "a message that goes missing": {
    options: {
      ...FEW,
      campaign: POWER,
      profile: { abandon: GENEROUS },
      faults: { missingMedia: [{ media: "sound:information", fromMs: MINUTE, toMs: 9 * MINUTE }] },
    },
    complains: [MISSING],
  },
  "both messages missing": {
    options: {
      ...FEW,
      endAfterMs: 20 * MINUTE,
      campaign: POWER,
      profile: { abandon: GENEROUS },
      faults: {
        missingMedia: ["sound:information", "sound:fairdial/message"].map((media) => ({
          media,
          fromMs: MINUTE,
          toMs: 60 * MINUTE,
        })),
      },
    },
    // Whoever found out heard nothing.
    except: BLIND,
    someWereRefused: true,
    staysUnfinished: true,
    complains: [MISSING, STOPPED],
  },
  "two campaigns on one list": {
    options: {
      leads: 40,
      endAfterMs: 40 * MINUTE,
      secondCampaign: { mode: "power", dialLevelPercent: 150 },
      profile: { frequency: { perDayMax: 3, per24HoursMax: 3, gapMinMs: 3 * MINUTE } },
    },
    staysUnfinished: true,
  },
  "the clock of speech": {
    options: {
      ...FEW,
      campaign: POWER,
      profile: { clock: { ...clock, start: "speechStart", noSpeechGraceMs: 1_000 } },
    },
  },
  "the clock of greetings": {
    options: {
      ...FEW,
      campaign: POWER,
      profile: { clock: { ...clock, start: "greetingEnd", noSpeechGraceMs: 2_000 } },
    },
  },
  "everything at once": {
    options: {
      habits: RESTLESS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 2_000 },
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: true }],
        refusedRate: 0.02,
        unknownRate: 0.02,
        unconfirmedRate: 0.02,
        store: { ackLostRate: 0.02, slowRate: 0.05, slowMs: 2_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [{ fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 }],
      },
    },
    // A cut that swallows both messages looks like two broken files: the campaign stops until somebody has looked.
    staysUnfinished: true,
    complains: [STOPPED],
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
  },
} as const satisfies Record<string, Weather>;
