/** `fairdial campaign release`: after the fault is mended that held leads back (a refused codec, a wrong password). */
import { releaseHeldLeads } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { plural } from "../../print.ts";

export const campaignRelease = command({
  words: "release <name>",
  summary: "Let go of leads that a fault of the set-up held back; they are due at once",
  positionals: { name: { type: "string", demandOption: true, describe: "The campaign" } },
  async run(args, session) {
    const database = await session.database();
    const campaign = await campaignNamed(database, args.name);
    const released = await releaseHeldLeads(database, campaign.campaignId, session.world.now());
    session.answer({ campaign: campaign.name, released }, () =>
      released === 0
        ? `No lead of ${campaign.name} was held.`
        : `Let go of ${plural(released, "lead")} of ${campaign.name}.`,
    );
    return undefined;
  },
});
