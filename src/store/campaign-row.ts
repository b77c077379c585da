/** A campaign as a row, and back. What the JSON columns hold was checked when it was written. */
import { AMD_KINDS, type AmdKind } from "../domain/amd.ts";
import {
  CAMPAIGN_STATES,
  DIALLING_MODES,
  GATES,
  ON_MACHINE,
  PURPOSES,
  SECTORS,
  type CallingHours,
  type Campaign,
  type CampaignState,
  type DiallingMode,
  type Gate,
  type OnMachine,
  type Purpose,
  type RedialRules,
  type Sector,
  type Tightening,
} from "../domain/campaign.ts";
import { DEFAULT_DESK, type DeskRules } from "../domain/desk.ts";
import type { Disposition } from "../domain/disposition.ts";
import { campaignId } from "../domain/ids.ts";
import { phoneNumber } from "../domain/phone-number.ts";
import { DEFAULT_PREVIEW, type PreviewRules } from "../domain/preview.ts";
import { DEFAULT_RETURNS, type ReturnRules } from "../domain/return-call.ts";
import { RECORD_KINDS, type RecordKind } from "../domain/recording.ts";
import { StoreError } from "../engine/ports.ts";
import type { SqlValue } from "./database.ts";
import { dateOrNull, instantOrNull, jsonOf, parsed } from "./rows.ts";

/** With `where` and `order by` to follow. */
export const SELECT_CAMPAIGN = `
  select campaign_id, name, mode, desired_state, trunk, cli_number, ring_timeout_ms, connect_timeout_ms,
    connect_safety_margin_ms, information_message, wrap_up_ms, talk_max_ms, lines_max, calling_hours, redial,
    dispositions, profile, tightening, principal, purpose, sector, sector_authority, gate, dial_level_percent,
    recourse, preview, desk, return_calls, flow_id,
    (select f.name from flow f where f.flow_id = campaign.flow_id) as flow_name,
    (select f.version from flow f where f.flow_id = campaign.flow_id) as flow_version,
    new_share_percent, amd, on_machine, voicemail_message, amd_sample_percent,
    record, record_percent, record_announce, record_pause_max_ms, first_started_at, stopped_because, changed_at, changed_by
  from campaign`;

export interface CampaignRow {
  readonly campaign_id: number;
  readonly name: string;
  readonly mode: string;
  readonly desired_state: string;
  readonly trunk: string;
  readonly cli_number: string;
  readonly ring_timeout_ms: number;
  readonly connect_timeout_ms: number;
  readonly connect_safety_margin_ms: number;
  readonly information_message: string;
  readonly wrap_up_ms: number;
  readonly talk_max_ms: number;
  readonly lines_max: number | null;
  readonly calling_hours: string;
  readonly redial: string;
  readonly dispositions: string;
  readonly profile: string;
  readonly tightening: string | null;
  readonly principal: string;
  readonly purpose: string;
  readonly sector: string;
  readonly sector_authority: string | null;
  readonly gate: string;
  readonly dial_level_percent: number;
  readonly recourse: number;
  readonly preview: string | null;
  readonly desk: string | null;
  readonly return_calls: string | null;
  readonly flow_id: number | null;
  readonly flow_name: string | null;
  readonly flow_version: string | null;
  readonly new_share_percent: number;
  readonly amd: string;
  readonly on_machine: string;
  readonly voicemail_message: string | null;
  readonly amd_sample_percent: number;
  readonly record: string;
  readonly record_percent: number;
  readonly record_announce: string | null;
  readonly record_pause_max_ms: number;
  readonly first_started_at: Date | null;
  readonly stopped_because: string | null;
  readonly changed_at: Date;
  readonly changed_by: string;
}

const oneOf = <Word extends string>(words: readonly Word[], text: string): Word => {
  const word = words.find((known) => known === text);
  // Somebody wrote into the table by hand: better no campaign than one that dials in a way nobody asked for.
  if (word === undefined)
    throw new StoreError("broken", `a campaign's row says "${text}", which this program does not know`);
  return word;
};

const flowOf = ({ flow_id, flow_name, flow_version }: CampaignRow): Campaign["flow"] =>
  flow_id === null || flow_name === null || flow_version === null
    ? null
    : { flowId: flow_id, name: flow_name, version: flow_version };

export const campaignOf = (row: CampaignRow): Campaign => ({
  campaignId: campaignId(row.campaign_id),
  name: row.name,
  mode: oneOf<DiallingMode>(DIALLING_MODES, row.mode),
  desiredState: oneOf<CampaignState>(CAMPAIGN_STATES, row.desired_state),
  profile: row.profile,
  tightening: row.tightening === null ? {} : (parsed(row.tightening) as Tightening),
  principal: row.principal,
  purpose: oneOf<Purpose>(PURPOSES, row.purpose),
  sector: oneOf<Sector>(SECTORS, row.sector),
  sectorAuthority: row.sector_authority,
  gate: oneOf<Gate>(GATES, row.gate),
  dialLevelPercent: row.dial_level_percent,
  recourse: row.recourse === 1,
  preview: row.preview === null ? DEFAULT_PREVIEW : (parsed(row.preview) as PreviewRules),
  returnCalls: row.return_calls === null ? DEFAULT_RETURNS : (parsed(row.return_calls) as ReturnRules),
  flow: flowOf(row),
  newSharePercent: row.new_share_percent,
  firstStartedAt: instantOrNull(row.first_started_at),
  trunk: row.trunk,
  cliNumber: phoneNumber(row.cli_number),
  ringTimeoutMs: row.ring_timeout_ms,
  connectTimeoutMs: row.connect_timeout_ms,
  connectSafetyMarginMs: row.connect_safety_margin_ms,
  amd: {
    kind: oneOf<AmdKind>(AMD_KINDS, row.amd),
    onMachine: oneOf<OnMachine>(ON_MACHINE, row.on_machine),
    voicemailMessage: row.voicemail_message,
    samplePercent: row.amd_sample_percent,
  },
  recording: {
    kind: oneOf<RecordKind>(RECORD_KINDS, row.record),
    samplePercent: row.record_percent,
    announcement: row.record_announce,
    pauseMaxMs: row.record_pause_max_ms,
  },
  informationMessage: row.information_message,
  wrapUpMs: row.wrap_up_ms,
  desk: row.desk === null ? DEFAULT_DESK : { ...DEFAULT_DESK, ...(parsed(row.desk) as Partial<DeskRules>) },
  talkMaxMs: row.talk_max_ms,
  linesMax: row.lines_max,
  callingHours: parsed(row.calling_hours) as readonly CallingHours[],
  redial: parsed(row.redial) as RedialRules,
  dispositions: parsed(row.dispositions) as readonly Disposition[],
});

/** Column and value of each thing that can be set; the names are ours, so they may stand in a statement. */
export const campaignAssignments = (change: Partial<Omit<Campaign, "campaignId">>): [string, SqlValue][] => {
  const all: readonly (readonly [string, SqlValue | undefined])[] = [
    ["name", change.name],
    ["mode", change.mode],
    ["desired_state", change.desiredState],
    ["profile", change.profile],
    ["tightening", change.tightening === undefined ? undefined : jsonOf(change.tightening)],
    ["principal", change.principal],
    ["purpose", change.purpose],
    ["sector", change.sector],
    ["sector_authority", change.sectorAuthority],
    ["gate", change.gate],
    ["dial_level_percent", change.dialLevelPercent],
    ["recourse", change.recourse === undefined ? undefined : Number(change.recourse)],
    ["preview", change.preview === undefined ? undefined : jsonOf(change.preview)],
    ["desk", change.desk === undefined ? undefined : jsonOf(change.desk)],
    ["return_calls", change.returnCalls === undefined ? undefined : jsonOf(change.returnCalls)],
    ["flow_id", change.flow === undefined ? undefined : (change.flow?.flowId ?? null)],
    ["new_share_percent", change.newSharePercent],
    ["first_started_at", change.firstStartedAt === undefined ? undefined : dateOrNull(change.firstStartedAt)],
    ["trunk", change.trunk],
    ["cli_number", change.cliNumber],
    ["ring_timeout_ms", change.ringTimeoutMs],
    ["connect_timeout_ms", change.connectTimeoutMs],
    ["connect_safety_margin_ms", change.connectSafetyMarginMs],
    ["amd", change.amd?.kind],
    ["on_machine", change.amd?.onMachine],
    ["voicemail_message", change.amd?.voicemailMessage],
    ["amd_sample_percent", change.amd?.samplePercent],
    ["record", change.recording?.kind],
    ["record_percent", change.recording?.samplePercent],
    ["record_announce", change.recording?.announcement],
    ["record_pause_max_ms", change.recording?.pauseMaxMs],
    ["information_message", change.informationMessage],
    ["wrap_up_ms", change.wrapUpMs],
    ["talk_max_ms", change.talkMaxMs],
    ["lines_max", change.linesMax],
    ["calling_hours", change.callingHours === undefined ? undefined : jsonOf(change.callingHours)],
    ["redial", change.redial === undefined ? undefined : jsonOf(change.redial)],
    ["dispositions", change.dispositions === undefined ? undefined : jsonOf(change.dispositions)],
  ];
  return all.flatMap(([column, value]) => (value === undefined ? [] : [[column, value]]));
};
