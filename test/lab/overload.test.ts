// A trunk that answers 503 and one that does not, on one real Asterisk; then the Asterisk itself stands still for three
// seconds. What should not be placed is not, and it goes on afterwards.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { numberFor } from "../../scripts/lab/number-plan.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { inspectAsterisk } from "../../src/asterisk/inspect.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

const OPEN_MS = 3_000;
const PHONES = { good: [1001, 1002, 1003, 1004], poor: [1005, 1006] } as const;

let lab: Lab;
let on: LabCampaign;

interface Told {
  readonly kind: string;
  readonly at: number;
  readonly trunk?: string;
  readonly state?: string;
  readonly callsPerSecond?: number | null;
  readonly because?: string | null;
}
const told = (kind: string): Told[] =>
  (on.fairdial.journal() as unknown as Told[]).filter((each) => each.kind === kind);
const decidedOn = (trunk: string): Told[] => told("attempt-decided").filter((each) => each.trunk === trunk);
const statesOf = (trunk: string): (string | undefined)[] =>
  told("trunk").flatMap((each) => (each.trunk === trunk ? [each.state] : []));
const numbers = (behaviour: Parameters<typeof numberFor>[1], count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, nth) => numberFor(lab.network.plan, behaviour, from + nth));

beforeAll(async () => {
  lab = await startLab();
  const breaker = { refusalsMin: 5, refusedPercent: 50, openMs: OPEN_MS, openMaxMs: OPEN_MS };
  const trunks = [{ name: "poor", endpoint: "carrier" }];
  on = await LabCampaign.open(lab, "overload", { breaker, trunks, cpsMax: 5 });
  await on.add({ name: "good", phones: PHONES.good, numbers: numbers("person", 60) });
  await on.add({ name: "poor", trunk: "poor", phones: PHONES.poor, numbers: numbers("congestion", 8) });
  await on.fairdial.startDaemon();
  for (const phone of [...PHONES.good, ...PHONES.poor]) await lab.network.phones.login(phone);
}, 120_000);

afterAll(async () => {
  await on.close();
  await lab.stop();
}, 60_000);

test("the administrator's limits are in force, as far as ARI tells", async () => {
  const { user, password, url } = lab.pbx.ari;
  const access = { url, user, password: { reveal: () => password }, app: "fairdial" };
  await expect(inspectAsterisk(access, [])).resolves.toMatchObject({
    identity: { channelsMax: 3_000 },
    filesMax: 65_536,
    overloadTrigger: "pjsip_only",
  });
}, 20_000);

test("a trunk that answers 503 is closed to calls, says so, and the other goes on", async () => {
  await on.fairdial.must("campaign", "start", "good");
  await on.fairdial.must("campaign", "start", "poor");
  await until(
    () => statesOf("poor").includes("open"),
    20_000,
    () => on.fairdial.lastWords().join("\n"),
  );
  const [opened] = told("trunk").filter(({ state }) => state === "open");
  expect(decidedOn("poor").filter(({ at }) => at <= (opened?.at ?? 0)).length).toBeGreaterThanOrEqual(5);
  const before = decidedOn("carrier").length;
  await until(() => decidedOn("carrier").length > before, 15_000);
  expect(statesOf("carrier")).toEqual([]);
  const rested = decidedOn("poor").filter(({ at }) => at > (opened?.at ?? 0) && at < (opened?.at ?? 0) + OPEN_MS);
  expect(rested).toEqual([]);
  // Nobody's phone rang, and nobody's attempts were used up.
  const attempts = (await on.attempts()).filter(({ campaign, outcome }) => campaign === "poor" && outcome !== null);
  expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(["congestion"]));
}, 60_000);

test("it is tried, and given calls again once somebody's phone rings there", async () => {
  const file = join(on.fairdial.folder, "more.csv");
  writeFileSync(file, `phone\n${numbers("person", 6, 100).join("\n")}\n`);
  await on.fairdial.must("list", "import", file, "--campaign", "poor", "--list", "more", "--country", "GB");
  await until(
    () => statesOf("poor").at(-1) === "closed",
    30_000,
    () => on.fairdial.lastWords().join("\n"),
  );
  await until(async () => {
    const rows = await on.attempts();
    return rows.some(({ campaign, outcome }) => campaign === "poor" && outcome === "connected");
  }, 20_000);
}, 60_000);

test("while Asterisk stands still nothing is placed, and it goes on when Asterisk does", async () => {
  const before = decidedOn("carrier").length;
  await until(() => decidedOn("carrier").length > before, 20_000);
  lab.pbx.pause();
  const pausedAt = Date.now();
  try {
    await sleep(3_000);
  } finally {
    lab.pbx.resume();
  }
  const resumedAt = Date.now();
  const stalled = told("throttle").find(({ at, callsPerSecond }) => at >= pausedAt && callsPerSecond === 0);
  expect(stalled?.because).toBe("asterisk");
  const during = told("attempt-decided").filter(({ at }) => at >= (stalled?.at ?? 0) && at <= resumedAt);
  expect(during).toEqual([]);
  await until(
    () => told("attempt-decided").some(({ at }) => at > resumedAt),
    20_000,
    () => on.fairdial.lastWords().join("\n"),
  );
  // The socket outlived it: no call was lost.
  expect((await on.attempts()).filter(({ outcome }) => outcome === "lost")).toEqual([]);
}, 60_000);
