// The voices and tones of the pretend network, made once with espeak-ng and sox and kept in a folder that Asterisk sees.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AsteriskPlace } from "./places.ts";

const run = promisify(execFile);

/** Raise it when a recipe below changes; folders of older versions are left alone. */
const VERSION = 4;
/** What Asterisk reads without resampling. */
const FORMAT = ["-r", "8000", "-c", "1", "-b", "16"];

/** Makes the sounds where they are missing; the folder, as we see it. */
export async function ensureSounds(asterisk: AsteriskPlace): Promise<string> {
  const folder = join(asterisk.labDir, "..", `fairdial-sounds-${String(VERSION)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(asterisk.labDir, { recursive: true });
  const making = mkdtempSync(`${folder}.`);
  mkdirSync(join(making, "music"));
  mkdirSync(join(making, "messages"));

  const talk = "Hello? Yes, this is me. Oh, that is interesting. Go on, tell me more about it, I have a minute or two.";
  await Promise.all([speak(making, "talk", talk), speak(making, "greeting", "You have reached the Smith family.")]);
  // Three people who talk for 3, 4 and 5 seconds; silence follows when the text is over.
  for (const [n, seconds] of [3, 4, 5].entries()) {
    await sox(making, [
      "talk.raw.wav",
      ...FORMAT,
      `person-${String(n)}.wav`,
      "pad",
      "0",
      "6",
      "trim",
      "0",
      String(seconds),
    ]);
  }
  await tone(making, "beep", ["synth", "0.5", "sine", "1000", "gain", "-6", "pad", "0", "3"]);
  await sox(making, ["greeting.raw.wav", "beep.raw.wav", ...FORMAT, "machine.wav"]);
  // Special information tone: 985.2, 1428.5 and 1776.7 Hz for 380, 274 and 380 ms (ITU-T E.180), then words.
  await tone(making, "sit-1", ["synth", "0.38", "sine", "985.2", "gain", "-6"]);
  await tone(making, "sit-2", ["synth", "0.274", "sine", "1428.5", "gain", "-6"]);
  await tone(making, "sit-3", ["synth", "0.38", "sine", "1776.7", "gain", "-6"]);
  await speak(making, "unobtainable-words", "The number is not available.");
  await sox(making, [
    ...["sit-1", "sit-2", "sit-3", "unobtainable-words"].map((name) => `${name}.raw.wav`),
    ...FORMAT,
    "unobtainable.wav",
    ...["trim", "0", "3"],
  ]);
  // Fax calling tone: 1100 Hz, half a second every three and a half (ITU-T T.30).
  await tone(making, "cng", ["synth", "0.5", "sine", "1100", "gain", "-6", "pad", "0", "3"]);
  await sox(making, ["cng.raw.wav", "cng.raw.wav", ...FORMAT, "fax.wav", "trim", "0", "6"]);
  await answersOfPeople(making);
  await informationMessage(making);
  // The agents never stop: a called person who hears a pause longer than a breath was left alone by us.
  await speak(
    making,
    "agent-words",
    "Good day, this is the agent speaking. I am calling about your order, and I keep talking so that you can hear that I am here.",
  );
  await sox(making, ["agent-words.raw.wav", ...FORMAT, "agent.wav", "silence", "1", "0.05", "1%", "-1", "0.2", "1%"]);
  await sox(making, [
    "-n",
    ...FORMAT,
    "music/hum.wav",
    "synth",
    "8",
    "sine",
    "220",
    "sine",
    "277",
    "sine",
    "330",
    "remix",
    "-",
    "gain",
    "-18",
  ]);

  for (const name of [
    "talk",
    "greeting",
    "beep",
    "sit-1",
    "sit-2",
    "sit-3",
    "unobtainable-words",
    "cng",
    "agent-words",
  ]) {
    rmSync(join(making, `${name}.raw.wav`));
  }
  try {
    // Renamed last: a half-made folder is never used. Two labs may do this at the same time; the first one wins.
    renameSync(making, folder);
  } catch {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Three seconds in each form in which a trunk of the lab may want it: 600 Hz, and 1200 Hz for the last two fifths of a
 * second, so that a recording shows whether the end was heard.
 */
async function informationMessage(folder: string): Promise<void> {
  await tone(folder, "message-body", ["synth", "2.6", "sine", "600", "gain", "-9"]);
  await tone(folder, "message-end", ["synth", "0.4", "sine", "1200", "gain", "-9"]);
  await sox(folder, ["message-body.raw.wav", "message-end.raw.wav", ...FORMAT, "information.raw.wav"]);
  for (const part of ["message-body", "message-end"]) rmSync(join(folder, `${part}.raw.wav`));
  await sox(folder, ["information.raw.wav", "messages/information.wav"]);
  await sox(folder, ["information.raw.wav", "-t", "raw", "-e", "a-law", "messages/information.alaw"]);
  await sox(folder, ["information.raw.wav", "-t", "raw", "-e", "u-law", "messages/information.ulaw"]);
  rmSync(join(folder, "information.raw.wav"));
}

/** What people say, or do not say, after they have answered; each file begins with its first sound, and is 12 s long. */
async function answersOfPeople(folder: string): Promise<void> {
  const twelveSeconds = ["pad", "0", "12", "trim", "0", "12"];
  const fromTheFirstSound = ["silence", "1", "0.02", "2%"];
  await speak(folder, "hello-words", "Hello?");
  await sox(folder, ["hello-words.raw.wav", ...FORMAT, "hello.wav", ...fromTheFirstSound, ...twelveSeconds]);
  await sox(folder, ["hello.wav", ...FORMAT, "hello-late.wav", "pad", "1.2", "0", "trim", "0", "12"]);
  await speak(folder, "welcome-words", "Good afternoon, you are through to Smith and Sons, this is Jane speaking.");
  await sox(folder, ["welcome-words.raw.wav", ...FORMAT, "welcome.wav", ...fromTheFirstSound, ...twelveSeconds]);
  await sox(folder, ["-n", ...FORMAT, "quiet.wav", "trim", "0", "12"]);
  // A line that hisses: a mean of about 80 of 32767, where Asterisk takes 256 for talking.
  await sox(folder, ["-n", ...FORMAT, "hiss.wav", "synth", "12", "whitenoise", "gain", "-46"]);
  // British ring tone, as a network plays it before the answer: 400 and 450 Hz (ITU-T E.180).
  await sox(folder, [
    ...["-n", ...FORMAT, "ring-tone.wav", "synth", "0.4", "sine", "400", "sine", "450", "remix", "-"],
    ...["gain", "-12", "pad", "0", "0.2", "repeat", "2"],
  ]);
  for (const name of ["hello-words", "welcome-words"]) rmSync(join(folder, `${name}.raw.wav`));
}

async function speak(folder: string, name: string, words: string): Promise<void> {
  await run("espeak-ng", ["-s", "150", "-w", `${name}.words.wav`, words], { cwd: folder });
  await sox(folder, [`${name}.words.wav`, ...FORMAT, `${name}.raw.wav`, "gain", "-n", "-3"]);
  rmSync(join(folder, `${name}.words.wav`));
}

async function tone(folder: string, name: string, effects: readonly string[]): Promise<void> {
  await sox(folder, ["-n", ...FORMAT, `${name}.raw.wav`, ...effects]);
}

async function sox(folder: string, args: readonly string[]): Promise<void> {
  await run("sox", ["-V1", ...args], { cwd: folder });
}
