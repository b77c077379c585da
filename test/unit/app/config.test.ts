import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { ConfigError } from "../../../src/app/config-problems.ts";
import { configSchema } from "../../../src/app/config-schema.ts";
import { loadConfig, loadDaemonConfig } from "../../../src/app/config.ts";

const MINIMAL = `
node: { name: pbx-1 }
asterisk: { url: "http://127.0.0.1:8088", user: fairdial }
database: { user: fairdial }
`;
const ENV = { FAIRDIAL_ASTERISK_PASSWORD: "ari-secret", FAIRDIAL_DATABASE_PASSWORD: "db-secret" };

const folder = mkdtempSync(join(tmpdir(), "fairdial-config-"));
let files = 0;
const file = (text: string, mode = 0o600): string => {
  const path = join(folder, `file-${(files += 1)}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};
const load = (text: string, env: Record<string, string> = ENV) => loadDaemonConfig({ path: file(text), env });
const problemsOf = (text: string, env: Record<string, string> = ENV): readonly string[] => {
  try {
    load(text, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

test("little is needed, and the rest has a value", () => {
  const { config, warnings } = load(MINIMAL);
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({
    asterisk: { app: "fairdial", placing: "create", loginArgument: "agent-login" },
    database: { host: "127.0.0.1", port: 3306, socketPath: null, name: "fairdial", poolSize: 8, tls: "off" },
    trunks: [],
    agents: { tone: "sound:beep", startAvailable: false },
    log: { level: "info", format: "json" },
    drainMaxMs: 300_000,
    pauseReasons: { "1": "break" },
  });
  expect(config.asterisk.password.reveal()).toBe("ari-secret");
  expect(config.database.password?.reveal()).toBe("db-secret");
});

test("what comes out cannot be changed", () => {
  const { config } = load(`${MINIMAL}\ntrunks: [{ name: a, endpoint: a, linesMax: 3, cpsMax: 0.5 }]`);
  expect(() => {
    (config.trunks[0] as { linesMax: number }).linesMax = 4;
  }).toThrow(TypeError);
  expect(() => {
    (config as { drainMaxMs: number }).drainMaxMs = 4;
  }).toThrow(TypeError);
});

test("everything that is wrong is told at once, with its place", () => {
  const problems = problemsOf(`
node: { name: PBX_1 }
asterisk: { url: localhost, usr: fairdial, placing: dial }
database: { port: "3306", user: fairdial, pool_size: 4 }
trunks:
  - { name: a, endpoint: "a&b", linesMax: 0, cpsMax: fast, lineMax: 3 }
  - { name: A, endpoint: a, linesMax: 1.5, cpsMax: 1, prefix: 9 }
log: yes
drain: 5
pauseReasons: { "0": break, "1": "long lunch" }
`);
  expect([...problems].sort()).toEqual(
    [
      'node.name must be 1 to 32 small letters, digits and inner hyphens; it is "PBX_1".',
      'asterisk.url must be http:// or https://, a host and a port, and nothing else: http://127.0.0.1:8088; it is "localhost".',
      "asterisk.user is missing; it must be a user name of letters, digits, hyphens and underscores, at most 64.",
      '"usr" is not a key in asterisk. Did you mean "user"?',
      'asterisk.placing must be one of: create, originate; it is "dial".',
      'database.port must be a whole number from 1 to 65,535; it is "3306".',
      '"pool_size" is not a key in database. Did you mean "poolSize"?',
      'trunks[0].endpoint must be the name of a PJSIP endpoint of letters, digits, hyphens and underscores, at most 64; it is "a&b".',
      "trunks[0].linesMax must be a whole number from 1 to 10,000; it is 0.",
      'trunks[0].cpsMax must be a number above 0, at most 100; it is "fast".',
      '"lineMax" is not a key in trunks[0]. Did you mean "linesMax"?',
      "trunks[1].linesMax must be a whole number from 1 to 10,000; it is 1.5.",
      "trunks[1].prefix must be at most 15 digits in quotation marks; it is 9.",
      "log must be a section with the keys level, format, file.",
      '"drain" is not a key. Did you mean "drainMaxMs"?',
      'pauseReasons: "0" must be a key from 1 to 9 in quotation marks.',
      'pauseReasons.1 must be at most 32 letters, digits, hyphens and underscores; it is "long lunch".',
    ].sort(),
  );
});

test.each([
  ["", ["It holds no sections."]],
  ["- a", ["It holds no sections."]],
  ["just text", ["It holds no sections."]],
  ["node: { name: a\nx: [", ["Line", "Line"]],
  ["database: { user: a }\ndatabase: { user: b }", ["Line 2 is not YAML (DUPLICATE_KEY)."]],
  [MINIMAL.replace("database: { user: fairdial }", ""), ["The section database is missing."]],
  ["database: { user: a }", ["The section node is missing", "The section asterisk is missing"]],
  [`${MINIMAL}\nendpoint: a`, ['"endpoint" is not a key; it belongs to trunks.']],
  [`${MINIMAL}\nzzz: a`, ['"zzz" is not a key; known are node, centre, profiles, asterisk,']],
  [`${MINIMAL}\nagents: { level: info }`, ['"level" is not a key in agents; it belongs to log.']],
  [MINIMAL.replace("8088", "8088/pbx"), ["asterisk.url must be"]],
  [MINIMAL.replace("http://127", "http://u:p@127"), ["asterisk.url must be"]],
  [`${MINIMAL}\ntrunks: { name: a }`, ["trunks must be a list"]],
  [
    `${MINIMAL}\ntrunks:\n- {name: a, endpoint: a, linesMax: 1, cpsMax: 1}\n- {name: A, endpoint: a, linesMax: 1, cpsMax: 1}`,
    ['trunks[1].name "a" is taken by another trunk.'],
  ],
  [
    MINIMAL.replace("database: { user: fairdial }", "database: { user: fairdial, caFile: /x }"),
    ["database.caFile has no meaning", "database.caFile /x cannot be used: it does not exist."],
  ],
])("%j is refused in words", (text, expected) => {
  const problems = problemsOf(text);
  expect(problems.map((problem, index) => problem.startsWith(expected[index] ?? "-"))).toEqual(
    expected.map(() => true),
  );
});

test("keys without a value count as left out", () => {
  expect(load(`${MINIMAL}\nlog:\n  level:\n  file: ~\ntrunks:\n`).config.log).toEqual({
    level: "info",
    format: "json",
  });
});

test.each([
  ["the environment", MINIMAL, ENV, "db-secret"],
  [
    "its own file",
    MINIMAL.replace("database: { user: fairdial }", "database: { user: f, passwordFile: FILE }"),
    {},
    "from file",
  ],
  [
    "the environment rather than a file",
    MINIMAL.replace("database: { user: fairdial }", "database: { user: f, passwordFile: FILE }"),
    ENV,
    "db-secret",
  ],
  [
    "the configuration",
    MINIMAL.replace("database: { user: fairdial }", 'database: { user: f, password: "inline" }'),
    {},
    "inline",
  ],
])("a password comes from %s", (_from, text, env: Record<string, string>, expected) => {
  const path = file(text.replace("FILE", file("from file\n")));
  expect(loadConfig({ path, env }).config.database.password?.reveal()).toBe(expected);
});

test.each([
  ["nothing at all", "", ["The password for asterisk is missing: set FAIRDIAL_ASTERISK_PASSWORD, or"]],
  [
    "both ways",
    'password: "hush-hush", passwordFile: /x',
    ["asterisk.password and asterisk.passwordFile are both given"],
  ],
  [
    "no file",
    "passwordFile: /no/such/file",
    ["asterisk.passwordFile /no/such/file cannot be used: it does not exist."],
  ],
  ["an empty file", "passwordFile: EMPTY", ["asterisk.passwordFile"]],
  [
    "a number",
    "password: 123456",
    ["asterisk.password must be text of 1 to 512 characters; put digits in quotation marks."],
  ],
  ["a list", "password: [hush-hush]", ["asterisk.password must be text"]],
])("a password given by %s is refused without being shown", (_how, given, expected) => {
  const text = MINIMAL.replace("user: fairdial }\ndatabase", `user: fairdial, ${given} }\ndatabase`).replace(
    "EMPTY",
    file("\n"),
  );
  const problems = problemsOf(text, { FAIRDIAL_DATABASE_PASSWORD: "x" });
  expect(problems).toHaveLength(expected.length);
  expect(problems[0]).toContain(expected[0]);
  expect(problems.join()).not.toMatch(/hush|123456/);
});

test("a secret shows itself to nobody who does not ask", () => {
  const { config } = load(MINIMAL);
  for (const text of [JSON.stringify(config), inspect(config, { depth: 9 }), String(config.asterisk.password)]) {
    expect(text).not.toContain("ari-secret");
    expect(text).not.toContain("db-secret");
  }
});

test("broken YAML around a password does not quote it", () => {
  expect(problemsOf('asterisk: { password: "hush-hush\n  user: : x').join()).not.toContain("hush");
});

test("files that others can read or change are warned of", () => {
  const secret = file("s", 0o644);
  const text = MINIMAL.replace("database: { user: fairdial }", `database: { user: f, passwordFile: ${secret} }`);
  expect(loadConfig({ path: file(text), env: {} }).warnings).toEqual([
    `${secret} holds a password and every user can read it: chmod o-rwx ${secret}`,
  ]);
  chmodSync(secret, 0o660);
  expect(loadConfig({ path: file(text), env: {} }).warnings).toEqual([
    `${secret} holds a password and others can change it: chmod go-w ${secret}`,
  ]);
  chmodSync(secret, 0o640);
  expect(loadConfig({ path: file(text), env: {} }).warnings).toEqual([]);
});

test("unencrypted ways to other machines are warned of", () => {
  const text = MINIMAL.replace("127.0.0.1", "pbx.example")
    .replace("user: fairdial }\n", "user: fairdial }\n")
    .replace("database: { user: fairdial }", "database: { user: fairdial, host: db.example }");
  expect(load(text).warnings).toEqual([
    expect.stringContaining("asterisk.url is not encrypted"),
    expect.stringContaining("database.tls is off"),
  ]);
});

test("a manager's machine needs only the database", () => {
  const path = file("database: { socketPath: /run/mysqld/mysqld.sock, user: fairdial }");
  const { config } = loadConfig({ path, env: {} });
  expect(config.node).toBeNull();
  expect(config.database).toMatchObject({ socketPath: "/run/mysqld/mysqld.sock", password: null });
});

test("where the file is looked for", () => {
  const path = file(MINIMAL);
  expect(loadConfig({ path: null, env: { ...ENV, FAIRDIAL_CONFIG: path } }).config.file).toBe(path);
  expect(() => loadConfig({ path: null, env: { FAIRDIAL_CONFIG: "/no/such.yaml" } })).toThrow(
    "The configuration /no/such.yaml cannot be used: It does not exist. Name another with --config or FAIRDIAL_CONFIG.",
  );
  expect(() => loadConfig({ path: folder, env: {} })).toThrow("It is a folder.");
});

test("the key for hashing numbers comes from three places and is seen in none", () => {
  const key = "0123456789abcdefghijklmnopqrstuvwxyz";
  const secret = file(`${key}\n`);
  chmodSync(secret, 0o600);
  const open = (text: string, env: Record<string, string> = {}) =>
    loadConfig({ path: file(`database: { socketPath: /run/x.sock, user: f }\n${text}`), env }).config.database;
  const read = (...given: Parameters<typeof open>) => open(...given).numberHashKey?.reveal();
  expect(open("").numberHashKey).toBeNull();
  expect(read(`numberHashKeyFile: ${secret}`)).toBe(key);
  expect(read(`numberHashKey: "${key}"`)).toBe(key);
  expect(read(`numberHashKeyFile: ${secret}`, { FAIRDIAL_NUMBER_HASH_KEY: `other-${key}` })).toBe(`other-${key}`);
  expect(JSON.stringify(open(`numberHashKey: "${key}"`))).not.toContain(key);
});

test.each([
  ["numberHashKey: short", "numberHashKey must be text of 32 to 512 characters"],
  [`numberHashKey: ${"ab".repeat(20)}`, "The key in numberHashKey could be guessed"],
  ["numberHashKeyFile: /no/such", "numberHashKeyFile /no/such cannot be used: it does not exist."],
  ["numberHashKeyFile: SHORT", "is shorter than 32 bytes"],
  ["numberHashKeyFile: BINARY", "holds bytes that are no text"],
  [`numberHashKeyFile: SHORT\nnumberHashKey: ${"abcdefghijklm".repeat(3)}`, "are both given"],
])("a key that protects nothing is refused: %s", (text, problem) => {
  const binary = join(folder, "binary.key");
  writeFileSync(binary, Buffer.alloc(40, 0xfe));
  const given = text.replace("SHORT", file("abcdefghijkl")).replace("BINARY", binary);
  expect(problemsOf(`${MINIMAL}${given}\n`)).toEqual([expect.stringContaining(problem)]);
});

/* ------------------------------------------------------------------ the example */

const EXAMPLE = readFileSync(join(import.meta.dirname, "../../../scripts/fairdial.example.yaml"), "utf8");

interface Definition {
  readonly type: string;
  readonly innerType?: { _zod: { def: Definition } };
  readonly element?: { _zod: { def: Definition } };
  readonly shape?: Record<string, { _zod: { def: Definition } }>;
}
const unwrap = (definition: Definition): Definition =>
  definition.innerType === undefined ? definition : unwrap(definition.innerType._zod.def);
/** `trunks.endpoint` for every key of the schema. */
const keysOf = (definition: Definition, path: string): string[] => {
  const own = unwrap(definition);
  if (own.element !== undefined) return keysOf(own.element._zod.def, path);
  if (own.shape === undefined) return [path];
  return Object.entries(own.shape).flatMap(([key, node]) =>
    keysOf(node._zod.def, path === "" ? key : `${path}.${key}`),
  );
};
const schemaKeys = keysOf(configSchema._zod.def, "");
const names = new Set(schemaKeys.flatMap((path) => path.split(".")));

const uncommented = EXAMPLE.replace(
  /^( *)#( *)(\w+|"\d"):(?= |$)(.*)$/gm,
  (line, outer: string, inner: string, key: string, rest: string) =>
    names.has(key) || key.startsWith('"') ? `${outer}${inner.slice(1)}${key}:${rest}` : line,
)
  // Two ways to say one thing: the example shows both.
  .replaceAll("create: the call is ours", "# create: the call is ours")
  .replaceAll("originate: about", "# originate: about");

test("the example is valid as it is, with the passwords from the environment", () => {
  const secrets = EXAMPLE.replace(/^ {2}passwordFile:.*$/gm, "");
  const { config, warnings } = load(secrets);
  expect(warnings).toEqual([]);
  expect(config.trunks).toHaveLength(1);
});

test("the example names every key, and every comment that shows a key shows a valid one", () => {
  const document = parse(uncommented);
  expect(configSchema.safeParse(document).error?.issues).toBeUndefined();
  const present = (value: unknown, path: string): string[] => {
    if (Array.isArray(value)) return value.flatMap((inner) => present(inner, path));
    if (typeof value !== "object" || value === null || path === "pauseReasons") return [path];
    return Object.entries(value).flatMap(([key, inner]) => present(inner, path === "" ? key : `${path}.${key}`));
  };
  expect([...new Set(present(document, ""))].sort()).toEqual([...schemaKeys].sort());
});

test("the defaults that the example shows are the defaults", () => {
  const shown = configSchema.parse(parse(uncommented));
  const bare = configSchema.parse(parse(EXAMPLE.replace(/^(agents|hearing|journal|spool|log|monitoring):$/gm, "")));
  const optional = [
    "password",
    "passwordFile",
    "outside",
    "caFile",
    "socketPath",
    "file",
    "numberHashKey",
    "numberHashKeyFile",
    "profiles",
    // Bounds that nobody has unless they say so.
    ...["countries", "typesAllowed", "spendPerHourMax", "ratesFile"],
  ];
  const compare = (full: unknown, least: unknown): void => {
    if (typeof full !== "object" || full === null) {
      expect(full).toEqual(least);
      return;
    }
    for (const [key, value] of Object.entries(full)) {
      if (!optional.includes(key)) compare(value, (least as Record<string, unknown> | undefined)?.[key]);
    }
  };
  compare(shown, bare);
});

test("an address with a password in it is refused without being repeated", () => {
  for (const url of ["http://fairdial:hunter2@127.0.0.1:8088", "fairdial:hunter2@pbx"]) {
    const [problem = ""] = problemsOf(`
node: { name: pbx-1 }
asterisk: { url: "${url}", user: fairdial }
database: { user: fairdial }
`);
    expect(problem).toContain("asterisk.url must be http:// or https://");
    expect(problem).not.toContain("hunter2");
  }
});

test("aliases that lead nowhere or never end are a problem like others", () => {
  const ten = (name: string): string => `[${Array<string>(10).fill(name).join(", ")}]`;
  const growing = `a: &a ${ten("1")}\nb: &b ${ten("*a")}\nc: &c ${ten("*b")}\nd: ${ten("*c")}\n`;
  for (const text of ["a: *nothing\n", growing]) {
    expect(problemsOf(text)).toEqual(["It uses aliases (*name) that cannot be resolved."]);
  }
  expect(problemsOf("[".repeat(1_000)).length).toBeLessThan(6);
});

test("Asterisk may open the event socket: its address is checked, and its password comes like the others", () => {
  const withEvents = (events: string): string =>
    MINIMAL.replace("user: fairdial }", `user: fairdial, events: ${events} }`);
  expect(load(MINIMAL).config.asterisk.events).toBeUndefined();
  expect(load(withEvents("{ listen: off }")).config.asterisk.events).toBeUndefined();
  const env = { ...ENV, FAIRDIAL_ASTERISK_EVENTS_PASSWORD: "events-secret" };
  const { config, warnings } = load(withEvents('{ listen: "127.0.0.1:8092" }'), env);
  expect(config.asterisk.events).toMatchObject({ listen: "127.0.0.1:8092", user: "asterisk" });
  expect(config.asterisk.events?.password.reveal()).toBe("events-secret");
  expect(warnings).toEqual([]);
  expect(JSON.stringify(config) + inspect(config)).not.toContain("events-secret");
  expect(load(withEvents('{ listen: "0.0.0.0:8092" }'), env).warnings).toEqual([
    "asterisk.events.listen can be reached from other machines, and is not encrypted.",
  ]);
  expect(problemsOf(withEvents('{ listen: "127.0.0.1:8092" }'))).toEqual([
    "The password for asterisk.events is missing: set FAIRDIAL_ASTERISK_EVENTS_PASSWORD, or give asterisk.events.passwordFile or asterisk.events.password.",
  ]);
  expect(problemsOf(withEvents('{ listen: "127.0.0.1:80920" }'), env)).toEqual([
    "asterisk.events.listen ends in a port, and ports go up to 65535.",
  ]);
  expect(problemsOf(withEvents('{ listen: "127.0.0.1:9464" }'), env)).toEqual([
    "asterisk.events.listen and monitoring.listen are the same address.",
  ]);
  expect(problemsOf(withEvents('{ listen: "here" }'), env)[0]).toContain("127.0.0.1:8092");
});

test.each([
  [
    "a detector outside that would hear nothing",
    "amd: { outside: { name: acme, version: '1', address: '127.0.0.1:9466' } }",
    "hears nothing with hearing.listen off",
  ],
  [
    "a detector outside at our own address",
    "hearing: { listen: '127.0.0.1:9465' }\namd: { outside: { name: acme, version: '1', address: '127.0.0.1:9465' } }",
    "nobody would answer there",
  ],
  ["an address that is every address", "hearing: { listen: '0.0.0.0:9465' }", "not every address"],
  ["no port to be found at", "hearing: { listen: '127.0.0.1:0' }", "needs a port"],
  ["the address of the pages for machines", "hearing: { listen: '127.0.0.1:9464' }", "monitoring.listen"],
  [
    "a name that a row cannot hold",
    "amd: { outside: { name: 'a b', version: '1', address: '/run/x' } }",
    "amd.outside.name",
  ],
])("hearing is refused with %s", (_what, section, says) => {
  expect(problemsOf(`${MINIMAL}${section}\n`).join()).toContain(says);
});

test("a detector outside by a socket's path, and a warning where sound leaves the machine", () => {
  const outside = (address: string): string =>
    `${MINIMAL}hearing: { listen: '127.0.0.1:9465' }\namd: { outside: { name: acme, version: '1.2', address: '${address}' } }\n`;
  expect(load(outside("/run/acme.sock")).warnings).toEqual([]);
  expect(load(outside("10.0.0.7:9466")).warnings.join()).toContain("what people say can be heard on the way");
});
