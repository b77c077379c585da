// The papers that fairdial wants to see before a campaign may dial: an approved message, a caller number that is ours,
// on whose behalf and under which profile people are called. Given by its own commands, as a manager would.

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

/** What `campaign add` is told of all this. */
export const campaignPapers = (fairdial: LabFairdial): readonly string[] => [
  ...["--cli", CLI_NUMBER, "--profile", fairdial.profile, "--principal", PRINCIPAL, "--purpose", "service"],
  ...["--information-message", INFORMATION_MESSAGE.media, "--calling-hours", "mon-sun 00:00-24:00"],
];
