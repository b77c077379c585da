import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { runCli } from "../../../src/app/cli.ts";
import { CliError } from "../../../src/app/cli-error.ts";
import { command } from "../../../src/app/command.ts";
import { DatabaseError } from "../../../src/store/index.ts";
import { memoryWorld } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "fairdial-cli-"));
const config = join(folder, "fairdial.yaml");
writeFileSync(
  config,
  'database: { user: fairdial, password: "x" }\ntrunks: [{ name: carrier, endpoint: c, linesMax: 1, cpsMax: 1 }]\n',
  { mode: 0o600 },
);

const run = async (...argv: string[]) => {
  const world = memoryWorld({ FAIRDIAL_CONFIG: config });
  return { code: await runCli(argv, world), ...world.printed };
};

test.each([
  [[], "Say what to do."],
  [["campaing"], 'There is no such command. Did you mean "campaign"?'],
  [["xyzzy"], "There is no such command: xyzzy."],
  [["campaign"], "Say what to do with campaign: `fairdial campaign --help`."],
  [["campaign", "strat", "x"], 'Did you mean "start"?'],
  [["campaign", "add"], "Words are missing: `fairdial campaign add <name>`."],
  [["campaign", "show", "a", "b"], 'There is a word too many, "b"'],
  [["campaign", "list", "--jsn"], 'There is no option --jsn. Did you mean "--json"?'],
  [["campaign", "add", "x", "--trnk=t"], 'There is no option --trnk. Did you mean "--trunk"?'],
  [["campaign", "add", "x", "--trunk"], "--trunk needs a value."],
  [["campaign", "add", "x", "--trunk", "a", "--trunk", "b"], "--trunk was given more than once."],
  [["campaign", "add", "x", "--cli", "+442079460000"], "--trunk is needed"],
  [["campaign", "add", "x", "--trunk", "carrier"], "--cli is needed: calls are never made with the number withheld."],
  [["campaign", "add", "x y", "--trunk", "carrier", "--cli", "+442079460000"], "The name of a campaign must be"],
  [["campaign", "add", "x", "--trunk", "t", "--cli", "09098790123"], "premium rate"],
  [["campaign", "add", "x", "--trunk", "t", "--cli", "+44", "--mode", "predictiv"], "mode"],
  [["campaign", "add", "x", "--trunk", "t", "--cli", "+44", "--mode", "telepathic"], "mode"],
  [["campaign", "add", "x", "--trunk", "t", "--cli", "+44", "--recourse", "yes"], "recourse"],
  [["campaign", "set", "x", "--recourse"], "recourse"],
  [["campaign", "set", "x", "--recourse", "on", "--recourse", "off"], "--recourse was given more than once."],
  [["campaign", "add", "x", "--trunk", "a/b@c", "--cli", "+442079460000"], "--trunk must be the name of a trunk"],
  [["campaign", "set", "x", "--agents", ","], "--agents needs a name."],
  [["report", "outcomes", "--from", "999999999d"], '--from: "999999999d" is not a time'],
  [["report", "outcomes", "--from", "0001-01-01"], '--from: "0001-01-01" is not a time'],
  [["campaign", "add", "x", "--ring-timeout", "fast"], '--ring-timeout: "fast" is not a duration'],
  [["campaign", "add", "x", "--connect-limit", "2000"], "--connect-limit must be from 500ms to 30s; it is 33m 20s."],
  [["campaign", "add", "x", "--attempts-max", "0"], "--attempts-max must be a whole number from 1 to 99"],
  [["campaign", "add", "x", "--lines-max", "1.5"], "--lines-max must be a whole number"],
  [["campaign", "add", "x", "--calling-hours", "always"], "--calling-hours:"],
  [["campaign", "add", "x", "--disposition", "1:a:success", "--disposition", "1:b:other"], "The key 1 means both"],
  [["campaign", "add", "x", "--redial", "busy"], "--redial:"],
  [["campaign", "add", "x", "--message", "tone:ring"], "--information-message must be a name like"],
  [["campaign", "set", "x"], "Say what to change"],
  [["campaign", "set", "x", "--agents", "a", "--add-agents", "b"], "mutually exclusive"],
  [["list", "import", "x.csv"], "--campaign is needed"],
  [["list", "import", "-", "--campaign", "x"], "--list is needed when the rows come from standard input."],
  [["list", "import", "x.csv", "--campaign", "x", "--map", "phone=Tel"], "--map:"],
  [["list", "import", "x.csv", "--campaign", "x", "--country", "UK"], '--country: "UK" is not a country'],
  [["list", "import", "x.csv", "--campaign", "x", "--delimiter", "ab"], "--delimiter must be"],
  [["list", "import", "x.csv", "--campaign", "x", "--delimiter", "constructor"], 'it is "constructor"'],
  [["list", "import", config, "--campaign", "x", "--rejects", config], "--rejects must be another file"],
  [["list", "import", "x.csv", "--campaign", "x", "--time-zone", "BST"], '--time-zone: "BST" is not a zone'],
  [["list", "import", "x.csv", "--campaign", "x", "--priority", "100"], "--priority must be"],
  [["agent", "add", "ann"], "--endpoint is needed"],
  [["agent", "add", "ann", "--endpoint", "PJSIP/1001&Local/x"], "--endpoint must be a phone"],
  [["agent", "set", "ann", "--enable", "--disable"], "mutually exclusive"],
  [["agent", "pause", "ann", "--reason", "long lunch"], "--reason must be"],
  [["agent", "available", "ann", "--wait", "2h"], "--wait must be from 0s to 1m"],
  [["suppress", "add"], "Words are missing: `fairdial suppress add <numbers..>`."],
  [["suppress", "add", "07911123456", "--principal", " "], "--principal needs a value."],
  [["suppress", "import", config, "--rejects", config], "--rejects must be another file"],
  [["register", "import", "tps", config, "--file-date", "today"], "must be capital letters"],
  [["register", "import", "TPS", config], "--file-date is needed"],
  [["message", "approve", "sound:x"], "--by is needed"],
  [["cli-number", "remove", "nobody"], "does not hold a telephone number"],
  [["alarm", "seen", "one"], '"one" is not the number of an alarm'],
  [["erase", "--number", "07911123456"], "--because is needed"],
  [["suppress", "check", "nobody"], 'The number "nobody": the field does not hold a telephone number.'],
  [["report", "attempts", "--outcome", "bussy"], 'Did you mean "busy"?'],
  [["report", "attempts", "--attempt", "1"], "is not the name of an attempt"],
  [["report", "attempts", "--limit", "all"], "--limit must be a whole number"],
  [["report", "outcomes", "--from", "soon"], '--from: "soon" is not a time'],
  [["report", "outcomes", "--from", "today", "--to", "yesterday"], "--from must be before --to."],
  [["report", "outcomes", "--csv", "--json"], "--csv and --json: one of them."],
])("%j is wrong usage: %s", async (argv, sentence) => {
  const { code, out, err } = await run(...argv);
  expect(err).toContain(sentence);
  expect(err).toMatch(/\[wrong-usage\]/);
  expect(code).toBe(2);
  expect(out).toBe("");
});

test.each([
  [["--help"], "Commands:"],
  [["campaign", "--help"], "fairdial campaign add <name>"],
  [["list", "import", "--help"], "--encoding"],
  [["--version"], "0."],
])("%j explains itself", async (argv, text) => {
  const { code, out, err } = await run(...argv);
  expect(code).toBe(0);
  expect(out).toContain(text);
  expect(err).toBe("");
});

test("an unknown trunk is named with its neighbour before the database is asked", async () => {
  const { code, err } = await run("campaign", "add", "x", "--trunk", "carier", "--cli", "+442079460000");
  expect(code).toBe(1);
  expect(err).toContain('The configuration has no trunk "carier". Did you mean "carrier"? [unknown-trunk]');
});

test("a file that cannot be used is told with every problem", async () => {
  const world = memoryWorld({ FAIRDIAL_CONFIG: "/no/such.yaml" });
  expect(await runCli(["campaign", "list"], world)).toBe(1);
  expect(world.printed.err).toContain("/no/such.yaml cannot be used");
  expect(world.printed.err).toContain("[configuration-refused]");
});

const throwing = (error: unknown) =>
  command({ words: "try", summary: "try", run: () => Promise.reject(error as Error) });
const tried = async (error: unknown, ...more: string[]) => {
  const world = memoryWorld();
  const code = await runCli(["try", ...more], world, [throwing(error)]);
  return { code, ...world.printed };
};

test("a refused password is said in words", async () => {
  const { code, err } = await tried(new DatabaseError("accessDenied", "ER_ACCESS_DENIED_ERROR", 1045));
  expect(code).toBe(1);
  expect(err).toBe(
    "fairdial: The database refuses us: user or password is wrong, or this user may not do that. [database-access-denied]\n",
  );
});

test("causes are told only when asked for", async () => {
  const error = new CliError("no-luck", "It did not work.", { cause: new Error("because", { cause: "of that" }) });
  expect((await tried(error)).err).toBe("fairdial: It did not work. [no-luck]\n");
  const { err } = await tried(error, "--verbose");
  expect(err).toContain("caused by Error: because");
  expect(err).toContain("caused by of that");
});

test("what nobody foresaw does not look like an answer", async () => {
  const { code, out, err } = await tried(new TypeError("x is not a function"));
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toContain("[unexpected]");
  expect(err).not.toContain("x is not a function");
});

test("the exit code of a command is the process's", async () => {
  const three = command({ words: "three", summary: "three", run: () => Promise.resolve(1) });
  expect(await runCli(["three"], memoryWorld(), [three])).toBe(1);
});

test("what is complained of cannot steer the terminal", async () => {
  const { err } = await run("list", "import", "/no/\u001b[31m.csv", "--campaign", "x");
  expect(err).toContain("/no/ [31m.csv does not exist.");
});
