/** What is told to the store of where campaigns stand: often enough, never in anybody's way. */
import { describe, expect, test } from "@jest/globals";
import type { Campaign } from "../../../src/domain/campaign.ts";
import { campaignId } from "../../../src/domain/ids.ts";
import { PacingReports, REPORT_MS } from "../../../src/engine/standing/pacing-reports.ts";
import type { PacingReport } from "../../../src/engine/ports.ts";
import { StoreError } from "../../../src/engine/ports.ts";
import type { Standing, StandingCode } from "../../../src/engine/standing/standing.ts";
import { bench, CAMPAIGN } from "./bench.ts";
import type { Bench } from "./bench.ts";

const OTHER: Campaign = { ...CAMPAIGN, campaignId: campaignId(2), name: "other", desiredState: "stopped" };

interface Desk extends Bench {
  readonly reports: PacingReports;
  /** Each statement's. */
  readonly written: PacingReport[][];
  campaigns: Campaign[];
  because: StandingCode;
  memory: unknown;
  /** What the store does with the next ones. */
  answer: () => Promise<void>;
  /** So many deadlines of five seconds come. */
  pass(times: number): Promise<void>;
}

function desk(): Desk {
  const written: PacingReport[][] = [];
  const it: Desk = {
    ...bench({
      store: {
        reportPacing: async (_node, reports) => {
          await it.answer();
          written.push([...reports]);
        },
      },
    }),
    written,
    campaigns: [CAMPAIGN, OTHER],
    because: "loss",
    memory: { learned: 1 },
    answer: async () => undefined,
    reports: null as never,
    pass: async (times) => {
      for (let time = 0; time < times; time++) {
        it.reports.send();
        await it.clock.advance(REPORT_MS);
      }
    },
  };
  const reports = new PacingReports(it.context, {
    campaigns: () => it.campaigns,
    standingOf: ({ desiredState }) => {
      const because = desiredState === "running" ? it.because : desiredState;
      return { because, says: `because of ${because}`, facts: {} } as unknown as Standing;
    },
    memoryOf: () => it.memory,
  });
  return Object.assign(it, { reports });
}

const told = ({ written }: Desk): string[] => written.flat().map(({ because }) => because);
const saved = ({ written }: Desk): number => written.flat().filter(({ memory }) => memory !== null).length;

test("only campaigns that run are told of", async () => {
  const it = desk();
  await it.pass(1);
  expect(it.written).toEqual([
    [expect.objectContaining({ campaignId: CAMPAIGN.campaignId, because: "loss", says: "because of loss" })],
  ]);
});

test("what changes is told at once; what does not, every other time, so that it is known to hold still", async () => {
  const it = desk();
  await it.pass(4);
  expect(told(it)).toEqual(["loss", "loss"]);
  it.because = "lines";
  await it.pass(1);
  it.because = "leads" as StandingCode;
  await it.pass(1);
  expect(told(it).slice(2)).toEqual(["lines", "leads"]);
});

test("what was learned is saved twice a minute", async () => {
  const it = desk();
  await it.pass(12);
  expect(saved(it)).toBe(2);
});

test("a campaign that stops has a last word, with what it learned, and no more after it", async () => {
  const it = desk();
  await it.pass(1);
  it.campaigns = [{ ...CAMPAIGN, desiredState: "paused" }, OTHER];
  await it.pass(5);
  expect(told(it)).toEqual(["loss", "paused"]);
  expect(saved(it)).toBe(2);
});

describe("a store that does not listen", () => {
  test("is not asked twice at once, and nothing piles up", async () => {
    const it = desk();
    it.answer = () => new Promise(() => undefined);
    await it.pass(20);
    expect(it.written).toEqual([]);
    expect(it.context.mailbox.health().depthMax).toBeLessThan(2);
  });

  test("costs a line for whoever looks closely; the next report tells it all, memory included", async () => {
    const it = desk();
    it.answer = async () => Promise.reject(new StoreError("away", "gone for a walk"));
    await it.pass(1);
    expect(it.log.lines().map(({ level }) => level)).toEqual(["debug"]);
    it.answer = async () => undefined;
    await it.pass(1);
    expect([told(it), saved(it)]).toEqual([["loss"], 1]);
  });

  test("and finds a memory too long is not bothered with it every time", async () => {
    const it = desk();
    let refused = 0;
    it.answer = async () => {
      refused += 1;
      return Promise.reject(new StoreError("broken", "too long"));
    };
    await it.pass(1);
    it.answer = async () => undefined;
    await it.pass(2);
    expect([refused, told(it).length, saved(it)]).toEqual([1, 1, 0]);
  });

  test("does not keep the last report from ending", async () => {
    const it = desk();
    it.answer = async () => Promise.reject(new StoreError("away", "gone for good"));
    await expect(it.reports.last()).resolves.toBeUndefined();
  });
});

test("the last report saves what was learned, however lately that was done", async () => {
  const it = desk();
  await it.pass(1);
  await it.reports.last();
  expect(saved(it)).toBe(2);
});

describe("at the start", () => {
  test("what was learned is asked for", async () => {
    const memories = [
      { campaignId: CAMPAIGN.campaignId, savedAt: CAMPAIGN.firstStartedAt ?? (0 as never), memory: {} },
    ];
    const { context } = bench({ store: { pacingMemories: async () => memories } });
    const reports = new PacingReports(context, { campaigns: () => [], standingOf: never, memoryOf: never });
    expect(await reports.memories((ask) => ask())).toBe(memories);
  });

  test("a store that cannot tell keeps nobody from starting", async () => {
    const broken = async (): Promise<never> => Promise.reject(new StoreError("broken", "no such table"));
    const { context, log } = bench({ store: { pacingMemories: broken } });
    const reports = new PacingReports(context, { campaigns: () => [], standingOf: never, memoryOf: never });
    expect(await reports.memories((ask) => ask())).toEqual([]);
    expect(log.lines().map(({ level }) => level)).toEqual(["warn"]);
  });
});

const never = (): never => {
  throw new Error("nobody asked");
};
