/**
 * The Asterisk of a node that is gone: nothing is there, and nothing can be done. What an engine concludes from it is what
 * can be concluded from the rows alone.
 */
import { instant } from "../../domain/instant.ts";
import type { Clock, CommandResult, Telephony, TelephonyEvent } from "../../engine/ports.ts";

const GONE: CommandResult = { ok: false, kind: "gone", detail: "the node is gone" };
const gone = (): Promise<CommandResult> => Promise.resolve(GONE);

export const goneTelephony = (clock: Pick<Clock, "now">): Telephony => {
  let listener: (event: TelephonyEvent) => void = () => undefined;
  return {
    start(listen) {
      listener = listen;
      listener({ kind: "connection", state: "up", at: clock.now() });
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
    isUp: () => true,
    answersInMs: () => null,
    // A drained engine places nothing; should it ever, the attempt ends at once and rings nobody.
    place: ({ attemptId }) => {
      const stamp = { at: clock.now(), asteriskAt: null };
      const event = { type: "placeFailed", stamp, failure: "refused", detail: "the node is gone" } as const;
      listener({ kind: "call", attemptId, event });
    },
    bridge: gone,
    unbridge: gone,
    hold: gone,
    resume: gone,
    stopListening: () => undefined,
    askAmd: () => Promise.resolve({ ok: false, kind: "gone", detail: "the node is gone" }),
    askOutside: () => Promise.resolve({ ok: false, kind: "gone", detail: "the node is gone" }),
    playInformationMessage: gone,
    hangUp: gone,
    admitAgentLeg: gone,
    setAgentMusic: gone,
    promptAgent: gone,
    hangUpAgentLeg: gone,
    playFlow: gone,
    stopFlow: () => undefined,
    desk: {
      ...{ meet: gone, sendHome: gone, handOver: gone, hangUpOutside: gone, supervise: gone, endSupervision: gone },
      // Whoever asked is told so; nobody asks a drained engine.
      callOutside: ({ attemptId }) => {
        listener({ kind: "outside", attemptId, state: "gone", at: clock.now() });
      },
    },
    returnLegs: { ring: gone, bridge: gone, hold: gone, inform: gone, hangUp: gone, handBack: gone },
    recordings: {
      start: gone,
      pause: gone,
      resume: gone,
      stop: gone,
      isRunning: () => Promise.resolve(false),
      // The files lie on that node's disk; whether they do, nobody here can say.
      read: () => Promise.reject(new Error("the node is gone")),
      remove: () => Promise.reject(new Error("the node is gone")),
      announce: gone,
    },
    snapshot: () =>
      Promise.resolve({ takenAt: instant(clock.now()), customerLegs: [], agentLegs: [], returnLegs: [], away: [] }),
    testPlay: () => Promise.resolve({ result: "unknown", detail: "the node is gone" }),
    trunk: () => null,
  };
};
