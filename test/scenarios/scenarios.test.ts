/** Every .scenario beside this file says now what it said when a human last read it. `REWRITE=1` writes them anew. */
import { describe, expect, test } from "@jest/globals";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rewritten, Script } from "./script.ts";

const FOLDER = import.meta.dirname;
const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".scenario")).sort();
const scripts = new Map(names.map((name) => [name, new Script()]));

test.each([...scripts])("%s", async (name, script) => {
  const path = join(FOLDER, name);
  const text = await readFile(path, "utf8");
  const now = rewritten(text, script);
  if (process.env["REWRITE"] === "1" && now !== text) await writeFile(path, now);
  else expect(now).toBe(text);
  expect(script.call.state).toBe("ended");
});

describe("together the scenarios", () => {
  const all = (of: (script: Script) => Iterable<string>): string[] =>
    [...new Set([...scripts.values()].flatMap((script) => [...of(script)]))].sort();

  test("pass through every state", () => {
    const states = [
      "placing",
      "dialling",
      "ringing",
      "listening",
      "answered",
      "connecting",
      "connected",
      "onHold",
      "resuming",
      "informing",
      "leaving",
      "ending",
      "ended",
    ];
    expect(all((script) => script.states)).toEqual(states.sort());
  });

  test("want every effect", () => {
    const effects = [
      ...["bridge", "hangUp", "hold", "playInformationMessage", "playVoicemailMessage"],
      ...["releaseAgent", "reserveAgent", "resume", "unbridge", "warnAgent"],
    ];
    expect(all((script) => script.effects)).toEqual(effects);
  });

  test("meet every event", () => {
    const events = [
      "agentHungUp",
      "agentLost",
      "agentReserved",
      "answered",
      "bridgeFailed",
      "cancelled",
      "deadlinePassed",
      "deskFailed",
      "destroyed",
      "hangupRequested",
      "held",
      "holdAsked",
      "joined",
      "machineReported",
      "messageFailed",
      "messageFinished",
      "messageStarted",
      "messageUnheard",
      "noAgentLikely",
      "optedOut",
      "parted",
      "placeFailed",
      "placed",
      "progressed",
      "rang",
      "resumeAsked",
      "resumed",
      "speechEnded",
      "speechStarted",
      "vanished",
      "verdictReached",
    ];
    expect(all((script) => script.events.map((event) => event.type))).toEqual(events);
  });
});

describe("a scenario that says something else", () => {
  test("is told apart", () => {
    const wrong = "begin\n----\nringing (deadline 10.0s)\n";
    expect(rewritten(wrong, new Script())).toBe("begin\n----\nplacing (deadline 10.0s)\n");
  });

  test.each([
    "dance",
    "advance soon",
    "agent seven",
    "place badly",
    "message sings",
    "message starts twice",
    "clock dawn",
    "speech ends soon",
  ])("has no command %j", (command) => {
    expect(() => rewritten(`begin\n${command}\n----\n\n`, new Script())).toThrow(/^line 2: /);
  });

  test("must not leave commands without their transcript", () => {
    expect(() => rewritten("begin\n", new Script())).toThrow("have no ----");
  });
});
