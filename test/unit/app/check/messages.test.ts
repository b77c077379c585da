// What `fairdial check` says of the sounds that people will hear: there or not, and in which forms.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { AriSound } from "../../../../src/asterisk/ari-port.ts";
import { judgeSounds, soundsNeeded } from "../../../../src/app/check/check-messages.ts";
import { loadDaemonConfig } from "../../../../src/app/config.ts";
import type { Campaign } from "../../../../src/domain/campaign.ts";

const folder = mkdtempSync(join(tmpdir(), "fairdial-check-messages-"));
const file = join(folder, "fairdial.yaml");
writeFileSync(
  file,
  `
node: { name: pbx-1 }
asterisk: { url: "http://127.0.0.1:8088", user: fairdial, password: "x" }
database: { user: fairdial, password: "x" }
trunks:
  - { name: main, endpoint: carrier-a, linesMax: 30, cpsMax: 2 }
  - { name: wide, endpoint: carrier-b, linesMax: 10, cpsMax: 2, codecs: [g722, alaw] }
`,
  { mode: 0o600 },
);
const { config } = loadDaemonConfig({ path: file, env: {} });
const BUILT_IN = "fairdial/built-in-message";

const campaign = (change: Partial<Campaign>): Campaign =>
  ({ name: "spring", trunk: "main", informationMessage: "sound:acme/hello", ...change }) as Campaign;
const sound = (id: string, formats: readonly string[]): [string, AriSound] => [
  id,
  { id, formats: formats.map((format) => ({ language: "en", format })) },
];
const judged = (campaigns: readonly Campaign[], ...sounds: [string, AriSound | null][]) =>
  judgeSounds(soundsNeeded(config, campaigns), new Map([sound("beep", ["gsm"]), ...sounds]));
const ALL = ["slin", "alaw", "g722"];

test("every campaign's message is asked for on its own trunk, the built-in one on all", () => {
  const needed = soundsNeeded(config, [campaign({ trunk: "wide" })]);
  expect(needed.map(({ id, trunks }) => [id, trunks.map(({ name }) => name)])).toEqual([
    ["beep", []],
    [BUILT_IN, ["main", "wide"]],
    ["acme/hello", ["wide"]],
  ]);
});

test("all there, in all forms", () => {
  expect(judged([campaign({})], sound(BUILT_IN, ALL), sound("acme/hello", ["alaw"]))).toMatchObject([{ status: "ok" }]);
});

test("the built-in message is not installed", () => {
  const [finding] = judged([], [BUILT_IN, null]);
  expect(finding).toMatchObject({
    status: "fail",
    sentence: `Asterisk knows no sound "${BUILT_IN}", which is the built-in message: people would hear nothing.`,
    advice: expect.stringMatching(/asterisk-config\/README\.md/),
  });
});

test("a message that would be converted for everybody who hears it: on which trunk, and how to do it once", () => {
  const findings = judged([campaign({})], sound(BUILT_IN, ["slin", "alaw"]), sound("acme/hello", ["slin", "ulaw"]));
  expect(findings).toMatchObject([
    {
      status: "warn",
      sentence: `"${BUILT_IN}", the built-in message, is not kept as g722, which trunk wide may speak: it is converted anew for everybody who hears it.`,
      advice: expect.stringMatching(/file convert fairdial\/built-in-message\.wav fairdial\/built-in-message\.g722/),
    },
    {
      status: "warn",
      sentence: expect.stringMatching(/not kept as alaw, which trunk main may speak/),
      advice: expect.stringMatching(/sox hello\.wav -t raw -r 8000 -c 1 -e a-law hello\.alaw/),
    },
  ]);
});

test.each(["recording:hello", "sound:/srv/messages/hello"])("%s is in no list", (informationMessage) => {
  const findings = judged([campaign({ informationMessage })], sound(BUILT_IN, ALL));
  expect(findings).toMatchObject([{ status: "warn", sentence: expect.stringContaining(informationMessage) }]);
});
