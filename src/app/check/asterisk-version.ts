/**
 * What a version of Asterisk can and cannot do for us. From the release tags of the branches 16 to 23; a branch that is
 * newer than all of them is taken to have everything.
 */
import { fail, ok, warn, type Finding } from "./finding.ts";

const SUBJECT = "asterisk version";
const ADVISED = "22.10.1 or 20.20.1, or newer of the same branch";

type Version = readonly [major: number, minor: number, patch: number];

/** `22.10.1~dfsg+~cs6.15` is 22.10.1; builds from git name themselves otherwise. */
export const readVersion = (text: string): Version | null => {
  const match = /^(?:certified[/-])?([0-9]{1,3})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?/i.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
};

/** First version of each branch that has it; a branch that is not named never got it. */
type Since = Readonly<Record<number, readonly [minor: number, patch: number]>>;

const SECURE: Since = { 20: [20, 1], 21: [12, 3], 22: [10, 1], 23: [4, 1] };
const TECH_CAUSE: Since = { 20: [17, 0], 22: [7, 0], 23: [1, 0] };
const TECH_CAUSE_RIGHT: Since = { 20: [19, 0], 22: [9, 0], 23: [3, 0] };
/** ARI's own words for a dial that timed out; before, its cause is 0. */
const TIMEOUT_CAUSE: Since = { 20: [14, 0], 21: [9, 0], 22: [4, 0], 23: [0, 0] };
/** Opens the event socket to us and keeps events while nobody is there. */
const KEEPS_EVENTS: Since = { 20: [15, 0], 21: [10, 0], 22: [5, 0], 23: [0, 0] };
const NEWEST_BRANCH = 23;

const has = ([major, minor, patch]: Version, since: Since): boolean => {
  if (major > NEWEST_BRANCH) return true;
  const first = since[major];
  return first !== undefined && (minor > first[0] || (minor === first[0] && patch >= first[1]));
};

export const keepsEvents = (text: string): boolean => {
  const version = readVersion(text);
  return version !== null && has(version, KEEPS_EVENTS);
};

export const judgeVersion = (text: string): readonly Finding[] => {
  const version = readVersion(text);
  if (version === null) {
    return [warn(SUBJECT, `Asterisk calls itself "${text}", which is no release.`, `Use ${ADVISED}.`)];
  }
  const [major] = version;
  if (major < 16) {
    return [fail(SUBJECT, `Asterisk ${text} is too old to be steered.`, `Update to ${ADVISED}.`)];
  }
  const findings: Finding[] = [];
  if (!has(version, TIMEOUT_CAUSE)) {
    findings.push(
      warn(
        SUBJECT,
        `Asterisk ${text} gives no cause for calls that time out, and may be slow to carry out commands.`,
        `Update to ${ADVISED}.`,
      ),
    );
  }
  if (!has(version, TECH_CAUSE)) {
    findings.push(
      warn(
        SUBJECT,
        `Asterisk ${text} does not tell SIP codes (tech_cause): a carrier's block (403) looks like a person declining (603), and a routing loop like no answer.`,
        `Update to ${ADVISED}; until then outcomes are coarser.`,
      ),
    );
  } else if (!has(version, TECH_CAUSE_RIGHT)) {
    findings.push(
      warn(
        SUBJECT,
        `Asterisk ${text} sometimes tells the wrong SIP code: redirects, and 487 for failures of other kinds.`,
        `Update to ${ADVISED}.`,
      ),
    );
  }
  if (!has(version, SECURE)) {
    findings.push(
      warn(
        SUBJECT,
        `Asterisk ${text} lacks two security corrections of ARI (GHSA-wcvv-g26m-wx5c, GHSA-vrfp-mg3q-3959).`,
        `Update to ${ADVISED}; until then let nobody but fairdial reach ARI.`,
      ),
    );
  }
  return findings.length > 0 ? findings : [ok(SUBJECT, `Asterisk ${text}.`)];
};
