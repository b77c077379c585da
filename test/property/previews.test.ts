/**
 * However often, and by however many ways, a lead on a screen is pressed and skipped, it is called once at most, and
 * only while it is on that screen. The engine's own parts on a bench; each law has seen its fault.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { agentId, legId } from "../../src/domain/ids.ts";
import type { AttemptId } from "../../src/domain/ids.ts";
import type { Campaign } from "../../src/domain/campaign.ts";
import { DEFAULT_PREVIEW, PREVIEW_ENDS, type PreviewShown } from "../../src/domain/preview.ts";
import { after, instant } from "../../src/domain/instant.ts";
import type { Admitting } from "../../src/engine/placing/admitting.ts";
import { Agents } from "../../src/engine/agents/agents.ts";
import type { EngineContext } from "../../src/engine/context.ts";
import type { Hopper } from "../../src/engine/placing/hopper.ts";
import type { LeadToDial } from "../../src/engine/ports.ts";
import { Previews, PRESS_EARLIEST_MS, type Screen } from "../../src/engine/previews/previews.ts";
import type { RuleBook } from "../../src/engine/rules/rule-book.ts";
import { pressed } from "../../src/engine/previews/pressing.ts";
import type { Pending } from "../../src/engine/placing/inserting.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import { TEST_RULES } from "../support/test-profile.ts";
import { bench, CAMPAIGN as BASE, lead } from "../unit/engine/bench.ts";

const MESSAGE = {
  media: BASE.informationMessage,
  sha256: "0".repeat(64),
  transcript: `This was ${BASE.principal}. To be called no more, ring 0808 157 0000.`,
  principal: BASE.principal,
  contactNumber: "+448081570000",
  ...{ saysPurpose: false, offersKeyOptOut: false, approvedBy: "somebody", approvedAt: instant(0) },
};
const AGENTS = [agentId(1), agentId(2)] as const;
const TIME_MS = 15_000;
const campaignWith = (auto: boolean): Campaign => ({
  ...BASE,
  callingHours: TEST_RULES.callingHours,
  mode: "preview",
  preview: { ...DEFAULT_PREVIEW, timeMs: TIME_MS, auto, skipsPerHourMax: 4 },
});

type Step =
  | { readonly type: "key"; readonly agent: 0 | 1; readonly keys: string }
  | { readonly type: "command"; readonly agent: 0 | 1; readonly command: "dial" | "skip" | "pause" | "available" }
  | { readonly type: "wait"; readonly ms: number }
  /** The campaign's turn comes. */
  | { readonly type: "turn" }
  /** What was decided is over, whatever came of it. */
  | { readonly type: "end" }
  | { readonly type: "withdraw" };

const anyAgent = fc.constantFrom(0 as const, 1 as const);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("key" as const),
      agent: anyAgent,
      keys: fc.constantFrom("#", "##", "*1", "*9", "*", "1", "*0", "#*1"),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("command" as const),
      agent: anyAgent,
      command: fc.constantFrom(
        "dial" as const,
        "dial" as const,
        "skip" as const,
        "pause" as const,
        "available" as const,
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(1, 500, 800, 5_000, TIME_MS, 11_000).map((ms) => ({ type: "wait", ms }) as const),
  },
  { weight: 8, arbitrary: fc.constant({ type: "turn" } as const) },
  { weight: 3, arbitrary: fc.constant({ type: "end" } as const) },
  { weight: 1, arbitrary: fc.constant({ type: "withdraw" } as const) },
);

/** What a careless hand could make of the parts. */
type Fault = "promises whoever is promised" | "calls what nobody pressed" | "calls what is off the screen";

interface Seen {
  readonly broken: Set<string>;
  calls: number;
  ends: string[];
}

async function sail(steps: readonly Step[], auto: boolean, fault: Fault | null = null): Promise<Seen> {
  const campaign = campaignWith(auto);
  const waiting: LeadToDial[] = Array.from({ length: 12 }, (_, index) => lead(index + 1));
  const {
    context: base,
    clock,
    journal,
    came,
  } = bench({
    store: {
      showPreview: async () => true,
      endPreview: async () => undefined,
      keepLeases: async (_node, leadIds) => leadIds,
      recordAgentState: async () => undefined,
      releaseLead: async () => undefined,
    },
    telephony: {
      setAgentMusic: async () => ({ ok: true }),
      promptAgent: async () => ({ ok: true }),
      hangUpAgentLeg: async () => ({ ok: true }),
    },
  });
  const dice = new SeededRandom(1);
  const context: EngineContext = { ...base, random: dice };
  const hopper = {
    take: () => waiting.shift() ?? null,
    putBack: (each: LeadToDial) => waiting.push(each),
  } as unknown as Hopper;
  const admitting = {
    admit: (_campaign: Campaign, each: LeadToDial) => each,
    admission: (_campaign: Campaign, each: LeadToDial) => ({ admitted: true, lead: each }),
    agentMissing: () => undefined,
    previewed: () => ({ type: "requeue" }),
    giveBack: (each: LeadToDial) => waiting.push(each),
  } as unknown as Admitting;
  const facts = {
    ...{ killSwitch: null, principal: campaign.principal, cliNumber: campaign.cliNumber },
    cliOwned: { cliNumber: campaign.cliNumber, trunk: campaign.trunk, principal: null, proof: "a contract" },
    ...{ registers: [], message: MESSAGE, messagePlays: "played" },
  };
  const ruleBook = { factsOf: () => facts } as unknown as RuleBook;
  const agents: Agents = new Agents(context, {
    agentLost: () => undefined,
    duringCall: () => "not-on-a-call",
    availabilityChanged: () => undefined,
    dispositionsOf: () => [],
    callOf: () => null,
    supervision: () => "",
    screens: () => previews,
  });
  const previews = new Previews(context, { agents, hopper, admitting }, () => undefined);
  agents.setProfiles(
    AGENTS.map((id) => ({
      ...{ agentId: id, name: `agent-${String(id)}`, endpoint: `PJSIP/${String(id)}`, hasPin: false },
      campaignIds: [campaign.campaignId],
    })),
  );
  for (const id of AGENTS) agents.logIn(id, legId(`leg-${String(id)}`), clock.now());

  const seen: Seen = { broken: new Set(), calls: 0, ends: [] };
  const called = new Set<AttemptId>();
  let pending: Pending[] = [];
  const screens = (): Screen[] => {
    if (fault === null) return previews.pressed(campaign.campaignId);
    const told = journal.entries().filter((each) => each.kind === "preview-shown") as unknown as PreviewShown[];
    const isMeant = ({ attemptId }: PreviewShown): boolean => {
      const has = (kind: string) => journal.entries().some((e) => e.kind === kind && e["attemptId"] === attemptId);
      if (fault === "calls what nobody pressed") return !has("preview-ended");
      if (fault === "calls what is off the screen") return has("preview-pressed") && has("preview-ended");
      return has("preview-pressed") && !has("preview-ended");
    };
    return told
      .filter(isMeant)
      .map((shown) => ({ shown, campaign, lead: lead(shown.leadId), stage: "pressed", press: null }));
  };
  const parts = {
    ...{ admitting, ruleBook, previews },
    agents: fault === null ? agents : ({ reserveOne: () => true } as unknown as Agents),
  };
  const turn = (): void => {
    for (const screen of screens()) {
      const made = pressed(context, parts, { campaign, rules: TEST_RULES }, screen);
      if (made === null) continue;
      if (fault === null) previews.deciding(screen);
      pending.push(made);
      judgeCall(made);
    }
    previews.show(campaign, TEST_RULES, AGENTS.length, new Set());
  };
  const judgeCall = ({ order }: Pending): void => {
    seen.calls += 1;
    const { attemptId, decidedAt } = order;
    if (called.has(attemptId)) seen.broken.add("called twice");
    called.add(attemptId);
    const told = journal.entries();
    const shown = told.find((each) => each.kind === "preview-shown" && each["attemptId"] === attemptId);
    const press = told.find((each) => each.kind === "preview-pressed" && each["attemptId"] === attemptId);
    if (shown === undefined || press === undefined) seen.broken.add("called without a press");
    else if (press.at < after(shown.at, PRESS_EARLIEST_MS)) seen.broken.add("called before it could be read");
    else if (press["by"] === "time" && (!auto || press.at < instant(shown["untilAt"] as number)))
      seen.broken.add("called before the time was over");
    if (told.some((each) => each.kind === "preview-ended" && each["attemptId"] === attemptId && each.at < decidedAt))
      seen.broken.add("called after it was taken off the screen");
    if (order.agentId === null || !agents.holds(order.agentId, attemptId)) seen.broken.add("called without its agent");
  };
  const endAll = (): void => {
    for (const { order, lead: its } of pending) {
      previews.dialled(order.attemptId);
      if (order.agentId !== null) agents.release(order.agentId, order.attemptId, false, 0);
      waiting.push(its);
    }
    pending = [];
  };
  for (const step of steps) {
    const id = "agent" in step ? AGENTS[step.agent] : AGENTS[0];
    if (step.type === "turn") turn();
    else if (step.type === "end") endAll();
    else if (step.type === "withdraw") previews.withdraw(null, "campaign-stopped");
    else if (step.type === "wait") await clock.advance(step.ms);
    else if (step.type === "key") {
      for (const digit of step.keys) {
        agents.pressed(legId(`leg-${String(id)}`), digit, clock.now());
        if (digit === "#" && step.keys.length > 1) turn();
      }
    } else if (step.command === "dial") agents.command(id, { type: "dial" });
    else if (step.command === "skip") agents.command(id, { type: "skip", reason: "not-now" });
    else if (step.command === "pause") agents.command(id, { type: "pause", pauseReason: "tea" });
    else agents.command(id, { type: "makeAvailable" });
    await clock.advance(0);
    for (const key of came.splice(0)) if (key.startsWith("preview:")) previews.deadlinePassed(key.slice(8));
    await clock.advance(0);
  }
  seen.ends = journal.entries().flatMap((each) => (each.kind === "preview-ended" ? [String(each["end"])] : []));
  return seen;
}

const anySteps = fc.array(anyStep, { minLength: 30, maxLength: 80, size: "max" });

test.each([true, false])(
  "any keys, commands and waits call each lead once at most (by itself: %s)",
  async (auto) => {
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        expect([...(await sail(steps, auto)).broken]).toEqual([]);
      }),
      { numRuns: 150 },
    );
  },
  60_000,
);

test("the days see calls, and every way in which a preview can end", async () => {
  let calls = 0;
  const ends = new Set<string>();
  for (const [index, steps] of fc.sample(anySteps, { numRuns: 120, seed: 3 }).entries()) {
    const seen = await sail(steps, index % 2 === 0);
    calls += seen.calls;
    for (const end of seen.ends) ends.add(end);
  }
  expect(calls).toBeGreaterThan(100);
  // Refusals are the rules' business, which allow everything here.
  expect([...ends].sort()).toEqual([...PREVIEW_ENDS].filter((end) => end !== "refused").sort());
}, 60_000);

describe("a planted fault is caught:", () => {
  test.each<[Fault, string]>([
    ["promises whoever is promised", "called twice"],
    ["calls what nobody pressed", "called without a press"],
    ["calls what is off the screen", "called after it was taken off the screen"],
  ])(
    "%s",
    async (fault, law) => {
      const broken = new Set<string>();
      for (const steps of fc.sample(anySteps, { numRuns: 40, seed: 5 })) {
        for (const each of (await sail(steps, true, fault)).broken) broken.add(each);
      }
      expect([...broken]).toContain(law);
    },
    60_000,
  );
});

describe("two keys that fall on one lead, and a third that falls on the next", () => {
  const double: readonly Step[] = [
    { type: "turn" },
    { type: "wait", ms: 5_000 },
    { type: "key", agent: 0, keys: "##" },
    { type: "command", agent: 0, command: "dial" },
    { type: "end" },
    { type: "turn" },
    { type: "key", agent: 0, keys: "#" },
    { type: "turn" },
  ];

  test("call it once, and the next not at all: nobody has read it yet", async () => {
    expect((await sail(double, true)).calls).toBe(1);
  });

  test("call the next when it has been read", async () => {
    const read: readonly Step[] = [
      ...double,
      { type: "wait", ms: 800 },
      { type: "key", agent: 0, keys: "#" },
      { type: "turn" },
    ];
    expect((await sail(read, true)).calls).toBe(2);
  });
});

test("who has skipped as often as they may, skips no more within the hour", async () => {
  const skips = Array.from({ length: 6 }, (): Step[] => [
    { type: "turn" },
    { type: "wait", ms: 1_000 },
    { type: "key", agent: 0, keys: "*1" },
  ]).flat();
  const ended = async (steps: readonly Step[]) =>
    (await sail(steps, false)).ends.filter((end) => end === "preview-rejected").length;
  expect(await ended(skips)).toBe(4);
});
