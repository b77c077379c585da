/**
 * Every key of the configuration file: what it may be, what it is when left out, and what to say when it is wrong.
 * A key that is not here is refused, because a misspelt limit is a limit that does not hold.
 */
import { z } from "zod";
import { isSupportedCountry } from "libphonenumber-js/max";
import { APP_AMD_IN_TIME } from "../amd/app-amd.ts";
import { DEFAULT_OVERLOAD } from "../engine/context.ts";
import { DEFAULT_BREAKER } from "../pacing/breaker.ts";
import { SPECIAL_TYPES } from "../compliance/toll.ts";

/** The sentence is the whole message: `config.ts` puts the key's path in front. */
const text = (must: string) => z.string({ error: must });
const matching = (pattern: RegExp, must: string) => text(must).regex(pattern, { error: must });
const whole = (min: number, max: number, unit = "") => {
  const range = `must be a whole number from ${min.toLocaleString("en-GB")} to ${max.toLocaleString("en-GB")}${unit}`;
  return z.number({ error: range }).int({ error: range }).min(min, { error: range }).max(max, { error: range });
};
const flag = () => z.boolean({ error: "must be true or false" });
const oneOf = <const Choice extends readonly [string, ...string[]]>(choices: Choice) =>
  z.enum(choices, { error: `must be one of: ${choices.join(", ")}` });
const path = () => matching(/^\/[^\0]*$/, "must be a path that begins with /");
const password = () => matching(/^[^\0]{1,512}$/, "must be text of 1 to 512 characters; put digits in quotation marks");
/** Not `tone:`: Asterisk never finishes a tone by itself. */
const media = () => matching(/^(sound|recording):[\w/.+-]{1,200}$/, "must be a media name such as sound:beep");

/** Letters, digits, `_` and `-`: names that end up in URLs, dial strings and SQL never need quoting. */
const plainName = (what: string) =>
  matching(/^[A-Za-z0-9_-]{1,64}$/, `must be ${what} of letters, digits, hyphens and underscores, at most 64`);

const node = z.strictObject({
  name: matching(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, "must be 1 to 32 small letters, digits and inner hyphens"),
});

const LISTEN = /^(?:off|(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\]):[0-9]{1,5})$/;

/** Asterisk opens the event socket to us, and keeps what happens while we are away. */
const asteriskEvents = z.strictObject({
  listen: matching(LISTEN, "must be off, or an address and a port: 127.0.0.1:8092").default("off"),
  user: plainName("a user name").default("asterisk"),
  password: password().optional(),
  passwordFile: path().optional(),
});

const asterisk = z.strictObject({
  // Only protocol, host and port are used by the client library; a path would be dropped without a word.
  url: matching(
    /^https?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?\/?$/,
    "must be http:// or https://, a host and a port, and nothing else: http://127.0.0.1:8088",
  ),
  user: plainName("a user name"),
  password: password().optional(),
  passwordFile: path().optional(),
  app: plainName("an application name").default("fairdial"),
  events: asteriskEvents.prefault({}),
  placing: oneOf(["create", "originate"]).default("create"),
  loginArgument: plainName("an argument").default("agent-login"),
  // Under 300 a breath between two words ends a greeting; over 500 its end is known too late to be of use.
  speechSilenceMs: whole(300, 500, " (milliseconds)").default(400),
  // Mean of a 20 ms frame, of 32,767; dsp.conf's own default.
  speechThreshold: whole(50, 5_000).default(256),
  // Looked at by `check` only; Asterisk writes there by itself.
  recordingFolder: path().default("/var/spool/asterisk/recording"),
});

const database = z.strictObject({
  host: matching(/^[A-Za-z0-9.:-]{1,255}$/, "must be a host name or address").default("127.0.0.1"),
  port: whole(1, 65_535).default(3306),
  socketPath: path().optional(),
  user: matching(/^[^\0]{1,80}$/, "must be a user name of at most 80 characters"),
  password: password().optional(),
  passwordFile: path().optional(),
  name: plainName("a database name").default("fairdial"),
  poolSize: whole(2, 100).default(8),
  tls: oneOf(["off", "encrypt", "verify"]).default("off"),
  caFile: path().optional(),
});

const trunk = z.strictObject({
  name: plainName("a name"),
  // What follows PJSIP/ in a dial string. Nothing that could end one name and begin another.
  endpoint: plainName("the name of a PJSIP endpoint"),
  linesMax: whole(1, 10_000),
  cpsMax: z
    .number({ error: "must be a number above 0, at most 100" })
    .gt(0, { error: "must be a number above 0, at most 100" })
    .max(100, { error: "must be a number above 0, at most 100" }),
  numberFormat: oneOf(["e164", "plus", "national"]).default("e164"),
  prefix: matching(/^[0-9]{0,15}$/, "must be at most 15 digits in quotation marks").default(""),
  // As Asterisk calls its formats.
  codecs: z
    .array(oneOf(["alaw", "ulaw", "g722", "gsm", "g729", "ilbc", "opus", "slin"]), {
      error: "must be a list of codecs, the preferred one first: [alaw, ulaw]",
    })
    .min(1, { error: "must name at least one codec" })
    .default(["alaw"]),
  breaker: z
    .strictObject({
      refusalsMin: whole(2, 20).default(DEFAULT_BREAKER.refusalsMin),
      refusedPercent: whole(10, 100).default(DEFAULT_BREAKER.refusedPercent),
      openMs: whole(1_000, 600_000, " (milliseconds)").default(DEFAULT_BREAKER.openMs),
      openMaxMs: whole(1_000, 3_600_000, " (milliseconds)").default(DEFAULT_BREAKER.openMaxMs),
    })
    .prefault({}),
});

/** Where less is asked of Asterisk, of a trunk, of this process. */
const overload = z.strictObject({
  callsMax: whole(1, 10_000).default(DEFAULT_OVERLOAD.callsMax),
  asteriskSlowMs: whole(20, 2_000, " (milliseconds)").default(DEFAULT_OVERLOAD.asteriskSlowMs),
  asteriskStalledMs: whole(100, 5_000, " (milliseconds)").default(DEFAULT_OVERLOAD.asteriskStalledMs),
  loopDelayMaxMs: whole(50, 5_000, " (milliseconds)").default(DEFAULT_OVERLOAD.loopDelayMaxMs),
  legAgeMaxMs: whole(3_600_000, 7 * 24 * 3_600_000, " (milliseconds)").default(DEFAULT_OVERLOAD.legAgeMaxMs),
});

const agents = z.strictObject({
  tone: media().default("sound:beep"),
  startAvailable: flag().default(false),
});

/** AMD()'s own, in milliseconds but for the last words and threshold; whether they fit the limit is asked where it is known. */
const amdTime = (byDefault: number) => whole(1, 60_000, " (milliseconds)").default(byDefault);
const amd = z.strictObject({
  asterisk: z
    .strictObject({
      initialSilenceMs: amdTime(APP_AMD_IN_TIME.initialSilenceMs),
      greetingMs: amdTime(APP_AMD_IN_TIME.greetingMs),
      afterGreetingSilenceMs: amdTime(APP_AMD_IN_TIME.afterGreetingSilenceMs),
      totalAnalysisMs: amdTime(APP_AMD_IN_TIME.totalAnalysisMs),
      wordMinMs: amdTime(APP_AMD_IN_TIME.wordMinMs),
      betweenWordsMs: amdTime(APP_AMD_IN_TIME.betweenWordsMs),
      wordsMax: whole(1, 100).default(APP_AMD_IN_TIME.wordsMax),
      silenceThreshold: whole(1, 32_767).default(APP_AMD_IN_TIME.silenceThreshold),
      wordMaxMs: amdTime(APP_AMD_IN_TIME.wordMaxMs),
    })
    .prefault({}),
  /** A program of somebody else's. Its name and version are part of what a test is a test of. */
  outside: z
    .strictObject({
      name: matching(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$/,
        "must be at most 20 letters, digits, dots, hyphens and underscores",
      ),
      version: matching(
        /^[A-Za-z0-9][A-Za-z0-9._+-]{0,19}$/,
        "must be at most 20 letters, digits, dots, pluses and hyphens, in quotation marks",
      ),
      address: matching(
        /^(?:\/[^\0]{1,100}|(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\]):[0-9]{1,5})$/,
        "must be an address and a port, or the path of a socket: 127.0.0.1:9466",
      ),
    })
    .optional(),
});

const log = z.strictObject({
  level: oneOf(["debug", "info", "warn", "error"]).default("info"),
  format: oneOf(["json", "text"]).default("json"),
  file: path().optional(),
});

const journal = z.strictObject({
  folder: path().default("/var/lib/fairdial/journal"),
});

/** What waits on this machine's disk while the database is away, and how much of it. */
const spool = z.strictObject({
  folder: path().default("/var/lib/fairdial/spool"),
  rowsMax: whole(1_000, 10_000_000).default(500_000),
  megabytesMax: whole(10, 100_000).default(512),
  // Of rows that the disk does not take either.
  memoryRowsMax: whole(1_000, 1_000_000).default(50_000),
});

const monitoring = z.strictObject({
  listen: matching(LISTEN, "must be off, or an address and a port: 127.0.0.1:9464").default("127.0.0.1:9464"),
});

const PAUSE_REASONS = { "1": "break", "2": "lunch", "3": "meeting", "4": "training", "5": "admin" };
/** Where Asterisk sends the sound of calls. */
const hearing = z.strictObject({
  listen: matching(LISTEN, "must be off, or an address and a port: 127.0.0.1:9465").default("off"),
});

const pauseReasons = z
  .record(
    z.string().regex(/^[1-9]$/, { error: "must be a key from 1 to 9 in quotation marks" }),
    matching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, "must be at most 32 letters, digits, hyphens and underscores"),
    { error: "must be keys of the telephone with a reason each" },
  )
  .default(PAUSE_REASONS);

const country = () =>
  text("must be a country as ISO 3166-1 names it, such as GB").refine(isSupportedCountry, {
    error: "must be a country as ISO 3166-1 names it, such as GB",
  });
/** Against calls that somebody else earns by; the campaigns' own bounds come beside these. */
const tollGuard = z.strictObject({
  countries: z
    .array(country(), { error: "must be a list of countries: [GB, IE]" })
    .min(1, { error: "must name at least one country" })
    .optional(),
  typesAllowed: z
    .array(
      z.enum([...SPECIAL_TYPES] as [string, ...string[]], { error: `must be among ${[...SPECIAL_TYPES].join(", ")}` }),
      {
        error: "must be a list of special types",
      },
    )
    .default([]),
  spendPerHourMax: z
    .number({ error: "must be an amount above 0, in the unit of the rates" })
    .gt(0, { error: "must be an amount above 0, in the unit of the rates" })
    .max(1_000_000, { error: "must be at most 1,000,000" })
    .optional(),
  ratesFile: path().optional(),
});

/** Text, because a file of bytes would be read as damaged text and lose half of its strength. */
const hashKey = () => matching(/^[^\0]{32,512}$/, "must be text of 32 to 512 characters in quotation marks");

export const configSchema = z.strictObject({
  /** Only the daemon and `check` need these two; managers' machines may do without. */
  node: node.optional(),
  /** The call centre whose abandon account this node's calls are in. */
  centre: plainName("a name").default("main"),
  /** Files of compliance profiles, beside those that are shipped. */
  profiles: z.array(path(), { error: "must be a list, each entry beginning with a dash" }).default([]),
  asterisk: asterisk.optional(),
  database,
  /** Played when a campaign's own message cannot be: there must always be something to hear. */
  builtInMessage: media().default("sound:fairdial/built-in-message"),
  /** People who call back, at once; who comes beyond that is left to the dialplan. */
  returnCallsMax: whole(0, 1_000).default(30),
  trunks: z.array(trunk, { error: "must be a list, each entry beginning with a dash" }).default([]),
  agents: agents.prefault({}),
  overload: overload.prefault({}),
  /** The same on managers' machines, or `amd status` looks for the test of another detection. */
  amd: amd.prefault({}),
  /** The same on managers' machines, for what is heard is part of the detection that a test is of. */
  hearing: hearing.prefault({}),
  journal: journal.prefault({}),
  spool: spool.prefault({}),
  log: log.prefault({}),
  /** Pages for machines: health, readiness, metrics. */
  monitoring: monitoring.prefault({}),
  numberHashKey: hashKey().optional(),
  numberHashKeyFile: path().optional(),
  tollGuard: tollGuard.prefault({}),
  drainMaxMs: whole(0, 3_600_000, " (milliseconds)").default(300_000),
  pauseReasons,
});

export type ConfigFile = z.infer<typeof configSchema>;
