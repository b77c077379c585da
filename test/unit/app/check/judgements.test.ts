import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { AsteriskInspection } from "../../../../src/asterisk/inspect.ts";
import { judgeAsterisk } from "../../../../src/app/check/check-asterisk.ts";
import { soundsNeeded } from "../../../../src/app/check/check-messages.ts";
import {
  judgeCampaigns,
  judgeHashKey,
  judgeNodes,
  judgeRefusal,
  judgeSchema,
  judgeServer,
} from "../../../../src/app/check/check-database.ts";
import { checkMachine, judgeNodeVersion } from "../../../../src/app/check/check-machine.ts";
import type { Finding } from "../../../../src/app/check/finding.ts";
import { loadDaemonConfig } from "../../../../src/app/config.ts";
import type { Campaign } from "../../../../src/domain/campaign.ts";
import { nodeId } from "../../../../src/domain/ids.ts";
import type { ServerFacts } from "../../../../src/store/index.ts";
import { instant } from "../../../../src/domain/instant.ts";

const folder = mkdtempSync(join(tmpdir(), "fairdial-check-"));
const file = join(folder, "fairdial.yaml");
writeFileSync(
  file,
  `
node: { name: pbx-1 }
asterisk: { url: "http://127.0.0.1:8088", user: fairdial, password: "x" }
database: { user: fairdial, password: "x" }
trunks:
  - { name: main, endpoint: carrier-a, linesMax: 30, cpsMax: 2 }
  - { name: spare, endpoint: carrier-b, linesMax: 10, cpsMax: 2 }
journal: { folder: ${folder}/journal }
`,
  { mode: 0o600 },
);
const { config } = loadDaemonConfig({ path: file, env: {} });

const MODULES = [
  ...["res_http_websocket", "res_ari", "res_ari_applications", "res_ari_asterisk", "res_ari_bridges", "res_ari_sounds"],
  ...["res_ari_channels", "res_ari_endpoints", "res_ari_events", "res_ari_playbacks", "res_stasis", "app_stasis"],
  ...["res_stasis_answer", "res_stasis_playback", "res_pjsip", "res_pjsip_session", "res_pjsip_sdp_rtp"],
  ...["res_rtp_asterisk", "chan_pjsip", "bridge_simple", "bridge_softmix", "res_musiconhold"],
  ...["chan_bridge_media", "func_talkdetect"],
].map((name) => ({ name: `${name}.so`, status: "Running" }));

const HEALTHY: AsteriskInspection = {
  identity: { version: "22.10.1", entityId: null, systemName: null, channelsMax: null },
  filesMax: 65_536,
  loadMax: null,
  overloadTrigger: "pjsip_only",
  mayWrite: true,
  applicationIsTaken: false,
  modules: MODULES,
  pjsipEndpoints: ["carrier-a", "carrier-b"].map((resource) => ({
    technology: "PJSIP",
    resource,
    state: "online",
    channelIds: [],
  })),
  sounds: new Map([["beep", { id: "beep", formats: [] }]]),
};
const NEEDED = soundsNeeded(config, []).filter(({ id }) => id === "beep");

const bad = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ status }) => status !== "ok")
    .map(({ status, subject, sentence }) => `${status} ${subject}: ${sentence}`);
const judged = (change: Partial<AsteriskInspection>): string[] =>
  bad(judgeAsterisk(config, NEEDED, { ...HEALTHY, ...change }));

test("a healthy Asterisk gives no reason to complain", () => {
  expect(judged({})).toEqual([]);
});

test("an Asterisk that refuses calls from outside when it is busy is complained of, one that does not tell is not", () => {
  expect(judged({ loadMax: 0, overloadTrigger: null })).toEqual([]);
  expect(judged({ loadMax: 2, overloadTrigger: "global" })).toEqual([
    "warn asterisk limits: asterisk.conf's maxload is 2: on a busy machine agents cannot log in, and people who call back are refused.",
    "warn asterisk limits: Asterisk refuses calls from outside when any queue of its own grows long (taskprocessor_overload_trigger is global).",
  ]);
});

test.each<[string, Partial<AsteriskInspection>, string[]]>([
  ["an account that may only read", { mayWrite: false }, ["fail asterisk: The user fairdial may only read."]],
  ["no list of modules", { modules: null }, ["warn modules: Asterisk does not list its modules."]],
  [
    "modules missing or not running",
    {
      modules: MODULES.filter(({ name }) => name !== "res_musiconhold.so").map((module) =>
        module.name === "chan_pjsip.so" ? { ...module, status: "Not Running" } : module,
      ),
    },
    [
      "fail modules: chan_pjsip.so is not running.",
      "warn modules: res_musiconhold.so is not running: agents wait in silence.",
    ],
  ],
  [
    "a trunk that is misspelt, and one that is away",
    {
      pjsipEndpoints: [
        { technology: "PJSIP", resource: "carier-a", state: "online", channelIds: [] },
        { technology: "PJSIP", resource: "carrier-b", state: "offline", channelIds: [] },
      ],
    },
    [
      'fail trunk main: Asterisk has no PJSIP endpoint "carrier-a". Did you mean "carier-a"?',
      "fail trunk spare: The endpoint carrier-b is offline: the carrier does not answer, or we are not registered.",
    ],
  ],
  [
    "a sound that is not there",
    { sounds: new Map([["beep", null]]) },
    ['fail sounds: Asterisk knows no sound "beep", which is the tone for agents: people would hear nothing.'],
  ],
  ["sounds that cannot be listed", { sounds: new Map() }, ["warn sounds: Asterisk does not list its sounds."]],
  [
    "limits below what the trunks need",
    { filesMax: 256, identity: { ...HEALTHY.identity, channelsMax: 40 } },
    [
      "warn asterisk limits: asterisk.conf's maxcalls is 40, and 40 lines with their agents need 80.",
      "warn asterisk limits: Asterisk may open 256 files: too few for 40 lines.",
    ],
  ],
])("%s", (_name, change, expected) => {
  expect(judged(change)).toEqual(expected);
});

const campaign = (change: Partial<Campaign>): Campaign =>
  ({
    name: "spring",
    trunk: "main",
    desiredState: "running",
    ...change,
  }) as Campaign;

test("a campaign on an unknown trunk is a failure while it runs", () => {
  expect(bad(judgeCampaigns(config, [campaign({ trunk: "mian" })]))).toEqual([
    'fail campaign spring: Its trunk "mian" is not in this configuration. Did you mean "main"?',
  ]);
  expect(judgeCampaigns(config, [campaign({ trunk: "x", desiredState: "stopped" })])).toMatchObject([
    { status: "warn" },
  ]);
  expect(judgeCampaigns(config, [campaign({})])).toEqual([]);
});

test("what the database says is told", () => {
  const facts = {
    ...{ product: "MariaDB", version: "10.11.6-MariaDB", supported: true, database: "fairdial", user: "fairdial" },
    ...{ clockSkewMs: 5, complaints: [] },
  } as const satisfies ServerFacts;
  expect(bad(judgeServer(facts))).toEqual([]);
  expect(
    bad(
      judgeServer({
        ...facts,
        supported: false,
        clockSkewMs: -2_500,
        complaints: ["max_allowed_packet is low: set it to 16M"],
      }),
    ),
  ).toEqual([
    "fail database: MariaDB 10.11.6-MariaDB is too old.",
    "warn clocks: The database's clock is 2.5 s behind this machine's.",
    "warn database settings: Max_allowed_packet is low.",
  ]);
});

test.each([
  ["current", "ok"],
  ["empty", "fail"],
  ["behind", "fail"],
  ["ahead", "fail"],
  ["changed", "fail"],
] as const)("tables that are %s: %s", (state, status) => {
  expect(judgeSchema({ state, version: 3, expected: 4, pending: ["4.sql"], changed: ["2.sql"] }).status).toBe(status);
});

test("a daemon that holds the node's name is mentioned", () => {
  const node = {
    nodeId: nodeId("pbx-1"),
    holder: "host:1",
    heldUntil: instant(2_000),
    attemptsOpen: 0,
    agentsLoggedIn: 3,
    ...{ drained: null, version: "0.1.0", seenAt: null, clockOffsetMs: null },
  };
  expect(judgeNodes(config, [node], instant(1_000)).sentence).toContain("A daemon runs as pbx-1 (host:1), 3 agents");
  expect(judgeNodes(config, [node], instant(3_000)).sentence).toContain("No daemon runs as pbx-1");
});

test("the machine: folders and Node", () => {
  expect(bad(checkMachine(config, []))).toEqual([]);
  expect(bad(checkMachine({ ...config, journal: { folder: file } }, []))).toEqual([
    `fail journal: ${file} is not a folder.`,
  ]);
  expect(checkMachine(config, ["/x holds a password and every user can read it: chmod o-rwx /x"])[1]).toEqual({
    status: "warn",
    subject: "configuration",
    sentence: "/x holds a password and every user can read it.",
    advice: "chmod o-rwx /x",
  });
  expect(judgeNodeVersion("v20.19.0").status).toBe("ok");
  expect(judgeNodeVersion("v20.18.3").status).toBe("fail");
  expect(judgeNodeVersion("v24.1.0").status).toBe("ok");
});

test("a campaign that runs and may not dial is a fault, one that is being prepared a warning", () => {
  const refusal = { says: "Nobody has approved its message.", by: "UK-MSG-1, MESSAGE-APPROVED" };
  expect(judgeRefusal({ name: "spring", desiredState: "running" }, null)).toEqual([]);
  const [running] = judgeRefusal({ name: "spring", desiredState: "running" }, refusal);
  expect(running).toMatchObject({ status: "fail", subject: "campaign spring" });
  expect(running?.sentence).toContain("UK-MSG-1");
  expect(judgeRefusal({ name: "spring", desiredState: "stopped" }, refusal)[0]?.status).toBe("warn");
});

test("numbers hashed with another key, or with one that is missing here, are a fault", () => {
  expect([judgeHashKey("same"), judgeHashKey("none")]).toEqual([[], []]);
  expect(judgeHashKey("missing")[0]?.status).toBe("fail");
  expect(judgeHashKey("different")[0]?.sentence).toContain("another key");
});

test("who opens the event socket, and whether Asterisk does", () => {
  const listen = { listen: "127.0.0.1:8092", user: "asterisk", password: config.asterisk.password };
  const waiting = { ...config, asterisk: { ...config.asterisk, events: listen } };
  const said = (of: typeof config, version: string, applicationIsTaken: boolean): string => {
    const identity = { ...HEALTHY.identity, version };
    const found = judgeAsterisk(of, [], { ...HEALTHY, identity, applicationIsTaken });
    const { status, sentence } = found.find(({ subject }) => subject === "application") ?? {
      status: "none",
      sentence: "",
    };
    return `${status}: ${sentence}`;
  };
  // Advised where it can be had, and only there.
  expect(said(config, "22.5.0", false)).toMatch(/^ok: Nobody is registered as fairdial now\. .*could keep events/);
  expect(said(config, "22.4.9", false)).toBe("ok: Nobody is registered as fairdial now.");
  expect(said(waiting, "22.5.0", true)).toMatch(/^ok: Asterisk keeps events for fairdial/);
  expect(said(waiting, "22.5.0", false)).toMatch(/^fail: Asterisk has no application fairdial/);
  expect(said(waiting, "20.14.1", true)).toMatch(/^fail: Asterisk 20\.14\.1 cannot open the event socket/);
});
