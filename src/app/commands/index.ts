/** Every command there is, in the order in which help shows them. */
import type { Command, CommandGroup } from "../command.ts";
import { accountClose } from "./account/close.ts";
import { accountRecount } from "./account/recount.ts";
import { accountShow } from "./account/show.ts";
import { agentAdd } from "./agent/add.ts";
import {
  agentAvailable,
  agentDial,
  agentDispose,
  agentEndWrapUp,
  agentHangUp,
  agentHold,
  agentLogOut,
  agentPause,
  agentResume,
  agentSkip,
  agentVoicemail,
} from "./agent/ask.ts";
import { agentSet } from "./agent/set.ts";
import { agentList, agentShow } from "./agent/show.ts";
import { alarmList } from "./alarm/list.ts";
import { alarmSeen } from "./alarm/seen.ts";
import { amdReview } from "./amd/review.ts";
import { amdStatus } from "./amd/status.ts";
import { amdTune } from "./amd/tune.ts";
import { callbackAdd } from "./callback/add.ts";
import { callbackList } from "./callback/list.ts";
import { callbackWithdraw } from "./callback/withdraw.ts";
import { campaignAdd } from "./campaign/add.ts";
import { campaignList } from "./campaign/list.ts";
import { campaignRelease } from "./campaign/release.ts";
import { campaignSet } from "./campaign/set.ts";
import { campaignShow } from "./campaign/show.ts";
import { campaignPause, campaignStart, campaignStop } from "./campaign/state.ts";
import { checkCommand } from "./check.ts";
import { cliNumberAdd } from "./cli-number/add.ts";
import { cliNumberList } from "./cli-number/list.ts";
import { cliNumberRemove } from "./cli-number/remove.ts";
import { eraseCommand } from "./erase.ts";
import { flowAdd } from "./flow/add.ts";
import { flowCheck } from "./flow/check.ts";
import { flowList } from "./flow/list.ts";
import { flowShow } from "./flow/show.ts";
import { flowTest } from "./flow/test.ts";
import { killSwitchOff } from "./kill-switch/off.ts";
import { killSwitchOn } from "./kill-switch/on.ts";
import { killSwitchShow } from "./kill-switch/show.ts";
import { judgeCommand } from "./judge.ts";
import { listImport } from "./list/import.ts";
import { listRecycle } from "./list/recycle.ts";
import { listShow } from "./list/show.ts";
import { listWatch } from "./list/watch.ts";
import { messageAdd } from "./message/add.ts";
import { messageApprove } from "./message/approve.ts";
import { messageList } from "./message/list.ts";
import { messageRemove } from "./message/remove.ts";
import { messageShow } from "./message/show.ts";
import { migrateCommand } from "./migrate.ts";
import { nodeDrain, nodeResume } from "./node/drain.ts";
import { nodeList } from "./node/list.ts";
import { nodeSettle } from "./node/settle.ts";
import { recordingPause, recordingResume, recordingStart } from "./recording/ask.ts";
import { recordingList, recordingShow } from "./recording/list.ts";
import { registerCheck } from "./register/check.ts";
import { registerDrop } from "./register/drop.ts";
import { registerImport } from "./register/import.ts";
import { registerList } from "./register/list.ts";
import { profileCheck } from "./profile/check.ts";
import { profileList } from "./profile/list.ts";
import { profileShow } from "./profile/show.ts";
import { attemptsReport } from "./report/attempts.ts";
import { complianceReport } from "./report/compliance.ts";
import { hoursReport } from "./report/hours.ts";
import { outcomesReport } from "./report/outcomes.ts";
import { penetrationReport } from "./report/penetration.ts";
import { redialReport } from "./report/redial.ts";
import { returnsReport } from "./report/returns.ts";
import { runCommand } from "./run.ts";
import { dial } from "./dial.ts";
import { simulateCommand } from "./simulate.ts";
import { segmentAdd } from "./segment/add.ts";
import { agentComplete, agentTakeBack, agentThreeWay, agentTransfer } from "./agent/transfer.ts";
import { superviseCommand } from "./supervise.ts";
import { segmentList } from "./segment/list.ts";
import { segmentRemove } from "./segment/remove.ts";
import { segmentShow } from "./segment/show.ts";
import { segmentTest } from "./segment/test.ts";
import { sourceAdd } from "./source/add.ts";
import { sourceAssign } from "./source/assign.ts";
import { sourceList } from "./source/list.ts";
import { sourceRemove } from "./source/remove.ts";
import { sourceSet } from "./source/set.ts";
import { suppressAdd } from "./suppress/add.ts";
import { suppressCheck } from "./suppress/check.ts";
import { suppressImport } from "./suppress/import.ts";
import { suppressList } from "./suppress/list.ts";
import { suppressRemove } from "./suppress/remove.ts";
import { whyCampaignCommand } from "./why/campaign.ts";
import { whyLeadCommand } from "./why/lead.ts";

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
  superviseCommand,
  {
    word: "why",
    summary: "Why nobody is called (more): campaign, lead",
    commands: [whyCampaignCommand, whyLeadCommand],
  },
  {
    word: "profile",
    summary: "Compliance profiles: what each law asks; look, check your own",
    commands: [profileList, profileShow, profileCheck],
  },
  {
    word: "list",
    summary: "Lists of leads: load, look, recycle",
    commands: [listImport, listWatch, listShow, listRecycle],
  },
  {
    word: "segment",
    summary: "Filters over leads: add, try out, look, remove",
    commands: [segmentAdd, segmentTest, segmentShow, segmentList, segmentRemove],
  },
  {
    word: "source",
    summary: "The list mix: what a campaign takes leads from, in which shares and order",
    commands: [sourceAdd, sourceSet, sourceList, sourceRemove, sourceAssign],
  },
  {
    word: "callback",
    summary: "Promises to call somebody back: add, list, withdraw",
    commands: [callbackAdd, callbackList, callbackWithdraw],
  },
  {
    word: "agent",
    summary: "Agents: make, change, look, steer",
    commands: [
      ...[agentAdd, agentSet, agentShow, agentList, agentPause, agentAvailable],
      ...[
        agentEndWrapUp,
        agentDispose,
        agentDial,
        agentSkip,
        agentVoicemail,
        agentHold,
        agentResume,
        agentTransfer,
        agentComplete,
        agentThreeWay,
        agentTakeBack,
        agentHangUp,
        agentLogOut,
      ],
    ],
  },
  {
    word: "recording",
    summary: "Recordings and the gaps in them: list, show, pause, resume, start",
    commands: [recordingList, recordingShow, recordingPause, recordingResume, recordingStart],
  },
  {
    word: "suppress",
    summary: "Numbers that are never dialled: add, remove, import, check, list",
    commands: [suppressAdd, suppressRemove, suppressImport, suppressCheck, suppressList],
  },
  {
    word: "register",
    summary: "Do-not-call registers: import, list, check, drop",
    commands: [registerImport, registerList, registerCheck, registerDrop],
  },
  {
    word: "message",
    summary: "Information messages: add, approve, list, show, remove",
    commands: [messageAdd, messageApprove, messageList, messageShow, messageRemove],
  },
  {
    word: "flow",
    summary: "Calls without an agent, step by step: check, show, test, add, list",
    commands: [flowCheck, flowShow, flowTest, flowAdd, flowList],
  },
  {
    word: "cli-number",
    summary: "Numbers that may be presented: add, list, remove",
    commands: [cliNumberAdd, cliNumberList, cliNumberRemove],
  },
  {
    word: "kill-switch",
    summary: "Place nothing anywhere: on, off, show",
    commands: [killSwitchOn, killSwitchOff, killSwitchShow],
  },
  {
    word: "node",
    summary: "Nodes on this database: list, drain, resume, settle what a dead one left",
    commands: [nodeList, nodeDrain, nodeResume, nodeSettle],
  },
  eraseCommand,
  { word: "alarm", summary: "What a human must look at: list, seen", commands: [alarmList, alarmSeen] },
  {
    word: "account",
    summary: "The abandon account: look, prove, close a day",
    commands: [accountShow, accountRecount, accountClose],
  },
  {
    word: "report",
    summary: "What happened: outcomes, attempts, penetration, redial, hours, compliance",
    commands: [
      outcomesReport,
      attemptsReport,
      penetrationReport,
      redialReport,
      returnsReport,
      hoursReport,
      complianceReport,
    ],
  },
  {
    word: "amd",
    summary: "Answering-machine detection: may it drop calls, what were they, try it on recordings",
    commands: [amdStatus, amdReview, amdTune],
  },
  judgeCommand,
  dial,
  simulateCommand,
];
