/** Whether there is room for what campaigns record, as far as this machine can see. */
import { existsSync, statfsSync } from "node:fs";
import type { Campaign } from "../../domain/campaign.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const GIB = 1_073_741_824;
/** 8,000 samples of two bytes a second, as Asterisk writes .wav. */
const BYTES_PER_HOUR = 8_000 * 2 * 3_600;
/** About seventeen hours of talk: less is gone within a shift of a few agents. */
const FREE_FAIL_BYTES = GIB;
/** About 186 hours of talk: a day of twenty agents. */
const FREE_WARN_BYTES = 10 * GIB;

const SUBJECT = "recordings";

export const judgeFreeSpace = (folder: string, freeBytes: number): Finding => {
  const hours = Math.floor(freeBytes / BYTES_PER_HOUR);
  const sentence = `${folder} has ${(freeBytes / GIB).toFixed(1)} GiB free, for about ${hours.toLocaleString("en-GB")} hours of talk.`;
  if (freeBytes >= FREE_WARN_BYTES) return ok(SUBJECT, sentence);
  const advice =
    "Make room, or let fewer campaigns record: a recording that cannot be written fails, and its call goes on.";
  return freeBytes < FREE_FAIL_BYTES ? fail(SUBJECT, sentence, advice) : warn(SUBJECT, sentence, advice);
};

/** Nothing where nobody records. */
export const checkRecordings = (folder: string, campaigns: readonly Campaign[]): readonly Finding[] => {
  if (campaigns.every(({ recording }) => recording.kind === "off")) return [];
  if (!existsSync(folder)) {
    return [
      warn(
        SUBJECT,
        `${folder} cannot be seen from here, so nobody knows how much room there is for recordings.`,
        "Name the folder recording below Asterisk's spool with asterisk.recordingFolder, and look as a user who may.",
      ),
    ];
  }
  const { bavail, bsize } = statfsSync(folder);
  return [judgeFreeSpace(folder, bavail * bsize)];
};
