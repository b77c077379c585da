/** What the database says about itself, its tables and the daemons that use it. */
import { judgeAmdTimes } from "./check-amd.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Instant } from "../../domain/instant.ts";
import {
  campaignSummaries,
  readComplianceState,
  settleHashKey,
  nodesNow,
  schemaState,
  serverFacts,
  type Database,
  type HashKeyState,
  type NodeNow,
  type SchemaState,
  type ServerFacts,
} from "../../store/index.ts";
import { campaignRefusal, type CampaignRefusal } from "../campaign-refusal.ts";
import { asSentence, toCliError } from "../cli-error.ts";
import type { DaemonConfig } from "../config.ts";
import { STOCK_MESSAGE } from "../commands/campaign/options.ts";
import { didYouMean } from "../nearest.ts";
import { readProfiles } from "../profiles.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

/** Above this, calling hours and leases begin to disagree between machines. */
const CLOCK_SKEW_MAX_MS = 1_000;

export const judgeServer = (facts: ServerFacts): readonly Finding[] => [
  facts.supported
    ? ok("database", `${facts.product} ${facts.version}, database ${facts.database} as ${facts.user}.`)
    : fail(
        "database",
        `${facts.product} ${facts.version} is too old.`,
        "Use MariaDB 10.6 or newer, or MySQL 8.0 or newer.",
      ),
  ...(Math.abs(facts.clockSkewMs) > CLOCK_SKEW_MAX_MS
    ? [
        warn(
          "clocks",
          `The database's clock is ${(Math.abs(facts.clockSkewMs) / 1_000).toFixed(1)} s ${facts.clockSkewMs > 0 ? "ahead of" : "behind"} this machine's.`,
          "Let both follow the same time servers (chrony, systemd-timesyncd).",
        ),
      ]
    : []),
  ...facts.complaints.map((complaint) => {
    const [sentence = "", advice = "see docs/administrators.md"] = complaint.split(": ");
    return warn("database settings", asSentence(sentence), asSentence(advice));
  }),
];

export const judgeSchema = ({ state, version, expected, pending, changed }: SchemaState): Finding => {
  switch (state) {
    case "current":
      return ok("tables", `At version ${version}, as this program expects.`);
    case "empty":
      return fail("tables", "The database has none of our tables yet.", "Run: fairdial migrate");
    case "behind":
      return fail("tables", `Older than this program: ${pending.join(", ")} is missing.`, "Run: fairdial migrate");
    case "ahead":
      return fail(
        "tables",
        `At version ${version}, and this program knows ${expected}.`,
        "Update fairdial on this machine; never run an older one against newer tables.",
      );
    case "changed":
      return fail(
        "tables",
        `Made by other migrations than this program's: ${changed.join(", ")}.`,
        "Find out which build made them; restore the release that this database was made with.",
      );
  }
};

export const judgeNodes = (config: DaemonConfig, nodes: readonly NodeNow[], now: Instant): Finding => {
  const own = nodes.find(({ nodeId }) => String(nodeId) === config.node.name);
  const isHeld = own !== undefined && own.heldUntil !== null && own.heldUntil > now;
  return isHeld
    ? ok(
        "node",
        `A daemon runs as ${config.node.name} (${own.holder ?? "unknown"}), ${own.agentsLoggedIn} agents logged in.`,
      )
    : ok("node", `No daemon runs as ${config.node.name} now.`);
};

/**
 * Whether the daemon of this node is alive, for a container's health check. A database that does not answer is no
 * proof against it: the daemon keeps its calls meanwhile, and restarting it would end them.
 */
export const checkDaemon = async (
  config: DaemonConfig,
  database: Database,
  now: () => Instant,
): Promise<readonly Finding[]> => {
  try {
    const nodes = await nodesNow(database);
    const own = nodes.find(({ nodeId }) => String(nodeId) === config.node.name);
    const isHeld = own !== undefined && own.heldUntil !== null && own.heldUntil > now();
    return isHeld
      ? [judgeNodes(config, nodes, now())]
      : [fail("node", `No daemon runs as ${config.node.name} now.`, "Look at its log; start it with: fairdial run")];
  } catch (error) {
    return [
      warn("node", `Whether the daemon lives cannot be told. ${toCliError(error).message}`, "See fairdial check."),
    ];
  }
};

export const judgeCampaigns = (config: DaemonConfig, campaigns: readonly Campaign[]): readonly Finding[] => {
  const trunks = config.trunks.map(({ name }) => name);
  return campaigns.flatMap(({ name, trunk, informationMessage, desiredState }) => {
    const subject = `campaign ${name}`;
    const findings: Finding[] = [];
    if (!trunks.includes(trunk)) {
      findings.push(
        (desiredState === "running" ? fail : warn)(
          subject,
          `Its trunk "${trunk}" is not in this configuration.${didYouMean(trunk, trunks)}`,
          "Add the trunk, or: fairdial campaign set --trunk. With several nodes, another may have it.",
        ),
      );
    }
    if (informationMessage === STOCK_MESSAGE && desiredState === "running") {
      findings.push(
        warn(
          subject,
          "Its information message is a stock sound, which does not say who called.",
          "Record one, and: fairdial campaign set --information-message sound:…",
        ),
      );
    }
    return findings;
  });
};

/** One that runs and dials nobody is a fault; one that is being prepared is not. */
export const judgeRefusal = (
  { name, desiredState }: Pick<Campaign, "name" | "desiredState">,
  refusal: CampaignRefusal | null,
): readonly Finding[] => {
  if (refusal === null) return [];
  const find = desiredState === "running" ? fail : warn;
  return [find(`campaign ${name}`, `It may not dial: ${refusal.says} (${refusal.by})`, "See docs/compliance.md.")];
};

export const judgeHashKey = (state: HashKeyState): readonly Finding[] => {
  if (state === "missing" || state === "different") {
    const whose =
      state === "missing" ? "and this configuration has none" : "with another key than this configuration's";
    return [
      fail("number hash key", `The database's numbers were hashed, ${whose}.`, "Give it the key that was used first."),
    ];
  }
  return [];
};

/** Asks, and judges. Campaigns are returned because Asterisk's sounds are checked for them. */
export const checkDatabase = async (
  config: DaemonConfig,
  database: Database,
  now: () => Instant,
): Promise<{ readonly findings: readonly Finding[]; readonly campaigns: readonly Campaign[] }> => {
  try {
    const findings = [...judgeServer(await serverFacts(database, now))];
    const schema = await schemaState(database);
    findings.push(judgeSchema(schema));
    if (schema.state !== "current") return { findings, campaigns: [] };
    findings.push(judgeNodes(config, await nodesNow(database), now()));
    findings.push(...judgeHashKey(await settleHashKey(database, now())));
    const campaigns = (await campaignSummaries(database, now())).map(({ campaign }) => campaign);
    const profiles = readProfiles(config.profiles, now());
    const known = await readComplianceState(database);
    const refusals = campaigns.flatMap((campaign) =>
      judgeRefusal(campaign, campaignRefusal(campaign, profiles, known, now())),
    );
    return {
      findings: [
        ...findings,
        ...judgeCampaigns(config, campaigns),
        ...judgeAmdTimes(config, campaigns, profiles),
        ...refusals,
      ],
      campaigns,
    };
  } catch (error) {
    const { host, port, socketPath, user, name } = config.database;
    const address = socketPath ?? `${host}:${port}`;
    return {
      findings: [
        fail(
          "database",
          toCliError(error).message,
          `Try: mariadb -u ${user} -p ${name}, at ${address}, from this machine.`,
        ),
      ],
      campaigns: [],
    };
  }
};
