// One campaign whose mode changes while it dials: calls in flight end as they were placed, and nobody is forgotten, called
// twice or met with silence.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startLab } from "../../scripts/lab/lab.ts";
import type { Lab } from "../../scripts/lab/lab.ts";
import { numberFor } from "../../scripts/lab/number-plan.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

const LEADS = 24;
const PHONES = [1001, 1002, 1003] as const;

let lab: Lab;
let campaign: LabCampaign;

beforeAll(async () => {
  lab = await startLab();
  campaign = await LabCampaign.open(lab, "modes");
  const numbers = Array.from({ length: LEADS }, (_, nth) => numberFor(lab.network.plan, "person", nth));
  await campaign.add({ name: "c", numbers, phones: PHONES });
  await campaign.fairdial.startDaemon();
  for (const phone of PHONES) await lab.network.phones.login(phone);
  await campaign.fairdial.must("campaign", "start", "c");
}, 120_000);

afterAll(async () => {
  await campaign.close();
  await lab.stop();
}, 60_000);

interface Decided {
  readonly kind: string;
  readonly at: number;
  readonly attemptId: string;
  readonly agentId: number | null;
}
const decided = (): Decided[] =>
  (campaign.fairdial.journal() as unknown as Decided[]).filter(({ kind }) => kind === "attempt-decided");
const soMany = (count: number): Promise<void> => until(() => decided().length >= count, 40_000);

/** Changes it as it dials; gives when nothing can be placed by the old mode any more. */
async function change(...options: readonly string[]): Promise<number> {
  await campaign.fairdial.must("campaign", "set", "c", ...options);
  // Desired state is read three times a second, and a decision is carried out within one.
  return Date.now() + 1_500;
}

test("progressive, power, preview, and progressive again", async () => {
  await soMany(4);
  const power = await change("--mode", "power", "--dial-level", "2");
  await soMany(decided().length + 4);
  const preview = await change("--mode", "preview", "--preview-time", "5s", "--preview-auto", "on");
  await soMany(decided().length + 3);
  const progressive = await change("--mode", "progressive");
  await campaign.finished(LEADS, 90_000);

  const attempts = await campaign.attempts();
  expect(attempts).toHaveLength(LEADS);
  expect(new Set(attempts.map(({ number }) => number)).size).toBe(LEADS);
  // Everybody answers: an agent had time, or the message that says who called was heard to its end, or they left it.
  const ends = new Set(attempts.map(({ outcome }) => outcome));
  expect(
    [...ends].filter((end) => !["connected", "abandoned-with-message", "hung-up-early"].includes(end ?? "")),
  ).toEqual([]);
  const placed = decided();
  // Only power dials beyond the agents it has; before it and after it each call has one of its own from the start.
  const guaranteed = placed.filter(({ at }) => at < power - 1_500 || at > preview);
  expect(guaranteed.length).toBeGreaterThan(6);
  expect(guaranteed.filter(({ agentId }) => agentId === null)).toEqual([]);
  expect(placed.some(({ at, agentId }) => at < preview && agentId === null)).toBe(true);
  expect(placed.some(({ at }) => at > progressive)).toBe(true);
  await campaign.fairdial.must("judge", "--database");
}, 200_000);
