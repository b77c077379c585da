/** Promised calls in a pretend shift: by whom they were promised, before others, and told when they come to nothing. */
import { describe, expect, test } from "@jest/globals";
import { agentId, leadId } from "../../src/domain/ids.ts";
import { after, type Instant } from "../../src/domain/instant.ts";
import type { CallbackPromise } from "../../src/domain/lead.ts";
import type { MemoryTables } from "../../src/simulation/memory-tables.ts";
import { runShift } from "../../src/simulation/world.ts";

const MINUTE_MS = 60_000;
const EVERYBODY_ANSWERS = { answers: 1 };

/** To the lead of that number, due now, for ten minutes. */
const promise =
  (lead: number, change: Partial<CallbackPromise>) =>
  (tables: MemoryTables, now: Instant): void => {
    const terms = { agentId: null, dueAt: now, untilAt: after(now, 10 * MINUTE_MS), fallback: "missed" } as const;
    const row = { leadId: leadId(lead), numberId: null, state: "waiting", isAnyones: false } as const;
    tables.leadTable.callbacks.set(lead, { ...row, promise: { ...terms, ...change, callbackId: lead } });
    Object.assign(tables.leads.get(leadId(lead))!, { state: "ready", queue: 3, dueAt: now, turn: 0 });
  };

const shiftWith = (...acts: ReturnType<typeof promise>[]) =>
  runShift({
    seed: 5,
    leads: 60,
    agents: 4,
    sharedNumberRate: 0,
    mix: EVERYBODY_ANSWERS,
    interferences: acts.map((act) => ({ atMs: 1_000, act })),
  });

const attemptsTo = (tables: MemoryTables, lead: number) =>
  [...tables.attempts.values()].filter(({ order }) => order.leadId === leadId(lead));

describe("a callback", () => {
  test("is made with an agent reserved, before the leads that were there; for whom it was promised by that agent", async () => {
    const { tables, finished } = await shiftWith(promise(60, {}), promise(59, { agentId: agentId(3) }));
    expect(finished).toBe(true);
    const [any, personal] = [attemptsTo(tables, 60), attemptsTo(tables, 59)];
    expect(any[0]?.order).toMatchObject({ callbackId: 60 });
    expect(any[0]?.order.agentId).not.toBeNull();
    expect(personal[0]?.order).toMatchObject({ callbackId: 59, agentId: 3 });
    expect([60, 59].map((id) => tables.leadTable.callbacks.get(id)?.state)).toEqual(["kept", "kept"]);
    // Sixty leads take an hour; these were the last of the list.
    const order = [...tables.attempts.values()].map((row) => row.order.leadId);
    expect(order.indexOf(leadId(60))).toBeLessThan(20);
  });

  test("whose agent is not there is missed when it is over, and told; or made by anybody, as was said", async () => {
    const nobody = { agentId: agentId(99), fallback: "missed" } as const;
    const { tables, journal } = await shiftWith(promise(60, nobody), promise(59, { ...nobody, fallback: "anyone" }));
    expect([60, 59].map((id) => tables.leadTable.callbacks.get(id)?.state)).toEqual(["missed", "kept"]);
    expect(journal.filter(({ kind }) => kind === "callback-missed")).toMatchObject([
      { callbackId: 60, fate: "missed" },
    ]);
    const [made] = attemptsTo(tables, 59);
    const until = tables.leadTable.callbacks.get(59)!.promise.untilAt;
    expect(made!.order.decidedAt).toBeGreaterThan(until - 2 * MINUTE_MS);
    // Nobody who was promised a call is forgotten for it: the lead is one of many again.
    expect(attemptsTo(tables, 60)[0]?.order).toMatchObject({ callbackId: null });
  });
});
