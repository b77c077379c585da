/** `fairdial amd status`: what a campaign's detection comes to, and whether anything may be dropped on its word. */
import { AMD_SAMPLES_MIN, amdLicence } from "../../../compliance/amd-licence.ts";
import type { AmdLicence } from "../../../compliance/amd-licence.ts";
import { AMD_LABELS_DAYS, amdTestId } from "../../../domain/amd-label.ts";
import { after } from "../../../domain/instant.ts";
import { amdBuild, detectorsOf, wantsDrops } from "../../../engine/calls/amd.ts";
import { amdTestsOf, verdictActsSince, type AmdTestFigures } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";
import { profilesOf } from "../campaign/compliance-options.ts";

const DAY_MS = 86_400_000;

/** 72000 parts per million are `7.2 %`. */
const percent = (perMillion: number): string => `${(perMillion / 10_000).toFixed(1)} %`;

export const amdStatus = command({
  words: "status <campaign>",
  summary: "Whether a campaign may drop machines, and what its test says",
  positionals: { campaign: { type: "string", demandOption: true, describe: "The campaign" } },
  async run(args, session) {
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    const at = session.world.now();
    const tests = await amdTestsOf(database, campaign.campaignId);
    const calls = await verdictActsSince(database, campaign.campaignId, after(at, -AMD_LABELS_DAYS * DAY_MS));
    const build = amdBuild(campaign, detectorsOf(session.config));
    const current = tests.find((each) => each.build === build && each.trunk === campaign.trunk) ?? null;
    const ageMaxDays = profilesOf(session).get(campaign.profile)?.amdTestAgeMaxDays ?? 0;
    const test =
      current === null
        ? null
        : {
            testId: amdTestId(campaign.campaignId, current.testedAt, current.samples, current.humansFound),
            ...{ testedAt: current.testedAt, sampled: current.samples, humansFound: current.humansFound },
            labelledBy: "",
          };
    const licence = wantsDrops(campaign) ? amdLicence(test, ageMaxDays, at) : null;
    const document = {
      campaign: campaign.name,
      amd: campaign.amd,
      mayDrop: licence?.allowed ?? false,
      because: licence === null || licence.allowed ? null : licence.because,
      calls,
      test: current === null ? null : told(current),
      otherTests: tests.filter((each) => each !== current).map(told),
    };
    session.answer(document, () =>
      [
        facts([
          ["campaign", campaign.name],
          ["amd", campaign.amd.kind],
          ["machines are dropped", saying(licence)],
          ["listened to", `${current?.samples ?? 0}, at least ${AMD_SAMPLES_MIN}`],
          ["people among them", current?.humansFound ?? "-"],
          ["at most, 95 %", current === null ? "-" : percent(current.upperPerMillion)],
          ["last word", localTime(current?.testedAt ?? null)],
        ]),
        table(
          [`last ${AMD_LABELS_DAYS} days`, "calls"],
          [
            ["taken for people", calls.served],
            ["machines dropped", calls.dropped],
            ["machines to agents, by lot", calls.sampled],
            ["machines to agents, without a test", calls.learning],
          ],
        ),
      ].join("\n\n"),
    );
    return undefined;
  },
});

const told = (test: AmdTestFigures) => ({ ...test, testedAt: iso(test.testedAt) });

const saying = (licence: AmdLicence | null): string => {
  if (licence === null) return "no: the campaign does not ask for it";
  return licence.allowed ? "yes" : `no: ${licence.says}`;
};
