/** What an inspection of Asterisk means for us. Judging is pure; asking is the asterisk room's. */
import { inspectAsterisk, type AsteriskInspection } from "../../asterisk/inspect.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { asSentence } from "../cli-error.ts";
import type { DaemonConfig } from "../config.ts";
import { didYouMean } from "../nearest.ts";
import { judgeAmdModules, judgeHearingModules } from "./check-amd.ts";
import { judgeVersion, keepsEvents } from "./asterisk-version.ts";
import { judgeSounds, soundsNeeded, type SoundNeeded } from "./check-messages.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

/** Without one of these something that we do every minute fails. */
const MODULES_NEEDED = [
  ...["res_http_websocket.so", "res_ari.so", "res_ari_applications.so", "res_ari_asterisk.so", "res_ari_bridges.so"],
  ...["res_ari_channels.so", "res_ari_endpoints.so", "res_ari_events.so", "res_ari_playbacks.so"],
  ...["res_stasis.so", "res_stasis_answer.so", "res_stasis_playback.so", "app_stasis.so"],
  ...["res_pjsip.so", "res_pjsip_session.so", "res_pjsip_sdp_rtp.so", "res_rtp_asterisk.so", "chan_pjsip.so"],
  // The last plays messages to nobody, so that a broken one is found before it is needed.
  ...["bridge_simple.so", "chan_bridge_media.so"],
];

/** Without one of these something is missing that people notice. */
const MODULES_WANTED: readonly (readonly [module: string, without: string])[] = [
  ["res_musiconhold.so", "agents wait in silence"],
  ["bridge_softmix.so", "recordings and listening in are not possible"],
  ["func_talkdetect.so", "nobody notices when a person speaks, so every limit is counted as if they said nothing"],
  ["res_ari_sounds.so", "nobody can tell whether the information message exists"],
];

/** Two channels a call, each with sockets for sound and its share of the rest. */
const FILES_A_LINE = 10;
const FILES_ADVISED = 65_536;

const isRunning = (status: string): boolean => /^running$/i.test(status);

const judgeModules = (modules: AsteriskInspection["modules"]): readonly Finding[] => {
  if (modules === null) {
    return [
      warn(
        "modules",
        "Asterisk does not list its modules.",
        "Load res_ari_asterisk.so, or compare with samples/modules.conf.",
      ),
    ];
  }
  const running = new Set(modules.filter(({ status }) => isRunning(status)).map(({ name }) => name));
  const missing = MODULES_NEEDED.filter((name) => !running.has(name));
  const findings: Finding[] = missing.map((name) =>
    fail(
      "modules",
      `${name} is not running.`,
      `In modules.conf: load = ${name} (then asterisk -rx "module load ${name}").`,
    ),
  );
  for (const [name, without] of MODULES_WANTED) {
    if (running.has(name)) continue;
    findings.push(warn("modules", `${name} is not running: ${without}.`, `In modules.conf: load = ${name}.`));
  }
  return findings.length > 0 ? findings : [ok("modules", "All modules that are needed are running.")];
};

const judgeTrunks = ({ trunks }: DaemonConfig, endpoints: AsteriskInspection["pjsipEndpoints"]): readonly Finding[] => {
  if (trunks.length === 0) {
    return [fail("trunks", "The configuration has no trunk: nothing can be dialled.", "Add one under trunks:.")];
  }
  if (endpoints === null) {
    return [warn("trunks", "Asterisk does not list its endpoints.", "Load res_ari_endpoints.so and chan_pjsip.so.")];
  }
  const known = endpoints.map(({ resource }) => resource);
  return trunks.map(({ name, endpoint }) => {
    const subject = `trunk ${name}`;
    const found = endpoints.find(({ resource }) => resource === endpoint);
    if (found === undefined) {
      const guess = didYouMean(endpoint, known);
      return fail(
        subject,
        `Asterisk has no PJSIP endpoint "${endpoint}".${guess}`,
        "Name one of pjsip.conf's, or load it: asterisk -rx 'pjsip reload'.",
      );
    }
    if (found.state === "offline") {
      return fail(
        subject,
        `The endpoint ${endpoint} is offline: the carrier does not answer, or we are not registered.`,
        `Look at: asterisk -rx 'pjsip show endpoint ${endpoint}'.`,
      );
    }
    return found.state === "online"
      ? ok(subject, `The endpoint ${endpoint} is online.`)
      : warn(
          subject,
          `Whether the endpoint ${endpoint} is reachable, Asterisk does not know.`,
          "Set qualify_frequency on its AOR: calls to a dead trunk then fail at once.",
        );
  });
};

const judgeLimits = (
  config: DaemonConfig,
  { identity, filesMax, loadMax, overloadTrigger }: AsteriskInspection,
): readonly Finding[] => {
  const findings: Finding[] = [];
  const ofTrunks = config.trunks.reduce((sum, { linesMax }) => sum + linesMax, 0);
  const lines = Math.min(ofTrunks, config.overload.callsMax);
  const { channelsMax } = identity;
  if (channelsMax !== null && channelsMax > 0 && channelsMax < 2 * lines) {
    findings.push(
      warn(
        "asterisk limits",
        `asterisk.conf's maxcalls is ${channelsMax}, and ${lines} lines with their agents need ${2 * lines}.`,
        "Raise maxcalls, or lower the trunks' linesMax.",
      ),
    );
  }
  if (loadMax !== null && loadMax > 0) {
    findings.push(
      warn(
        "asterisk limits",
        `asterisk.conf's maxload is ${loadMax}: on a busy machine agents cannot log in, and people who call back are refused.`,
        "Leave maxload out: fairdial places fewer calls by itself when Asterisk answers late.",
      ),
    );
  }
  if (overloadTrigger === "global") {
    findings.push(
      warn(
        "asterisk limits",
        "Asterisk refuses calls from outside when any queue of its own grows long (taskprocessor_overload_trigger is global).",
        "Set taskprocessor_overload_trigger = pjsip_only in pjsip.conf's [global], as samples/pjsip-limits.conf does.",
      ),
    );
  }
  if (filesMax !== null && filesMax > 0 && filesMax < Math.max(1_024, lines * FILES_A_LINE)) {
    findings.push(
      warn(
        "asterisk limits",
        `Asterisk may open ${filesMax} files: too few for ${lines} lines.`,
        `Set maxfiles = ${FILES_ADVISED} in asterisk.conf, and LimitNOFILE in its service.`,
      ),
    );
  }
  return findings;
};

/** Who opens the event socket, and whether anybody is there. */
const judgeEvents = ({ asterisk }: DaemonConfig, inspection: AsteriskInspection): readonly Finding[] => {
  const { app, events } = asterisk;
  const { version } = inspection.identity;
  if (events === undefined) {
    const registered = inspection.applicationIsTaken
      ? `A process is registered as ${app} now; that should be the daemon of this node.`
      : `Nobody is registered as ${app} now.`;
    const advice =
      "This Asterisk could keep events for us while the daemon is away: asterisk.events, and ari-events.conf.";
    return [ok("application", keepsEvents(version) ? `${registered} ${advice}` : registered)];
  }
  if (!keepsEvents(version)) {
    const why = `Asterisk ${version} cannot open the event socket to us, and asterisk.events waits for it.`;
    return [
      fail("application", why, "Take asterisk.events out, or update to 22.5 or 20.15, or newer of the same branch."),
    ];
  }
  // Registered whether or not somebody listens: that is the point of it.
  return inspection.applicationIsTaken
    ? [ok("application", `Asterisk keeps events for ${app}, and opens the event socket to ${events.listen}.`)]
    : [
        fail(
          "application",
          `Asterisk has no application ${app}, and asterisk.events waits for its event socket.`,
          "Include ari-events.conf in ari.conf and websocket-client.conf in websocket_client.conf; load res_websocket_client.so.",
        ),
      ];
};

export const judgeAsterisk = (
  config: DaemonConfig,
  needed: readonly SoundNeeded[],
  inspection: AsteriskInspection,
): readonly Finding[] => [
  ok("asterisk", `Answers at ${config.asterisk.url} and knows the user ${config.asterisk.user}.`),
  ...(inspection.mayWrite
    ? []
    : [
        fail(
          "asterisk",
          `The user ${config.asterisk.user} may only read.`,
          "In ari.conf: read_only = no for this user.",
        ),
      ]),
  ...judgeVersion(inspection.identity.version),
  ...judgeLimits(config, inspection),
  ...judgeModules(inspection.modules),
  ...judgeTrunks(config, inspection.pjsipEndpoints),
  ...judgeSounds(needed, inspection.sounds),
  ...judgeEvents(config, inspection),
];

/** Asks, and judges; a refusal becomes a finding like the others. */
export const checkAsterisk = async (
  config: DaemonConfig,
  campaigns: readonly Campaign[],
): Promise<readonly Finding[]> => {
  const needed = soundsNeeded(config, campaigns);
  try {
    const inspection = await inspectAsterisk(config.asterisk, idsOf(needed));
    const running = new Set(inspection.modules?.filter(({ status }) => isRunning(status)).map(({ name }) => name));
    // Where they are not listed, that has been said already.
    const amd =
      inspection.modules === null
        ? []
        : [...judgeAmdModules(running, campaigns), ...judgeHearingModules(running, config)];
    return [...judgeAsterisk(config, needed, inspection), ...amd];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      fail(
        "asterisk",
        asSentence(reason),
        `Look at asterisk.url (${config.asterisk.url}), http.conf and ari.conf; try: asterisk -rx 'http show status'.`,
      ),
    ];
  }
};

const idsOf = (needed: readonly SoundNeeded[]): readonly string[] => [
  ...new Set(needed.flatMap(({ id }) => (id === null ? [] : [id]))),
];
