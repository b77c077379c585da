/** The product's own strategies on the pretend floor: progressive, power and predictive, the same code as in the daemon. */
import type { AbandonWindow } from "../../pacing/bank.ts";
import { Predictive } from "../../pacing/predictive.ts";
import { floorOf, power } from "../../pacing/strategy.ts";
import type { PacingSample } from "../../pacing/strategy.ts";
import { uniform } from "./fates.ts";
import type { Floor, MakePolicy, PacingPolicy, PolicySetting } from "./policy.ts";

const MINUTE_MS = 60_000;
const ROUNDING_STREAM = 201;

const sampleOf = (floor: Floor): PacingSample => ({
  agentsAvailable: floor.agentsAvailable,
  agentsReserved: 0,
  agentsOnCall: floor.talk.count,
  agentsInWrapUp: floor.wrapUp.count,
  callsPending: floor.ringing.count,
  callsPromised: 0,
  callsWaiting: floor.callsWaiting,
  leadsReady: floor.leadsReady,
});

export const progressivePolicy: MakePolicy = () => ({
  listener: null,
  onEvents: true,
  decide: (floor) => ({ place: floorOf(sampleOf(floor)), cancel: [] }),
});

/** So many lines per usable agent, with the bank or without. */
export const powerPolicy =
  (ratio: number, banked: boolean): MakePolicy =>
  ({ seed, targetBasisPoints }) => ({
    listener: null,
    onEvents: true,
    decide: (floor) => {
      const rounding = uniform(seed, Math.floor(floor.atMs / MINUTE_MS), ROUNDING_STREAM);
      const counts = { liveAnswers: floor.connected + floor.abandoned, abandoned: floor.abandoned };
      const bank = banked ? { counts, targetBasisPoints } : null;
      return { place: power({ ...sampleOf(floor), power: { ratio, bank, rounding } }), cancel: [] };
    },
  });

/** Own-loss pacing as the daemon runs it. */
export const predictivePolicy: MakePolicy = (setting) => new PredictivePolicy(setting);

class PredictivePolicy implements PacingPolicy {
  readonly onEvents = true;
  readonly listener;
  readonly #predictive: Predictive;
  readonly #setting: PolicySetting;

  constructor(setting: PolicySetting) {
    this.#setting = setting;
    this.#predictive = new Predictive({
      ringTimeoutMs: setting.ringTimeoutMs,
      connectLimitMs: setting.connectLimitMs,
      recourseAfterMs: setting.recourse ? setting.minimumRingMs : null,
    });
    this.listener = this.#predictive.forecast;
  }

  decide(floor: Floor): { place: number; cancel: readonly number[] } {
    const { targetBasisPoints, limitBasisPoints } = this.#setting;
    const day: AbandonWindow = {
      liveAnswers: floor.connected + floor.abandoned,
      abandoned: floor.abandoned,
      targetBasisPoints,
      limitBasisPoints,
      msUntilEnd: floor.endMs - floor.atMs,
    };
    return this.#predictive.decide({
      atMs: floor.atMs,
      agentsAvailable: floor.agentsAvailable,
      talk: floor.talk,
      wrapUp: floor.wrapUp,
      ringing: floor.ringing,
      confirmedRinging: floor.ringing,
      callsWaiting: floor.callsWaiting,
      leadsReady: floor.leadsReady,
      linesFree: Infinity,
      windows: [day],
      isStale: false,
    });
  }
}
