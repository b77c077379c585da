// The papers that fairdial wants to see before a campaign may dial: an approved message, a caller number that is ours,
// on whose behalf and under which profile people are called. Given by its own commands, as a manager would.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabFairdial } from "./fairdial.ts";
import type { Lab } from "./lab.ts";
import { INFORMATION_MESSAGE } from "./pbx.ts";

export const PRINCIPAL = "Lab Limited";
/** 020 7946 0000 to 0999 are kept free for drama (Ofcom). */
export const CLI_NUMBER = "+442079460000";

/** Puts the lab's message on record, and has it approved. */
export async function approveMessage(lab: Lab, fairdial: LabFairdial): Promise<void> {
  const file = join(lab.ground.soundsDir, "messages/information.wav");
  await fairdial.must(
    ...["message", "add", INFORMATION_MESSAGE.media, "--file", file, "--principal", PRINCIPAL],
    ...["--contact-number", CLI_NUMBER, "--says-purpose"],
    ...["--transcript", `This is ${PRINCIPAL}, about your order. To object to our calls, ring 020 7946 0000.`],
  );
  await fairdial.must("message", "approve", INFORMATION_MESSAGE.media, "--by", "Jo of the lab", "--file", file);
}

/** Lets campaigns present the lab's number on this trunk. */
export async function allowCliNumber(fairdial: LabFairdial, trunk: string): Promise<void> {
  await fairdial.must("cli-number", "add", CLI_NUMBER, "--trunk", trunk, "--proof", "the lab made it up");
}

/** Puts the registers in force that the British rules ask for before anything is sold; numbers of theirs, not of the plan. */
export async function loadRegisters(fairdial: LabFairdial): Promise<void> {
  const yesterday = new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 10);
  for (const [name, number] of [
    ["TPS", "+442079460901"],
    ["CTPS", "+442079460902"],
  ] as const) {
    const file = join(fairdial.folder, `${name}.txt`);
    writeFileSync(file, `${number}\n`);
    await fairdial.must("register", "import", name, file, "--file-date", yesterday);
  }
}

/** What `campaign add` is told of all this. To sell, a campaign needs the registers as well. */
export const campaignPapers = (
  fairdial: LabFairdial,
  purpose: "service" | "marketing" = "service",
): readonly string[] => [
  ...["--cli", CLI_NUMBER, "--profile", fairdial.profile, "--principal", PRINCIPAL, "--purpose", purpose],
  ...["--information-message", INFORMATION_MESSAGE.media, "--calling-hours", "mon-sun 00:00-24:00"],
];
