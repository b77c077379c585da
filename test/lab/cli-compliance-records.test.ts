// The commands of compliance on a real database: messages, numbers to present, kill switch, alarms, erasure, the key.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CliLab, type Answer } from "./cli-lab.ts";

const lab = new CliLab();
const KEY = { FAIRDIAL_NUMBER_HASH_KEY: "a key for tests, of more than thirty-two bytes" };
const sql = async (statement: string): Promise<Record<string, unknown>[]> => {
  const connection = await lab.server.connect({ database: "fairdial_cli" });
  const [rows] = await connection.query(statement);
  await connection.end();
  return rows as Record<string, unknown>[];
};

/** 8 kHz, 16 bit, mono unless said otherwise; a tone of this height. */
const wave = (durationMs: number, { peak = 8_000, rate = 8_000, channels = 1 } = {}): Buffer => {
  const samples = Math.round((durationMs * rate) / 1_000);
  const data = Buffer.alloc(2 * samples * channels);
  for (let at = 0; at < samples; at += 1) data.writeInt16LE(Math.round(peak * Math.sin(at / 3)), 2 * at * channels);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2 * channels, 28);
  head.writeUInt16LE(2 * channels, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
};

beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  await lab.must(
    ...["campaign", "add", "spring", "--trunk", "carrier", "--cli", "+442079460000"],
    ...["--information-message", "sound:fairdial/acme"],
  );
}, 60_000);
afterAll(() => lab.end(), 30_000);

describe("messages", () => {
  const TRANSCRIPT = "This is Acme. We tried to call you and nobody was free. To object, call 020 7946 0000.";
  const add = (file: string, transcript = TRANSCRIPT, ...more: string[]): Promise<Answer> =>
    lab.run(
      ...["message", "add", "sound:fairdial/acme", "--file", file, "--transcript", transcript, "--principal", "Acme"],
      ...["--contact-number", "020 7946 0000", ...more],
    );
  const approval = async () => {
    const message = await lab.json<{ approvedBy: string | null }>("message", "show", "sound:fairdial/acme");
    return message.approvedBy;
  };

  test("one is added, approved, and another file takes its approval away", async () => {
    const file = lab.file("acme.wav", wave(4_000));
    expect((await add(file)).out).toContain("No campaign plays it until somebody has listened");
    expect(await approval()).toBeNull();
    expect((await lab.run("message", "approve", "sound:fairdial/acme", "--by", "  ")).err).toContain(
      "--by needs a value",
    );
    const approved = await lab.must("message", "approve", "sound:fairdial/acme", "--by", "Anna Meyer");
    expect(approved).toContain("Approved by Anna Meyer:");
    expect(approved).toContain(TRANSCRIPT);
    expect((await add(file)).out).toContain("whoever approved it still does");
    expect(await approval()).toBe("Anna Meyer");
    const other = lab.file("other.wav", wave(4_001));
    expect((await lab.run("message", "approve", "sound:fairdial/acme", "--by", "Anna", "--file", other)).err).toContain(
      "[message-differs]",
    );
    expect((await add(other)).out).toContain("whose approval is gone");
    expect(await approval()).toBeNull();
    await lab.must("message", "approve", "sound:fairdial/acme", "--by", "Anna", "--file", other);
    expect((await add(other, `${TRANSCRIPT} Goodbye.`)).out).toContain("whose approval is gone");
    expect(await approval()).toBeNull();
  });

  test("each regime says what it makes of it", async () => {
    await lab.must("message", "approve", "sound:fairdial/acme", "--by", "Anna");
    const { verdicts } = await lab.json<{ verdicts: { profile: string; problem: string | null }[] }>(
      ...["message", "show", "sound:fairdial/acme"],
    );
    const of = (profile: string) => verdicts.find((verdict) => verdict.profile === profile)?.problem;
    expect(of("UK")).toBeNull();
    expect(of("US")).toContain("may not be used for that");
  });

  test.each([
    ["no file", null, "does not exist"],
    ["an empty one", Buffer.alloc(0), "is empty"],
    ["silence", wave(4_000, { peak: 0 }), "holds nothing but silence"],
    ["a click", wave(300), "lasts 300 ms"],
    ["music for a disc", wave(2_000, { rate: 44_100, channels: 2 }), "is 44100 Hz, 16 bit, 2 channels"],
    ["a text", "RIFFRAFF", "is called .wav and is something else"],
    ["half a heading", wave(2_000).subarray(0, 30), "was cut off"],
  ])("%s is no message", async (_what, content, problem) => {
    const file = content === null ? `${lab.folder}/none.wav` : lab.file("bad.wav", content);
    expect(await add(file)).toMatchObject({ code: 1, err: expect.stringContaining(problem) });
  });

  test("what is wrong on the command line is said", async () => {
    const file = lab.file("fine.wav", wave(2_000));
    expect((await add(file, TRANSCRIPT, "--transcript-file", file)).err).toContain("Give --transcript or");
    expect((await lab.run("message", "show", "sound:fairdial/acne")).err).toContain(
      'Did you mean "sound:fairdial/acme"?',
    );
    expect((await lab.run("message", "show", "tone:busy")).err).toContain("is not a media name");
    expect(
      (
        await lab.run(
          "message",
          "add",
          "sound:x",
          "--file",
          lab.file("x.mp3", "ID3"),
          "--transcript",
          "x",
          "--principal",
          "A",
          "--contact-number",
          "02079460000",
        )
      ).err,
    ).toContain("no file that Asterisk plays");
  });

  test("one that a campaign plays stays", async () => {
    await sql("update campaign set desired_state = 'paused'");
    expect((await lab.run("message", "remove", "sound:fairdial/acme")).err).toContain("is played by spring");
    await sql("update campaign set desired_state = 'stopped'");
    await lab.must("message", "remove", "sound:fairdial/acme");
    expect(await lab.json("message", "list")).toEqual([]);
  });
});

describe("numbers to present", () => {
  test("have a trunk and a proof, and rest for thirty days before they go", async () => {
    const words = ["cli-number", "add", "020 7946 0000", "--trunk", "carrier"];
    expect((await lab.run(...words)).err).toContain("--proof is needed");
    expect((await lab.run("cli-number", "add", "020 7946 0000", "--trunk", "carier", "--proof", "x")).err).toContain(
      'Did you mean "carrier"?',
    );
    expect(await lab.json(...words, "--proof", "order 4711")).toMatchObject({
      isNew: true,
      cliNumber: "+442079460000",
    });
    expect(await lab.json(...words, "--proof", "order 4712")).toMatchObject({ isNew: false });
    expect(await lab.json("cli-number", "list")).toMatchObject([{ proof: "order 4712", addedBy: "tester" }]);
    await sql("update campaign set desired_state = 'running'");
    expect((await lab.run("cli-number", "remove", "02079460000", "--force")).err).toContain("[cli-number-in-use]");
    await sql("update campaign set desired_state = 'stopped'");
    await callFrom("+442079460000", 29);
    expect((await lab.run("cli-number", "remove", "02079460000")).err).toMatch(/keep it until .* or --force/);
    await sql(
      "update attempt set decided_at = decided_at - interval 2 day, decided_hour = decided_hour - interval 2 day",
    );
    expect(await lab.json("cli-number", "remove", "02079460000")).toMatchObject({ removed: true });
    expect((await lab.run("cli-number", "remove", "02079460000")).err).toContain("[unknown-cli-number]");
  });

  test("tell under which regimes they may not be presented", async () => {
    const added = await lab.json<{ problems: { profile: string }[] }>(
      ...["cli-number", "add", "+447012345678", "--trunk", "carrier", "--proof", "x"],
    );
    expect(added.problems.map(({ profile }) => profile)).toContain("UK");
  });
});

/** An attempt as one of so many days ago. */
const callFrom = async (cliNumber: string, daysAgo: number): Promise<void> => {
  await lab.must("list", "import", lab.file("one.csv", "Phone\n07911 123456\n"), "--campaign", "spring");
  await sql("insert ignore into node (node_id) values ('lab')");
  await sql(
    `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, decided_at,
       decided_hour, evidence, state, outcome)
     select uuid(), 'lab', n.campaign_id, n.lead_id, n.number_id, n.e164, '${cliNumber}', 'carrier',
       utc_timestamp() - interval ${daysAgo} day, utc_timestamp() - interval ${daysAgo} day, '{}', 'ended', 'no-answer'
     from lead_number n limit 1`,
  );
};

test("the kill switch is on until somebody turns it off, and tells who and why", async () => {
  expect(await lab.json("kill-switch", "show")).toEqual({ on: false, since: null, by: null, because: null });
  expect((await lab.run("kill-switch", "on")).err).toContain("--because is needed");
  expect(await lab.must("kill-switch", "on", "--because", "complaints")).toContain("within a second");
  expect(await lab.must("kill-switch", "on", "--because", "again")).toContain("was on already");
  expect(await lab.json("kill-switch", "show")).toMatchObject({ on: true, by: "tester", because: "complaints" });
  expect(await lab.json("kill-switch", "off")).toEqual({ on: false, wasOn: true });
  expect(await lab.json("kill-switch", "off")).toEqual({ on: false, wasOn: false });
});

test("alarms wait for somebody to look", async () => {
  await sql(
    `insert into alarm (campaign_id, campaign_key, code, hour, says, first_at, last_at, times)
     select campaign_id, campaign_id, 'SILENT-CALL', utc_timestamp(), 'A person heard nothing.', utc_timestamp(),
       utc_timestamp() - interval 1 minute, 3 from campaign
     union all select null, 0, 'MESSAGE-FAILED', utc_timestamp(), 'x', utc_timestamp(), utc_timestamp(), 1`,
  );
  const found = await lab.json<{ alarmId: number; code: string }[]>("alarm", "list");
  expect(found.map(({ code }) => code)).toEqual(["MESSAGE-FAILED", "SILENT-CALL"]);
  expect(await lab.json("alarm", "list", "--campaign", "spring")).toMatchObject([{ times: 3, campaign: "spring" }]);
  expect((await lab.run("alarm", "seen", "99999")).err).toContain("There is no alarm 99999");
  expect((await lab.run("alarm", "seen", "x")).err).toContain("is not the number of an alarm");
  expect((await lab.run("alarm", "seen")).err).toContain("or --all");
  const first = String(found[0]?.alarmId);
  expect(await lab.json("alarm", "seen", first)).toEqual({ seen: 1 });
  expect(await lab.must("alarm", "seen", first)).toContain("had been seen before");
  expect(await lab.json("alarm", "seen", "--all")).toEqual({ seen: 1 });
  expect(await lab.json("alarm", "list")).toEqual([]);
  expect(await lab.json("alarm", "list", "--all")).toMatchObject([{ seenBy: "tester" }, { seenBy: "tester" }]);
});

// Last: from the first command with a key on, every command needs it.
describe("with a key for hashing", () => {
  const keyed = (...words: string[]): Promise<Answer> => lab.fairdial(words, "", KEY);

  test("a person is erased, after a look", async () => {
    await lab.must(
      "list",
      "import",
      lab.file("two.csv", "Phone,Name,Key\n07911 123499,Zenobia Quill,Q-77412\n"),
      "--campaign",
      "spring",
    );
    const words = ["erase", "--lead", "Q-77412", "--because", "letter of 3 March"];
    expect((await lab.run(...words)).err).toContain("[hash-key-needed]");
    expect((await keyed("erase", "--because", "x")).err).toContain("Give --number or --lead");
    expect((await keyed("erase", "--lead", "nobody", "--because", "x")).err).toContain("[unknown-lead]");
    expect((await keyed("erase", "--number", "07911123499", "--because", "Zenobia")).err).toContain(
      "--because is kept, and holds",
    );
    expect((await keyed(...words, "--dry-run")).out).toMatch(/leads +1\n +of spring +1/);
    expect(await sql("select count(*) as n from erasure")).toEqual([{ n: 0 }]);
    expect(await keyed(...words)).toMatchObject({ code: 0, out: expect.stringMatching(/^Erased \(1\): 1 lead,/) });
    expect((await keyed(...words)).err).toContain("[unknown-lead]");
    expect((await keyed("erase", "--number", "07911123499", "--because", "again")).out).toContain("nothing to erase");
    const check = await keyed("suppress", "check", "07911123499", "--json");
    expect(check.code).toBe(1);
    expect(JSON.parse(check.out)).toMatchObject({ mayBeDialled: false, suppressions: [{ reason: "erasure" }] });
  });

  test("numbers are written hashed, and shown so", async () => {
    await keyed("suppress", "add", "07911 123401");
    const list = JSON.parse((await keyed("suppress", "list", "--reason", "opt-out", "--json")).out) as unknown;
    expect(list).toMatchObject({
      total: 1,
      latest: [{ number: null, hashed: expect.stringMatching(/^h:[0-9a-f]{40}$/) }],
    });
    expect((await keyed("suppress", "list")).out).toContain("hashed ");
    const file = lab.file("hashes.csv", (await keyed("suppress", "list", "--csv")).out);
    expect((await keyed("suppress", "remove", "07911 123401")).code).toBe(0);
    expect((await keyed("suppress", "check", "07911 123401")).code).toBe(0);
    const again = await keyed("suppress", "import", file, "--column", "number", "--json");
    expect(JSON.parse(again.out)).toMatchObject({ added: 1 });
    expect((await keyed("suppress", "check", "07911 123401")).code).toBe(1);
  });

  test("another key, or none, is refused in words", async () => {
    expect((await lab.run("campaign", "list")).err).toContain("[hash-key-missing]");
    const other = await lab.fairdial(["suppress", "list"], "", {
      FAIRDIAL_NUMBER_HASH_KEY: "b".repeat(10) + "another key of many bytes",
    });
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("nobody who is suppressed would be found") });
    expect(other.err).not.toContain("another key of");
  });
});
