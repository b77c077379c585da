/**
 * What people hear: whether each sound that will be asked for is there, and in the forms that its trunks speak, so that
 * nothing has to be converted while a person waits. Pure; Asterisk's own list of sounds is all that is looked at.
 */
import type { AriSound } from "../../asterisk/ari-port.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { DaemonConfig, TrunkConfig } from "../config.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

export interface SoundNeeded {
  readonly media: string;
  /** As `sound:` has it; null for what is in no list: recordings, and files by their whole path. */
  readonly id: string | null;
  readonly use: string;
  /** Trunks on which people hear it; none for what only agents hear. */
  readonly trunks: readonly TrunkConfig[];
  readonly isBuiltIn: boolean;
}

/** Every sound that will be asked for: by whom, and on which trunks. */
export const soundsNeeded = (config: DaemonConfig, campaigns: readonly Campaign[]): readonly SoundNeeded[] => {
  const { builtInMessage, agents, trunks } = config;
  const needed = (media: string, use: string, on: readonly TrunkConfig[], isBuiltIn = false): SoundNeeded => ({
    ...{ media, use, trunks: on, isBuiltIn },
    id: /^sound:([^/].*)$/.exec(media)?.[1] ?? null,
  });
  return [
    needed(agents.tone, "the tone for agents", []),
    needed(builtInMessage, "the built-in message", trunks, true),
    ...campaigns.map(({ name, informationMessage, trunk }) =>
      needed(
        informationMessage,
        `the information message of ${name}`,
        trunks.filter((each) => each.name === trunk),
      ),
    ),
  ];
};

export const judgeSounds = (
  needed: readonly SoundNeeded[],
  sounds: ReadonlyMap<string, AriSound | null>,
): readonly Finding[] => {
  const listed = needed.filter(({ id }) => id !== null);
  if (sounds.size === 0 && listed.length > 0) {
    return [warn("sounds", "Asterisk does not list its sounds.", "Load res_ari_sounds.so to have them checked.")];
  }
  const findings = needed.flatMap((sound) => judgeSound(sound, sounds));
  return findings.length > 0
    ? findings
    : [ok("sounds", "Every sound that is asked for is there, in every form needed.")];
};

const judgeSound = (needed: SoundNeeded, sounds: ReadonlyMap<string, AriSound | null>): readonly Finding[] => {
  const { id, media, use } = needed;
  if (id === null) {
    return [
      warn(
        "sounds",
        `Asterisk keeps no list in which ${media}, ${use}, could be looked up.`,
        "The daemon test-plays it before it is needed. To have it checked here, put it below Asterisk's sounds folder.",
      ),
    ];
  }
  const found = sounds.get(id) ?? null;
  return found === null ? [missing(needed, id)] : converted(needed, id, found);
};

const missing = ({ use, isBuiltIn }: SoundNeeded, id: string): Finding =>
  fail(
    "sounds",
    `Asterisk knows no sound "${id}", which is ${use}: people would hear nothing.`,
    isBuiltIn
      ? "Install it as asterisk-config/README.md says, then: asterisk -rx 'module reload sounds'."
      : "Put it below Asterisk's sounds folder (the language's own folder), then: asterisk -rx 'module reload sounds'.",
  );

/** How sox writes each form that it can write; the others take a look at what Asterisk can do. */
const SOX: Readonly<Record<string, string>> = {
  alaw: "-t raw -r 8000 -c 1 -e a-law",
  ulaw: "-t raw -r 8000 -c 1 -e u-law",
  gsm: "-t gsm -r 8000 -c 1",
  slin: "-t raw -r 8000 -c 1 -e signed -b 16",
};
/** The ending of a file in this form, where it is another than the form's name. */
const ENDING: Readonly<Record<string, string>> = { slin: "sln" };

/** One finding for each form that some of its trunks speak and in which it is not kept. */
const converted = ({ use, trunks }: SoundNeeded, id: string, { formats }: AriSound): readonly Finding[] => {
  const kept = new Set(formats.map(({ format }) => format));
  const lacking = [...new Set(trunks.flatMap(({ codecs }) => codecs))].filter((codec) => !kept.has(codec));
  return lacking.map((codec) => {
    const names = trunks.filter(({ codecs }) => codecs.includes(codec)).map(({ name }) => name);
    const ending = ENDING[codec] ?? codec;
    const sox = SOX[codec];
    const byAsterisk = `asterisk -rx 'file convert ${id}.wav ${id}.${ending}' (res_convert.so, with the files' whole paths)`;
    return warn(
      "sounds",
      `"${id}", ${use}, is not kept as ${codec}, which trunk ${names.join(" and trunk ")} may speak: it is converted anew for everybody who hears it.`,
      sox === undefined
        ? `Beside the file: ${byAsterisk}.`
        : `Beside the file: sox ${lastPart(id)}.wav ${sox} ${lastPart(id)}.${ending}, or ${byAsterisk}; then 'module reload sounds'.`,
    );
  });
};

const lastPart = (id: string): string => id.replace(/^.*\//, "");
