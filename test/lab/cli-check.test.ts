// `fairdial check` against a real Asterisk: what it finds, and that looking disturbs nobody.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { AriProbe } from "../../scripts/lab/ari-probe.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import type { Finding } from "../../src/app/check/finding.ts";
import { CliLab } from "./cli-lab.ts";

const commands = new CliLab();
let lab: Lab;

const check = async (
  asterisk: Record<string, unknown> = {},
  env: Record<string, string> = {},
  trunk: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
) => {
  const { host, port, user } = commands.server.access;
  const path = join(commands.folder, "check.yaml");
  const limits = { linesMax: 10, cpsMax: 5, ...trunk };
  writeFileSync(
    path,
    stringify({
      node: { name: "lab" },
      asterisk: { url: lab.pbx.ari.url, user: lab.pbx.ari.user, ...asterisk },
      database: { host, port, user, name: "fairdial_cli" },
      trunks: [
        { name: "carrier", endpoint: "carrier", ...limits },
        { name: "misspelt", endpoint: "carier", ...limits },
      ],
      journal: { folder: join(commands.folder, "journal") },
      spool: { folder: join(commands.folder, "spool"), megabytesMax: 10 },
      ...more,
    }),
    { mode: 0o600 },
  );
  const { code, out, err } = await commands.fairdial(["--config", path, "check", "--json"], "", {
    FAIRDIAL_ASTERISK_PASSWORD: lab.pbx.ari.password,
    ...env,
  });
  if (out === "") throw new Error(err);
  const { findings } = JSON.parse(out) as { findings: readonly Finding[] };
  const lines = findings.map(({ status, subject, sentence }) => `${status} ${subject}: ${sentence}`);
  return { code, failures: lines.filter((line) => line.startsWith("fail")), lines };
};

beforeAll(async () => {
  lab = await startLab();
  await commands.begin();
  await commands.must("migrate");
  await commands.must(
    ...["campaign", "add", "spring", "--trunk", "carrier", "--cli", "+442079460000"],
    ...["--information-message", "sound:fairdial/no-such-sound"],
  );
}, 120_000);

afterAll(async () => {
  await commands.end();
  await lab.stop();
}, 60_000);

test("everything that is wrong is found, and what is right is said", async () => {
  const { code, failures, lines } = await check();
  expect(code).toBe(1);
  expect(failures).toEqual([
    'fail trunk misspelt: Asterisk has no PJSIP endpoint "carier". Did you mean "carrier"?',
    'fail sounds: Asterisk knows no sound "fairdial/no-such-sound", which is the information message of spring: people would hear nothing.',
  ]);
  expect(lines).toContain("ok modules: All modules that are needed are running.");
  expect(lines).toContain("ok trunk carrier: The endpoint carrier is online.");
}, 30_000);

test("what people would hear and how they would be heard: forms that are missing, a module that is not there", async () => {
  const before = await check({}, {}, { codecs: ["alaw", "g722"] });
  expect(before.lines.filter((line) => line.includes("built-in"))).toEqual([
    'warn sounds: "fairdial/built-in-message", the built-in message, is not kept as g722, which trunk carrier and trunk misspelt may speak: it is converted anew for everybody who hears it.',
  ]);
  const elsewhere = await check({}, {}, {}, { builtInMessage: "sound:acme/sorry" });
  expect(elsewhere.failures.join()).toContain('no sound "acme/sorry", which is the built-in message');
  await lab.pbx.cli("module unload func_talkdetect.so");
  const deaf = await check();
  await lab.pbx.cli("module load func_talkdetect.so");
  expect(deaf.lines.join()).toContain("warn modules: func_talkdetect.so is not running");
}, 60_000);

test("a wrong password and a wrong address are told apart", async () => {
  const wrong = await check({}, { FAIRDIAL_ASTERISK_PASSWORD: "not-the-password" });
  expect(wrong.failures.join()).toContain("Asterisk refused our user or password");
  expect(wrong.failures.join()).not.toContain("not-the-password");
  const nobody = await check({ url: "http://127.0.0.1:9" });
  expect(nobody.failures.join()).toContain("Nobody answers at Asterisk's address");
}, 30_000);

test("a daemon that is connected keeps its connection", async () => {
  const probe = await AriProbe.open(lab.pbx);
  try {
    const { lines } = await check({ app: "fairdial" });
    expect(lines.join("\n")).toContain("A process is registered as fairdial now");
    await expect(probe.waitFor((event) => event.type === "ApplicationReplaced", 500)).rejects.toThrow();
  } finally {
    probe.close();
  }
}, 30_000);
