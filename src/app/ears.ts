/** How this node hears its calls, by the configuration: a detector of tones for each line, and whoever is asked outside. */
import { hearTones, NO_TONES } from "../amd/tones.ts";
import type { EarSettings } from "../asterisk/index.ts";
import type { Config } from "./config.ts";

type ToneDetector = ReturnType<EarSettings["newToneDetector"]>;

export function newToneDetector(): ToneDetector {
  let tones = NO_TONES;
  return {
    hear: (frame) => {
      const next = hearTones(tones, frame);
      tones = next.tones;
      return next.heard;
    },
  };
}

/** Null where nobody is to hear anything. */
export function earsOf({ hearing, amd }: Pick<Config, "hearing" | "amd">): EarSettings | null {
  const { listen } = hearing;
  if (listen === "off") return null;
  const at = listen.lastIndexOf(":");
  const host = listen.slice(0, at).replace(/^\[(.*)\]$/, "$1");
  return { listen: { host, port: Number(listen.slice(at + 1)) }, newToneDetector, outside: amd.outside ?? null };
}
