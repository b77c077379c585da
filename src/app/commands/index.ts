/** Every command there is, in the order in which help shows them. */
import type { Command, CommandGroup } from "../command.ts";
import { agentAdd } from "./agent/add.ts";
import { agentAvailable, agentDispose, agentEndWrapUp, agentHangUp, agentLogOut, agentPause } from "./agent/ask.ts";
import { agentSet } from "./agent/set.ts";
import { agentList, agentShow } from "./agent/show.ts";
import { campaignAdd } from "./campaign/add.ts";
import { campaignList } from "./campaign/list.ts";
import { campaignRelease } from "./campaign/release.ts";
import { campaignSet } from "./campaign/set.ts";
import { campaignShow } from "./campaign/show.ts";
import { campaignPause, campaignStart, campaignStop } from "./campaign/state.ts";
import { checkCommand } from "./check.ts";
import { listImport } from "./list/import.ts";
import { listShow } from "./list/show.ts";
import { migrateCommand } from "./migrate.ts";
import { attemptsReport } from "./report/attempts.ts";
import { outcomesReport } from "./report/outcomes.ts";
import { runCommand } from "./run.ts";
import { suppressAdd } from "./suppress/add.ts";
import { suppressCheck } from "./suppress/check.ts";
import { suppressImport } from "./suppress/import.ts";
import { suppressList } from "./suppress/list.ts";
import { suppressRemove } from "./suppress/remove.ts";

export const COMMANDS: readonly (Command | CommandGroup)[] = [
  runCommand,
  checkCommand,
  migrateCommand,
  {
    word: "campaign",
    summary: "Campaigns: make, change, look, start, pause, stop, release",
    commands: [
      campaignAdd,
      campaignSet,
      campaignShow,
      campaignList,
      campaignStart,
      campaignPause,
      campaignStop,
      campaignRelease,
    ],
  },
  { word: "list", summary: "Lists of leads: load, look", commands: [listImport, listShow] },
  {
    word: "agent",
    summary: "Agents: make, change, look, steer",
    commands: [
      ...[agentAdd, agentSet, agentShow, agentList, agentPause, agentAvailable],
      ...[agentEndWrapUp, agentDispose, agentHangUp, agentLogOut],
    ],
  },
  {
    word: "suppress",
    summary: "Numbers that are never dialled: add, remove, import, check, list",
    commands: [suppressAdd, suppressRemove, suppressImport, suppressCheck, suppressList],
  },
  { word: "report", summary: "What happened: outcomes, attempts", commands: [outcomesReport, attemptsReport] },
];
