// What every Telephony promises, whoever keeps the promise: the pretended one of the simulation, and a real Asterisk
// with a real telephone network behind it. Only what the port says is looked at, never how it is done.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { CallEvent } from "../../src/call/call.ts";
import type { AttemptId, LegId } from "../../src/domain/ids.ts";
import { legId } from "../../src/domain/ids.ts";
import type { PhoneNumber } from "../../src/domain/phone-number.ts";
import type { AgentLegEvent, Telephony, TelephonyEvent } from "../../src/engine/ports.ts";

/** Who is behind a number. */
export type Person =
  /** Rings, answers after a second or more, and stays for some seconds. */
  | "answers"
  /** Answers, says one word in the first second, and listens for some seconds. */
  | "says-hello"
  /** Answers and waits, without a sound, for some seconds. */
  | "says-nothing"
  /** Answers, and leaves some 1.5 seconds later, whatever they hear. */
  | "leaves"
  | "hangs-up-at-once"
  | "rings-out"
  | "busy"
  | "unallocated"
  /** 183 and an announcement, then 404. */
  | "announcement";

export interface TelephonyWorld {
  readonly telephony: Telephony;
  readonly trunk: string;
  /** A trunk on which no call can even be made. */
  readonly deadTrunk: string;
  readonly cliNumber: PhoneNumber;
  /** A message of one to three seconds. */
  readonly message: string;
  /** A message of which there is no file. */
  readonly missing: string;
  /** Each time another number. */
  numberOf(person: Person): PhoneNumber;
  attemptId(): AttemptId;
  readonly phone: {
    readonly endpoint: string;
    /** Rings at our application, and stays until it hangs up or is hung up. */
    dialIn(): void;
    press(digit: string): Promise<void>;
    hangUp(): Promise<void>;
  };
  /** Lets time pass until it is so; fails by the name of what was waited for. */
  until(what: string, isTrue: () => boolean): Promise<void>;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
}

const NOBODY = "00000000-0000-7000-8000-000000000000" as AttemptId;

export function telephonySuite(name: string, open: () => Promise<TelephonyWorld>): void {
  describe(`telephony: ${name}`, () => {
    let world: TelephonyWorld;
    const events: TelephonyEvent[] = [];

    beforeAll(async () => {
      world = await open();
      const starting = world.telephony.start((event) => events.push(event));
      await world.until("it is connected", () => world.telephony.isUp());
      await starting;
    }, 60_000);

    afterAll(async () => {
      await world.stop();
    }, 30_000);

    const of = (attemptId: AttemptId): CallEvent[] =>
      events.flatMap((event) => (event.kind === "call" && event.attemptId === attemptId ? [event.event] : []));
    const typesOf = (attemptId: AttemptId): string[] => of(attemptId).map(({ type }) => type);
    const has = (attemptId: AttemptId, type: CallEvent["type"]): boolean => typesOf(attemptId).includes(type);
    const find = <T extends CallEvent["type"]>(attemptId: AttemptId, type: T): Extract<CallEvent, { type: T }> => {
      const found = of(attemptId).find((event) => event.type === type);
      if (found === undefined) throw new Error(`no ${type} among ${typesOf(attemptId).join(", ")}`);
      return found as Extract<CallEvent, { type: T }>;
    };
    const ofLeg = (leg: LegId): AgentLegEvent[] =>
      events.flatMap((event) => (event.kind === "agentLeg" && event.legId === leg ? [event.event] : []));
    const legHas = (leg: LegId, type: AgentLegEvent["type"]): boolean =>
      ofLeg(leg).some((event) => event.type === type);

    const place = (person: Person, trunk = world.trunk): AttemptId => {
      const attemptId = world.attemptId();
      const number = world.numberOf(person);
      world.telephony.place({ attemptId, number, cliNumber: world.cliNumber, trunk, ringTimeoutMs: 20_000 });
      return attemptId;
    };
    const until = (attemptId: AttemptId, type: CallEvent["type"]): Promise<void> =>
      world.until(`${type} is told`, () => has(attemptId, type));
    const agentReady = async (): Promise<LegId> => {
      const before = events.length;
      world.phone.dialIn();
      const arrived = (): TelephonyEvent | undefined =>
        events.slice(before).find((event) => event.kind === "agentLeg" && event.event.type === "arrived");
      await world.until("a phone arrives", () => arrived() !== undefined);
      const event = arrived();
      if (event?.kind !== "agentLeg" || event.event.type !== "arrived") throw new Error("no arrival");
      expect(event.event.endpoint).toBe(world.phone.endpoint);
      const admitting = world.telephony.admitAgentLeg(event.legId);
      const leg = event.legId;
      await world.until("the phone is ready", () => legHas(leg, "ready"));
      expect(await done(admitting)).toEqual({ ok: true });
      return leg;
    };
    /** Runs a command while time passes. */
    const done = async <T>(command: Promise<T>): Promise<T> => {
      let settled = false;
      const watched = command.finally(() => (settled = true));
      await world.until("a command is answered", () => settled);
      return watched;
    };

    test("being connected is told, and no more than once", () => {
      expect(events.filter(({ kind }) => kind === "connection")).toMatchObject([{ kind: "connection", state: "up" }]);
    });

    test("a person answers: placed, rang, answered, in this order; we hang up, and that is the last of it", async () => {
      const attemptId = place("answers");
      await until(attemptId, "answered");
      expect(typesOf(attemptId).filter((type, i, all) => all.indexOf(type) === i)).toEqual([
        "placed",
        "rang",
        "answered",
      ]);
      expect(find(attemptId, "answered").sipCallId).toMatch(/./);
      expect(find(attemptId, "answered").stamp.at).toBeGreaterThan(find(attemptId, "placed").stamp.at);
      expect(await done(world.telephony.hangUp(attemptId, "operator"))).toEqual({ ok: true });
      await until(attemptId, "destroyed");
      expect(find(attemptId, "destroyed")).toMatchObject({ cause: 16 });
      const told = of(attemptId).length;
      expect(await done(world.telephony.hangUp(attemptId, "operator"))).toMatchObject({ ok: false, kind: "gone" });
      await world.pass(300);
      expect(of(attemptId)).toHaveLength(told);
    }, 20_000);

    test.each([
      ["busy", 17, 486],
      ["unallocated", 1, 404],
    ] as const)(
      "%s: cause %i, and by the far end",
      async (person, cause, sip) => {
        const attemptId = place(person);
        await until(attemptId, "destroyed");
        expect(find(attemptId, "destroyed")).toMatchObject({ cause, sip });
        expect(find(attemptId, "hangupRequested")).toMatchObject({ by: "farEnd", cause });
        expect(has(attemptId, "placed")).toBe(true);
        expect(has(attemptId, "answered")).toBe(false);
      },
      20_000,
    );

    test("an announcement before the end is progress, and not ringing", async () => {
      const attemptId = place("announcement");
      await until(attemptId, "destroyed");
      expect(has(attemptId, "progressed")).toBe(true);
      expect(has(attemptId, "rang")).toBe(false);
      expect(find(attemptId, "destroyed")).toMatchObject({ cause: 1, sip: 404 });
    }, 20_000);

    test("nobody answers: we hang up while it rings, and it ends as asked for", async () => {
      const attemptId = place("rings-out");
      await until(attemptId, "rang");
      await done(world.telephony.hangUp(attemptId, "ringTimeout"));
      await until(attemptId, "destroyed");
      expect(has(attemptId, "answered")).toBe(false);
      expect(of(attemptId).filter(({ type }) => type === "hangupRequested")).toEqual(
        of(attemptId).filter((event) => event.type === "hangupRequested" && event.by === "asterisk"),
      );
    }, 20_000);

    test("a dead trunk: no call, said once", async () => {
      const attemptId = place("answers", world.deadTrunk);
      await until(attemptId, "placeFailed");
      expect(find(attemptId, "placeFailed").failure).toBe("unavailable");
      await world.pass(300);
      expect(typesOf(attemptId)).toEqual(["placeFailed"]);
    }, 20_000);

    test("the same attempt twice is one call, and the second asking does not disturb it", async () => {
      const attemptId = place("answers");
      await until(attemptId, "rang");
      // Ringing is told twice (its state, and Dial); any news of the leg counts as an answer to the second asking.
      await world.pass(200);
      const number = world.numberOf("answers");
      world.telephony.place({
        attemptId,
        number,
        cliNumber: world.cliNumber,
        trunk: world.trunk,
        ringTimeoutMs: 20_000,
      });
      await until(attemptId, "placeFailed");
      expect(find(attemptId, "placeFailed").failure).toBe("unknown");
      await until(attemptId, "answered");
      await done(world.telephony.hangUp(attemptId, "operator"));
      await until(attemptId, "destroyed");
    }, 20_000);

    test("answers and hangs up at once: told as the far end's doing; commands that come too late say so", async () => {
      const attemptId = place("hangs-up-at-once");
      await until(attemptId, "destroyed");
      expect(has(attemptId, "answered")).toBe(true);
      expect(find(attemptId, "hangupRequested")).toMatchObject({ by: "farEnd" });
      const late = done(world.telephony.playInformationMessage(attemptId, world.message, "campaign"));
      expect(await late).toMatchObject({ ok: false, kind: "gone" });
    }, 20_000);

    test("the information message starts and finishes", async () => {
      const attemptId = place("says-nothing");
      await until(attemptId, "answered");
      expect(await done(world.telephony.playInformationMessage(attemptId, world.message, "campaign"))).toEqual({
        ok: true,
      });
      await until(attemptId, "messageFinished");
      expect(has(attemptId, "messageStarted")).toBe(true);
      expect(has(attemptId, "messageFailed")).toBe(false);
      await done(world.telephony.hangUp(attemptId, "messagePlayed"));
      await until(attemptId, "destroyed");
    }, 20_000);

    test("a message cut off by a hang-up has not failed", async () => {
      const attemptId = place("answers");
      await until(attemptId, "answered");
      void world.telephony.playInformationMessage(attemptId, world.message, "campaign");
      await until(attemptId, "messageStarted");
      await done(world.telephony.hangUp(attemptId, "operator"));
      await until(attemptId, "destroyed");
      await world.pass(500);
      // Told before the hang-up, it would read as a message that could not be heard.
      const types = typesOf(attemptId);
      const leaving = types.findIndex((type) => type === "hangupRequested" || type === "destroyed");
      expect(types.slice(0, leaving)).not.toContain("messageFailed");
    }, 20_000);

    test("a message without a file fails at once; the built-in one that follows is told as itself, to its end", async () => {
      const { telephony } = world;
      const attemptId = place("says-nothing");
      await until(attemptId, "answered");
      expect(await done(telephony.playInformationMessage(attemptId, world.missing, "campaign"))).toEqual({ ok: true });
      await until(attemptId, "messageFailed");
      const { at } = find(attemptId, "messageFailed").stamp;
      expect(at - find(attemptId, "messageStarted").stamp.at).toBeLessThan(200);
      expect(await done(telephony.playInformationMessage(attemptId, world.message, "builtIn"))).toEqual({ ok: true });
      await until(attemptId, "messageFinished");
      expect(of(attemptId).filter(({ type }) => type.startsWith("message"))).toMatchObject([
        { type: "messageStarted", choice: "campaign" },
        { type: "messageFailed", choice: "campaign" },
        { type: "messageStarted", choice: "builtIn" },
        { type: "messageFinished", choice: "builtIn" },
      ]);
      await done(telephony.hangUp(attemptId, "messagePlayed"));
      await until(attemptId, "destroyed");
    }, 20_000);

    test("neither message has a file: told for each, and the person is still there for us to hang up", async () => {
      const { telephony } = world;
      const attemptId = place("says-nothing");
      await until(attemptId, "answered");
      await done(telephony.playInformationMessage(attemptId, world.missing, "campaign"));
      await until(attemptId, "messageFailed");
      await done(telephony.playInformationMessage(attemptId, world.missing, "builtIn"));
      const failed = (): readonly CallEvent[] => of(attemptId).filter(({ type }) => type === "messageFailed");
      await world.until("both are told", () => failed().length === 2);
      expect(failed()).toMatchObject([{ choice: "campaign" }, { choice: "builtIn" }]);
      expect(await done(telephony.hangUp(attemptId, "noAgent"))).toEqual({ ok: true });
      await until(attemptId, "destroyed");
    }, 20_000);

    test("a person who leaves in the middle of the message has left; the message has neither failed nor finished", async () => {
      const attemptId = place("leaves");
      await until(attemptId, "answered");
      await done(world.telephony.playInformationMessage(attemptId, world.message, "campaign"));
      await until(attemptId, "destroyed");
      await world.pass(300);
      const types = typesOf(attemptId);
      expect(types).toContain("messageStarted");
      expect(types.slice(types.indexOf("messageStarted") + 1)).toEqual(["hangupRequested", "destroyed"]);
      expect(find(attemptId, "hangupRequested")).toMatchObject({ by: "farEnd" });
    }, 20_000);

    test("who says hello is heard once, with how long it lasted", async () => {
      const attemptId = place("says-hello");
      await until(attemptId, "speechEnded");
      await world.pass(1_000);
      const types = typesOf(attemptId).filter((type) => type === "answered" || type.startsWith("speech"));
      expect(types).toEqual(["answered", "speechStarted", "speechEnded"]);
      const { durationMs, stamp } = find(attemptId, "speechEnded");
      expect(durationMs).toBeGreaterThan(100);
      expect(durationMs).toBeLessThan(stamp.at - find(attemptId, "answered").stamp.at);
      await done(world.telephony.hangUp(attemptId, "operator"));
      await until(attemptId, "destroyed");
    }, 20_000);

    test("who says nothing is not heard to say anything", async () => {
      const attemptId = place("says-nothing");
      await until(attemptId, "answered");
      await world.pass(2_500);
      expect(typesOf(attemptId).filter((type) => type.startsWith("speech"))).toEqual([]);
      await done(world.telephony.hangUp(attemptId, "operator"));
      await until(attemptId, "destroyed");
    }, 20_000);

    test("a message can be played to nobody: its length, or that it fails; nothing is left behind", async () => {
      const { telephony } = world;
      const played = await done(telephony.testPlay(world.message));
      expect(played).toMatchObject({ result: "played" });
      if (played.result === "played") {
        expect(played.durationMs).toBeGreaterThan(500);
        expect(played.durationMs).toBeLessThan(4_000);
      }
      const [first, second] = [telephony.testPlay(world.missing), telephony.testPlay(world.missing)];
      expect(await done(first)).toMatchObject({ result: "failed", detail: expect.stringContaining(world.missing) });
      expect(await done(second)).toEqual(await first);
      expect((await done(telephony.snapshot())).customerLegs).toEqual([]);
    }, 20_000);

    test("an agent's whole day: in, keys, music, a prompt, a person, alone again, out", async () => {
      const { telephony, phone } = world;
      const leg = await agentReady();
      await phone.press("1");
      await world.until("the key arrives", () => legHas(leg, "pressed"));
      expect(ofLeg(leg)).toContainEqual(expect.objectContaining({ type: "pressed", digit: "1" }));
      expect(await done(telephony.setAgentMusic(leg, true))).toEqual({ ok: true });
      expect(await done(telephony.promptAgent(leg, world.message))).toEqual({ ok: true });

      const attemptId = place("answers");
      await until(attemptId, "answered");
      expect(await done(telephony.bridge(attemptId, leg))).toEqual({ ok: true });
      await until(attemptId, "joined");
      const snapshot = await done(telephony.snapshot());
      expect(snapshot.customerLegs).toContainEqual(
        expect.objectContaining({ attemptId, state: "up", inAgentBridge: leg }),
      );
      expect(snapshot.agentLegs).toEqual([{ legId: leg, endpoint: phone.endpoint, ready: true }]);

      expect(await done(telephony.unbridge(attemptId))).toEqual({ ok: true });
      const parted = await done(telephony.snapshot());
      expect(parted.customerLegs).toContainEqual(
        expect.objectContaining({ attemptId, state: "up", inAgentBridge: null }),
      );
      await done(telephony.hangUp(attemptId, "agentHungUp"));
      await until(attemptId, "destroyed");

      await phone.hangUp();
      await world.until("the phone is gone", () => legHas(leg, "gone"));
      await world.pass(300);
      expect(ofLeg(leg).filter(({ type }) => type === "gone")).toHaveLength(1);
      expect(await done(telephony.setAgentMusic(leg, true))).toMatchObject({ ok: false, kind: "gone" });
      expect((await done(telephony.snapshot())).agentLegs).toEqual([]);
    }, 30_000);

    test("joining an agent who is gone fails and leaves the person on the line; we send a phone home", async () => {
      const { telephony } = world;
      const leg = await agentReady();
      expect(await done(telephony.hangUpAgentLeg(leg))).toEqual({ ok: true });
      await world.until("the phone is gone", () => legHas(leg, "gone"));
      const attemptId = place("answers");
      await until(attemptId, "answered");
      expect(await done(telephony.bridge(attemptId, leg))).toMatchObject({ ok: false, kind: "refused" });
      expect(has(attemptId, "destroyed")).toBe(false);
      await done(telephony.hangUp(attemptId, "operator"));
      await until(attemptId, "destroyed");
    }, 20_000);

    test("a person who waits in a bridge when the agent's phone goes is out of it and still there", async () => {
      const { telephony, phone } = world;
      const leg = await agentReady();
      const attemptId = place("answers");
      await until(attemptId, "answered");
      await done(telephony.bridge(attemptId, leg));
      await until(attemptId, "joined");
      await phone.hangUp();
      await world.until("the phone is gone", () => legHas(leg, "gone"));
      expect(await done(telephony.playInformationMessage(attemptId, world.message, "campaign"))).toEqual({ ok: true });
      await until(attemptId, "messageStarted");
      await done(telephony.hangUp(attemptId, "agentGone"));
      await until(attemptId, "destroyed");
    }, 20_000);

    test("commands about nobody are answered, and never thrown", async () => {
      const { telephony } = world;
      const noLeg = legId("1.1");
      expect(await done(telephony.bridge(NOBODY, noLeg))).toMatchObject({ ok: false });
      expect(await done(telephony.playInformationMessage(NOBODY, world.message, "campaign"))).toMatchObject({
        kind: "gone",
      });
      expect(await done(telephony.hangUp(NOBODY, "drain"))).toMatchObject({ kind: "gone" });
      expect(await done(telephony.admitAgentLeg(noLeg))).toMatchObject({ kind: "gone" });
      expect(await done(telephony.promptAgent(noLeg, world.message))).toMatchObject({ kind: "gone" });
      expect(await done(telephony.hangUpAgentLeg(noLeg))).toMatchObject({ kind: "gone" });
      expect(telephony.trunk("no such trunk")).toBeNull();
      expect(telephony.trunk(world.trunk)).toMatchObject({ linesMax: expect.any(Number), codecs: ["alaw"] });
    }, 20_000);

    test("stopped: nothing is told any more", async () => {
      await done(world.telephony.stop());
      const told = events.length;
      expect(world.telephony.isUp()).toBe(false);
      expect(await done(world.telephony.testPlay(world.message))).toMatchObject({ result: "unknown" });
      await world.pass(300);
      expect(events).toHaveLength(told);
    }, 20_000);
  });
}
