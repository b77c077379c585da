// What a campaign needs on record before it may be started, given by the commands a manager would use.

import type { CliLab } from "./cli-lab.ts";

export const PRINCIPAL = "Acme Ltd";
export const MESSAGE = "sound:fairdial/acme";
/** 020 7946 0000 to 0999 are kept free for drama (Ofcom). */
export const OUR_NUMBER = "+442079460000";

/** A second of a tone, as telephones speak it: 8 kHz, 16 bit, one channel. */
const wave = (): Buffer => {
  const samples = 8_000;
  const file = Buffer.alloc(44 + 2 * samples);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(36 + 2 * samples, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  for (const [offset, value] of [...[[20, 1] as const, [22, 1] as const, [32, 2] as const, [34, 16] as const]]) {
    file.writeUInt16LE(value, offset);
  }
  file.writeUInt32LE(8_000, 24);
  file.writeUInt32LE(16_000, 28);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(2 * samples, 40);
  for (let index = 0; index < samples; index++) {
    file.writeInt16LE(Math.round(8_000 * Math.sin(index / 3)), 44 + 2 * index);
  }
  return file;
};

export const allowNumber = (lab: CliLab, number = OUR_NUMBER): Promise<string> =>
  lab.must("cli-number", "add", number, "--trunk", "carrier", "--proof", "contract 17");

export const putMessageOnRecord = async (
  lab: CliLab,
  transcript = `This was a call from ${PRINCIPAL}. To object to our calls, ring 020 7946 0000.`,
): Promise<void> => {
  const file = lab.file("acme.wav", wave());
  await lab.must(
    ...["message", "add", MESSAGE, "--file", file, "--principal", PRINCIPAL, "--contact-number", OUR_NUMBER],
    ...["--transcript", transcript],
  );
};

export const approveMessage = (lab: CliLab): Promise<string> =>
  lab.must("message", "approve", MESSAGE, "--by", "Mary Jones");
