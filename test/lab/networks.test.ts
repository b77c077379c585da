// The daemon against networks that are not the pretend one: odd orders, crossing messages, lost and repeated packets, a
// trunk that goes away, many answers at once; and what of a call can be seen on the wire.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { startSipp, type LabSipp, type SippOptions } from "../../scripts/lab/sipp.ts";
import { oddityScenario, oddNumber, REDIRECTED_TO, slowNumber, type Oddity } from "../../scripts/lab/sipp-oddities.ts";
import { sippNumber, type Before, type Final } from "../../scripts/lab/sipp-scenario.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { outcomeOfNetworkEnd } from "../../src/call/network-end.ts";
import { LabCampaign, until, type AttemptRow } from "../support/lab-campaign.ts";

const PHONES = Array.from({ length: 20 }, (_, index) => 1001 + index);
const CAMPAIGNS = ["odd", "plus", "national", "coded", "loss", "burst", "outage"];
const RING_TIMEOUT = 10;
const CLI = "442079460000";

let lab: Lab;
let sipp: LabSipp;
let campaign: LabCampaign;

const network = async (options: SippOptions): Promise<void> => {
  await sipp.stop();
  sipp = await startSipp(lab.ground, options);
};

const trunks = [
  { name: "plus", endpoint: "sipp", numberFormat: "plus" },
  { name: "national", endpoint: "sipp", numberFormat: "national", prefix: "0" },
  { name: "coded", endpoint: "sipp", prefix: "00" },
  // One on which nobody has refused anything yet.
  { name: "burst", endpoint: "sipp" },
];
// The least ring of the British profile is longer than this test's patience.
const limits = { cpsMax: 50, linesMax: 60, trunks, profile: { name: "LAB", ringMinMs: 1_000 } };
// Answers from shortly before to shortly after the moment at which our patience ends.
const oddNetwork = {
  scenario: oddityScenario({ slowMs: [RING_TIMEOUT * 1_000 - 200, RING_TIMEOUT * 1_000 + 50] }),
  keepMessages: true,
};

beforeAll(async () => {
  lab = await startLab();
  sipp = await startSipp(lab.ground, oddNetwork);
  campaign = await LabCampaign.open(lab, "networks", limits);
  await ready(campaign, PHONES, CAMPAIGNS);
}, 120_000);

afterAll(async () => {
  await campaign.close();
  await sipp.stop();
  await lab.stop();
}, 60_000);

/** Campaigns without leads, agents who work for all of them and wait. */
async function ready(on: LabCampaign, phones: readonly number[], names: readonly string[]): Promise<void> {
  const trunkOf = (name: string): string => (trunks.some((each) => each.name === name) ? name : "sipp");
  await Promise.all(
    names.map((name) => on.add({ name, trunk: trunkOf(name), ringTimeout: RING_TIMEOUT, numbers: [], phones: [] })),
  );
  const add = (phone: number): Promise<string> =>
    on.fairdial.must(
      ...["agent", "add", `a${String(phone)}`, "--endpoint", `PJSIP/${String(phone)}`],
      ...["--campaigns", names.join(",")],
    );
  await Promise.all(phones.map(add));
  await on.fairdial.startDaemon();
  for (const phone of phones) await lab.network.phones.login(phone);
  await everybodyFree(on, phones.length);
}

/** Nobody is left promised to a call that is over. */
const everybodyFree = (on: LabCampaign, agents: number): Promise<void> =>
  until(
    async () => {
      const states = Object.values(await on.agents());
      return states.length === agents && states.every((state) => state === "available");
    },
    5_000,
    async () => JSON.stringify(await on.agents()),
  );

/** All that the network sent and received of one call. */
const wentBy = (callId: string | null): string => {
  const messages = sipp.messages().split(/^-{10,}/m);
  return messages.filter((each) => callId !== null && each.includes(callId)).join("-----");
};

/** The attempts of a campaign by number, after its last lead. */
async function dialled(
  on: LabCampaign,
  name: string,
  numbers: readonly string[],
  withinMs = 25_000,
): Promise<AttemptRow[]> {
  const before = await on.leadsDone();
  await on.list(name, numbers);
  await on.fairdial.must("campaign", "start", name);
  await on.finished(before + numbers.length, withinMs);
  return (await on.attempts()).filter((row) => row.campaign === name);
}

type Expected = {
  readonly outcome: Outcome | readonly Outcome[];
  readonly sip: number | null;
  readonly ringing: "none" | "early" | "ringing";
};
const expected = (outcome: Expected["outcome"], sip: number | null, ringing: Expected["ringing"]): Expected => ({
  outcome,
  sip,
  ringing,
});
const TALKED = expected("connected", null, "ringing");
const OUR_PATIENCE = expected("no-answer", 480, "ringing");
const BRIEFLY = expected(["connected", "hung-up-early"], null, "ringing");

const EXPECTED: Readonly<Record<Oddity, Expected>> = {
  ringingAfterEarly: expected("busy", 486, "ringing"),
  earlyAfterRinging: expected("no-answer", 480, "ringing"),
  earlyWithoutSdp: expected("rejected", 603, "early"),
  ringingWithSdp: expected("busy", 486, "ringing"),
  otherProvisionals: expected("congestion", 503, "none"),
  severalPhones: TALKED,
  answerAtOnce: expected("connected", null, "none"),
  answerThenBye: BRIEFLY,
  byeAsTheyJoin: BRIEFLY,
  // Asterisk's own translation of the Reason, not a response of the network's.
  byeWithReason: expected("connected", 480, "ringing"),
  noSound: TALKED,
  // Asterisk takes the call for answered and ends it itself, now and then only after they were joined.
  answerWithoutSdp: expected(["abandoned-silent", "connected"], 406, "ringing"),
  answerInAnotherCodec: expected("media-refused", 488, "ringing"),
  holdAndResume: TALKED,
  update: TALKED,
  answerToCancel: OUR_PATIENCE,
  busyToCancel: OUR_PATIENCE,
  late487: OUR_PATIENCE,
  no487: OUR_PATIENCE,
  cancelUnknown: OUR_PATIENCE,
  nobodyThere: expected("no-response", 408, "none"),
  retryAfter: expected("congestion", 503, "none"),
  redirect: expected("redirected", 302, "ringing"),
  challenge: expected("auth-rejected", 401, "none"),
  proxyChallenge: expected("auth-rejected", 407, "none"),
  code399: expected("redirected", 399, "none"),
  code499: expected("signalling-error", 499, "none"),
  code599: expected("network-disconnect", 599, "ringing"),
  code699: expected("signalling-error", 699, "none"),
  congestionWithReason: expected("congestion", 503, "none"),
  absentWithReason: expected("subscriber-absent", 480, "none"),
  notFoundWithSipReason: expected("unallocated", 404, "none"),
};
const REPEATED: Partial<Record<Oddity, number>> = { answerThenBye: 6, byeAsTheyJoin: 20 };
/** The slowest first, so that they pass while the others are dialled. */
const ODDITIES = (Object.keys(EXPECTED) as Oddity[])
  .sort((a, b) => Number(EXPECTED[b] === OUR_PATIENCE) - Number(EXPECTED[a] === OUR_PATIENCE))
  .flatMap((oddity) =>
    Array.from({ length: REPEATED[oddity] ?? 1 }, (_, nth) => ({ oddity, number: oddNumber(oddity, nth) })),
  );

/** Each number with what was found, and with what should have been. */
function compared(rows: readonly AttemptRow[], calls: typeof ODDITIES): void {
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  const seen = calls.map(({ oddity, number }) => {
    const row = byNumber.get(number);
    return { oddity, outcome: row?.outcome, sip: row?.sip, ringing: ringingOf(row) };
  });
  const wanted = calls.map(({ oddity }, index) => {
    const { outcome, sip, ringing } = EXPECTED[oddity];
    const found = seen[index]?.outcome;
    const one =
      typeof outcome === "string" ? outcome : (outcome.find((each) => each === found) ?? outcome.join(" or "));
    return { oddity, outcome: one, sip, ringing };
  });
  expect(seen).toEqual(wanted);
}

function ringingOf(row: AttemptRow | undefined): Expected["ringing"] {
  return row === undefined || (row.ringing_at ?? row.progress_at) === null
    ? "none"
    : row.ringing_at === null
      ? "early"
      : "ringing";
}

const waits = (rows: readonly AttemptRow[]): number[] =>
  rows.flatMap((row) => (row.answer_to_connect_ms === null ? [] : [row.answer_to_connect_ms])).sort((a, b) => a - b);

/** The INVITEs that reached the network, each once: what was dialled, who called, which call. */
function invites(): { target: string; from: string; callId: string; text: string }[] {
  const texts = sipp
    .messages()
    .split(/^-{20,}.*$/m)
    .flatMap((part) => /^INVITE [^]*?\r?\n\r?\n/m.exec(part)?.[0] ?? []);
  const read = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? "";
  const all = texts
    .filter((text) => /^User-Agent: lab-pbx/m.test(text))
    .map((text) => ({
      target: read(text, /^INVITE sip:([^@\s]*)@/),
      from: read(text, /^From: ?(.*?);tag=/m),
      callId: read(text, /^Call-ID: ?(\S+)/m),
      text,
    }));
  return [...new Map(all.map((invite) => [invite.callId, invite])).values()];
}

test("odd orders, crossing answers and things said by the way each have their outcome", async () => {
  const slow = Array.from({ length: 8 }, (_, nth) => slowNumber(nth));
  const rows = await dialled(campaign, "odd", [...slow, ...ODDITIES.map(({ number }) => number)]);
  compared(rows, ODDITIES);
  // In time and talking, or too late; where the answer overtook our CANCEL it must read as the worst for us.
  const late = rows.filter((row) => slow.includes(row.number));
  expect(late).toHaveLength(slow.length);
  for (const row of late) expect(["connected", "no-answer", "abandoned-silent"]).toContain(row.outcome);
  expect(Math.max(...waits(rows))).toBeLessThanOrEqual(2_000);
  await everybodyFree(campaign, PHONES.length);
}, 120_000);

test("on the wire: each call once, its Call-ID, our caller number as asked and never hidden", async () => {
  for (const name of ["plus", "national", "coded"]) await dialled(campaign, name, [oddNumber("code699", 9)]);
  const rows = await campaign.attempts();
  const seen = invites();
  const national = oddNumber("code699", 9).slice(3);
  const wanted: Record<string, { target: string; from: string }> = {
    plus: { target: `+44${national}`, from: `<sip:+${CLI}@127.0.0.1>` },
    national: { target: `0${national}`, from: `<sip:+${CLI}@127.0.0.1>` },
    coded: { target: `0044${national}`, from: `<sip:${CLI}@127.0.0.1>` },
  };
  const byCallId = (invite: { callId: string }): string => invite.callId;
  expect(seen.map(byCallId).sort()).toEqual(rows.map((row) => row.sip_call_id).sort());
  for (const row of rows) {
    const invite = seen.find(({ callId }) => callId === row.sip_call_id);
    const { target, from } = wanted[row.campaign] ?? { target: row.number.slice(1), from: `<sip:${CLI}@127.0.0.1>` };
    expect({ target: invite?.target, from: invite?.from }).toEqual({ target, from });
    expect(invite?.text).not.toMatch(/anonymous|^Privacy:/im);
  }
  expect(sipp.messages()).not.toContain(`INVITE sip:${REDIRECTED_TO}`);
}, 60_000);

test("15 % of all packets lost, ringing repeated: the network's word arrives, and everybody who answers is met", async () => {
  await network({ lossPercent: 15, keepMessages: true });
  const codes = [404, 486, 480, 503, 603, 403, 500, 302, 608, 487];
  const beginnings = ["nothing", "progress", "ringing", "ringingThrice"] as const satisfies readonly Before[];
  const refused = beginnings.flatMap((before) => codes.map((code) => ({ code, number: sippNumber(before, code, 77) })));
  const number = (before: Before, final: Final, nth: number): string => sippNumber(before, final, 700 + nth);
  const answered = Array.from({ length: 20 }, (_, nth) => number("ringingThrice", { answerS: 1 + (nth % 2) }, nth));
  const unanswered = Array.from({ length: 4 }, (_, nth) => number("ringingThrice", 1, nth));
  const rows = await dialled(campaign, "loss", [...unanswered, ...answered, ...refused.map((call) => call.number)]);

  const byNumber = new Map(rows.map((row) => [row.number, row]));
  // SIPp gives a call up when the first messages of its own are all lost; from then on nobody is there.
  const givenUp = new Set(
    [...sipp.messages().matchAll(/^Unexpected UDP message received:\s+INVITE [^]*?^Call-ID: ?(\S+)/gm)].map(
      (found) => found[1],
    ),
  );
  const heard = refused.map(({ number, code }) => ({ number, code, row: byNumber.get(number) }));
  const told = heard.map(({ number, code, row }) => {
    const sip = givenUp.has(row?.sip_call_id ?? "") ? 408 : code;
    return { number, sip, outcome: outcomeOfNetworkEnd(sip, null, ringingOf(row) !== "none") };
  });
  for (const [nth, { row }] of heard.entries()) {
    // Which packets were lost is chance: what went by tells more than the row.
    if (row !== undefined && row.sip !== told[nth]?.sip) process.stdout.write(`${wentBy(row.sip_call_id)}\n`);
  }
  expect(heard.map(({ number, row }) => ({ number, sip: row?.sip, outcome: row?.outcome }))).toEqual(told);
  const met = answered.map((each) => byNumber.get(each)).filter((row) => !givenUp.has(row?.sip_call_id ?? ""));
  expect(met.map((row) => row?.outcome)).toEqual(met.map(() => "connected"));
  expect(met.length).toBeGreaterThanOrEqual(15);
  const patience = unanswered.map((each) => byNumber.get(each)).filter((row) => !givenUp.has(row?.sip_call_id ?? ""));
  for (const row of patience) expect(row).toMatchObject({ outcome: "no-answer", end_reason: "ringTimeout" });
  expect(rows).toHaveLength(refused.length + answered.length + unanswered.length);
  await everybodyFree(campaign, PHONES.length);
}, 90_000);

test("twenty answers within a second, twenty agents: everybody is talking within two seconds", async () => {
  await network({});
  const rows = await dialled(
    campaign,
    "burst",
    PHONES.map((_, nth) => sippNumber("ringing", { answerS: 4 }, 800 + nth)),
  );
  const answers = rows.map((row) => row.answered_at?.getTime() ?? 0).sort((a, b) => a - b);
  const waited = waits(rows);
  process.stdout.write(`answer to connect, 20 answers at once: ${waited.join(" ")} ms\n`);
  expect(rows.map((row) => row.outcome)).toEqual(PHONES.map(() => "connected"));
  expect((answers.at(-1) ?? 0) - (answers[0] ?? 0)).toBeLessThanOrEqual(1_000);
  expect(new Set(rows.map((row) => row.agent)).size).toBe(PHONES.length);
  expect(Math.max(...waited)).toBeLessThanOrEqual(2_000);
}, 60_000);

test("the trunk goes silent in mid-campaign and comes back: no lead is lost, no agent stays promised", async () => {
  await campaign.fairdial.must(
    ...["campaign", "set", "outage", "--attempts-max", "5", "--carrier-tries-max", "20", "--talk-max", "10s"],
    ...["--redial", "carrier:1s:20", "--redial", "no-answer:1s:5"],
    // At any time of day, and at once: what rang in vain just then is tried again while we look.
    ...["--band", "none", "--redial-limit", "gap=none,number-day=none,lead-day=none"],
  );
  const numbers = Array.from({ length: 60 }, (_, nth) => sippNumber("ringing", { answerS: 1 }, 900 + nth));
  const done = await campaign.leadsDone();
  await campaign.list("outage", numbers);
  await campaign.fairdial.must("campaign", "start", "outage");
  const ofOutage = async (): Promise<AttemptRow[]> =>
    (await campaign.attempts()).filter((row) => row.campaign === "outage");
  await until(async () => (await ofOutage()).some((row) => row.outcome === "connected"), 20_000);
  await sipp.stop();
  const failed = (row: AttemptRow): boolean => row.outcome !== null && row.outcome !== "connected";
  await until(async () => (await ofOutage()).some(failed), 30_000);
  sipp = await startSipp(lab.ground);
  await campaign.finished(done + numbers.length, 100_000);
  const rows = await ofOutage();
  const connected = rows.filter((row) => row.outcome === "connected");
  expect(new Set(connected.map((row) => row.number)).size).toBe(numbers.length);
  // Those that were ringing just then were let ring; nobody else's fault but the carrier's.
  expect(
    rows.filter(failed).every((row) => ["no-answer", "no-ringback", "no-response"].includes(row.outcome ?? "")),
  ).toBe(true);
  const during = connected.filter((row) => row.ended_by === "us");
  expect(during.every((row) => row.end_reason === "lengthLimit")).toBe(true);
  await everybodyFree(campaign, PHONES.length);
}, 200_000);

test("placed by originate: the same outcomes, the same caller number, no call to where a network points", async () => {
  expect(await campaign.fairdial.stopDaemon()).toBe(0);
  await network(oddNetwork);
  const other = await LabCampaign.open(lab, "originate", { ...limits, placing: "originate" });
  try {
    const phones = PHONES.slice(0, 8);
    await until(() => phones.every((phone) => !lab.network.phones.isUp(phone)), 5_000);
    await ready(other, phones, ["odd"]);
    const calls = ODDITIES.filter(({ oddity }) => !["nobodyThere", "late487", "no487"].includes(oddity));
    const rows = await dialled(
      other,
      "odd",
      calls.map(({ number }) => number),
    );
    // Asterisk replaces the leg of a redirected call, and sometimes forgets the 302 on the way (seen in one run of several).
    const redirected = calls.filter(({ oddity }) => oddity === "redirect").map(({ number }) => number);
    compared(
      rows,
      calls.filter(({ number }) => !redirected.includes(number)),
    );
    for (const { outcome } of rows.filter(({ number }) => redirected.includes(number))) {
      expect(["redirected", "unclassified"]).toContain(outcome);
    }
    const seen = invites();
    expect(seen.map(({ callId }) => callId).sort()).toEqual(rows.map((row) => row.sip_call_id).sort());
    expect(new Set(seen.map(({ from }) => from))).toEqual(new Set([`<sip:${CLI}@127.0.0.1>`]));
    // Asterisk makes a Local channel for a redirect; it must lead nowhere.
    const led = lab.pbx.channels().filter(({ name }) => name.startsWith("Local/"));
    expect(led.filter(({ name }) => !name.includes("@fairdial-no-forwarding-"))).toEqual([]);
    await everybodyFree(other, phones.length);
  } finally {
    await other.close();
  }
}, 120_000);
