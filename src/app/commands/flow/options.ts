/** What the commands about flows have in common. */
import { USUAL_DEMANDS, type FlowDemands } from "../../../flow/check-flow.ts";
import { CliError } from "../../cli-error.ts";
import { didYouMean } from "../../nearest.ts";
import { readProfiles } from "../../profiles.ts";
import type { Session } from "../../session.ts";

export const PROFILE = {
  type: "string",
  describe: "Compliance profile under which it is to be used: it may demand a key that objects",
} as const;

export const FLOW_FILE = { file: { type: "string", demandOption: true, describe: "The flow's YAML file" } } as const;

/** Without a profile, what holds everywhere. */
export const demandsOf = (session: Session, profile: string | undefined): FlowDemands => {
  if (profile === undefined) return USUAL_DEMANDS;
  const profiles = readProfiles(session.config.profiles, session.world.now());
  const found = profiles.get(profile);
  if (found === undefined) {
    throw new CliError(
      "unknown-profile",
      `There is no usable compliance profile "${profile}".${didYouMean(profile, [...profiles.keys()])}`,
    );
  }
  return { ...USUAL_DEMANDS, mustOfferOptOut: found.message.mustOfferKeyOptOut };
};
