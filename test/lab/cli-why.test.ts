// Predictive campaigns from the command line, and `fairdial why campaign` with and without a daemon that says something.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Campaign } from "../../src/domain/campaign.ts";
import { agentId, nodeId, type CampaignId } from "../../src/domain/ids.ts";
import { after, instant, type Instant } from "../../src/domain/instant.ts";
import { DATABASE_DEFAULTS, findCampaign, openDatabase, SqlStore, type Database } from "../../src/store/index.ts";
import { CliLab } from "./cli-lab.ts";
import { allowNumber, approveMessage, MESSAGE, PRINCIPAL, putMessageOnRecord } from "./cli-papers.ts";

const lab = new CliLab();
// A Tuesday's late morning in London, whenever this runs: calling hours have a say in the answers.
const ahead = Date.parse("2026-12-01T11:00:00Z") - Date.now();
lab.now = () => instant(Date.now() + ahead);
let db: Database;
let store: SqlStore;
let campaignId: CampaignId;

interface Why {
  readonly state: string;
  readonly answer: { readonly code: string; readonly says: string };
  readonly besides: readonly { readonly code: string }[];
  readonly nodes: readonly { readonly node: string; readonly isFresh: boolean; readonly said: { at: string } | null }[];
  readonly leads: Record<string, unknown>;
  readonly agents: unknown;
}
const why = () => lab.json<Why>("why", "campaign", "spring");
const codes = async () => {
  const { answer, besides } = await why();
  return [answer, ...besides].map(({ code }) => code);
};
const said = (at: Instant, because: string, says: string) => ({
  ...{ campaignId, at, because, says },
  facts: { theta: 0.025 },
  memory: { learned: true },
});

beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  await lab.must("agent", "add", "ann", "--endpoint", "PJSIP/1001");
  const { host, port, user, password } = lab.server.access;
  db = openDatabase({ ...DATABASE_DEFAULTS, host, port, user, password, database: "fairdial_cli" });
  store = new SqlStore(db);
}, 60_000);
afterAll(async () => {
  await db.close();
  await lab.end();
}, 30_000);

// In order: each stands on what the one before has made.
describe("a predictive campaign", () => {
  test("is made with recourse off, and shows it", async () => {
    const { code, err } = await lab.run(
      ...["campaign", "add", "spring", "--trunk", "carrier", "--cli", "020 7946 0000", "--mode", "predictive"],
      ...["--principal", PRINCIPAL, "--message", MESSAGE, "--purpose", "service"],
    );
    expect([code, err]).toEqual([0, ""]);
    expect((await lab.json<{ campaign: Campaign }>("campaign", "show", "spring")).campaign).toMatchObject({
      mode: "predictive",
      recourse: false,
    });
    expect(await lab.must("campaign", "show", "spring")).toMatch(/mode +predictive\nrecourse +off\n/);
    expect(await lab.must("campaign", "list")).toContain("predictive");
    campaignId = (await findCampaign(db, "spring"))!.campaignId;
  });

  test("gets recourse and loses it, and is told where that means nothing", async () => {
    const set = (...words: string[]) => lab.run("campaign", "set", "spring", ...words);
    expect(await set("--recourse", "on")).toMatchObject({ code: 0, err: "" });
    expect(await lab.must("campaign", "show", "spring")).toMatch(/recourse +on\n/);
    expect((await set("--ring-timeout", "18s")).err).toContain("Recourse cancels nothing before 15s of ringing");
    expect((await set("--mode", "power")).err).toContain("Recourse counts in predictive mode only.");
    expect(await lab.must("campaign", "show", "spring")).not.toContain("recourse");
    expect(await set("--mode", "predictive", "--recourse", "off", "--ring-timeout", "25s")).toMatchObject({ err: "" });
    expect((await lab.json<{ campaign: Campaign }>("campaign", "show", "spring")).campaign.recourse).toBe(false);
  });
});

describe("why campaign", () => {
  test("an unknown one is answered with the nearest", async () => {
    expect(await lab.run("why", "campaign", "sprng")).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no campaign "sprng". Did you mean "spring"? [unknown-campaign]'),
    });
  });

  test("says everything that the database knows, the first to be changed in front", async () => {
    expect(await codes()).toEqual(["campaign-stopped", "campaign-barred", "no-daemon", "agents-unassigned", "no-list"]);
    const text = await lab.must("why", "campaign", "spring");
    expect(text.split("\n")[0]).toMatch(
      /^spring: It is stopped \(last changed by tester at .*campaign start spring\.$/,
    );
    expect(text).toContain("besides: No daemon is running");
    expect(await why()).toMatchObject({ state: "stopped", nodes: [], leads: { now: 0, total: 0, funnel: [] } });
  });

  test("and less and less as it is put right", async () => {
    await allowNumber(lab);
    await putMessageOnRecord(lab);
    expect((await why()).besides[0]).toMatchObject({
      code: "campaign-barred",
      says: expect.stringMatching(/UK-MSG-1.*MESSAGE-APPROVED\)$/),
    });
    await approveMessage(lab);
    await lab.must("campaign", "start", "spring");
    await lab.must("campaign", "set", "spring", "--agents", "ann");
    const list = lab.file("leads.csv", "Phone\n+447911123456\n+447911123457\n+447911123458\n");
    await lab.must("list", "import", list, "--campaign", "spring", "--time-zone", "Europe/London");
    expect(await codes()).toEqual(["no-daemon", "agents-out"]);
    await lab.must("kill-switch", "on", "--because", "complaints");
    expect((await why()).answer).toMatchObject({
      code: "campaign-barred",
      says: expect.stringContaining("complaints"),
    });
    await lab.must("kill-switch", "off");
  });

  test("with a daemon and an agent, and nothing said yet, it says so", async () => {
    const at = lab.now();
    await store.holdNode(nodeId("lab"), "this test", at, 600_000);
    const live = { state: "available", since: at, attemptId: null, pauseReason: null, at } as const;
    await store.recordAgentState(nodeId("lab"), { agentId: agentId(1), ...live });
    expect(await why()).toMatchObject({
      answer: { code: "untold" },
      besides: [],
      nodes: [{ node: "lab", isAlive: true, said: null, isFresh: false }],
      agents: { assigned: 1, byState: { available: 1 } },
      leads: { now: 3, later: 0, done: 0, nextDueAt: null },
    });
    expect(await lab.must("why", "campaign", "spring")).toContain(
      "node lab: it has said nothing of this campaign yet.",
    );
  });

  test("what the daemon says is the answer while it is fresh, and what was learned is not shown", async () => {
    const loss = "The next call, if answered, would find nobody with a probability of 3.1 %, and 2.5 % is the most.";
    await store.reportPacing(nodeId("lab"), [said(lab.now(), "loss", loss)]);
    const document = await why();
    expect(document).toMatchObject({ answer: { code: "loss", says: loss }, besides: [] });
    expect(document.nodes).toMatchObject([
      {
        node: "lab",
        isFresh: true,
        said: { because: "loss", facts: { theta: 0.025 }, at: expect.stringMatching(/Z$/) },
      },
    ]);
    expect(JSON.stringify(document)).not.toContain("learned");
    const text = await lab.must("why", "campaign", "spring");
    expect(text).toMatch(new RegExp(`^spring: ${loss}\n\nnode lab, \\d s ago: .* \\[loss\\]\n`));
  });

  test("what was said before is told with its age, and who may be away", async () => {
    await store.reportPacing(nodeId("lab"), [said(after(lab.now(), -40_000), "lines", "All lines are taken.")]);
    await store.reportPacing(nodeId("gone"), [said(after(lab.now(), -7_300_000), "cps", "Too fast.")]);
    const text = await lab.must("why", "campaign", "spring");
    expect(text).toMatch(/^spring: Nothing in the database is against dialling.*lab said something last 4\d s ago/);
    expect(text).toMatch(/node lab said so 4\d s ago; its daemon may be away: All lines are taken\. \[lines\]\n/);
    expect(text).toContain("node gone said so 2 h ago; no daemon runs as it now: Too fast. [cps]\n");
  });

  test("leads are told by where they stand and why, and when the first is due", async () => {
    const put = (state: string, reason: string, hours: number) =>
      db.write(
        "update campaign_lead set state = ?, reason = ?, due_at = due_at + interval ? hour where state = 'ready' and reason is null limit 1",
        [state, reason, hours],
      );
    await put("ready", "CALLING-WINDOW", 24);
    await put("held", "place-refused", 0);
    await put("done", "connected", 0);
    const { answer, leads } = await why();
    expect(answer).toMatchObject({
      code: "leads-later",
      says: expect.stringMatching(/^No lead is due now: the first of 1 lead/),
    });
    expect(leads).toMatchObject({ now: 0, later: 1, held: 1, done: 1, nextDueAt: expect.stringMatching(/Z$/) });
    expect(await lab.must("why", "campaign", "spring")).toMatch(
      /\n1 +done +1 connected\n1 +held +1 place-refused\n1 +never tried, not due yet +1 CALLING-WINDOW, the first at .*\n0 +ready to be dialled now\n3 +in all\n/,
    );
  });
});
