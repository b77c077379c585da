/**
 * Recordings of conversations: begun when both are joined, with gaps while a card is paid with, ended with the conversation.
 * One rule to remember: where it is not certain that a gap is one, the recording ends.
 */
import type { RecordingAsk } from "../../agent/agent.ts";
import type { Call, LivingCall } from "../../call/call.ts";
import type { AgentId, AttemptId, LegId } from "../../domain/ids.ts";
import { after, msBetween, type Instant } from "../../domain/instant.ts";
import { GAP_ALARM_MS, isRecorded, NO_RECORDING, recordingName } from "../../domain/recording.ts";
import type { OpenRecording } from "../../domain/recording.ts";
import type { EngineContext } from "../context.ts";
import { isConversation } from "../agents/desk-work.ts";
import type { LiveCall } from "../calls/live-call.ts";
import type { CommandResult, RecordingFile } from "../ports.ts";
import { RecordingNotes } from "./recording-notes.ts";
import {
  foundEntry,
  gapDueAt,
  handleOf,
  newEntry,
  nextStep,
  type Asker,
  type Entry,
  type Step,
} from "./recording-entry.ts";

export interface RecordingsHost {
  /** Whether the notice is known not to play. */
  isBroken(media: string): boolean;
  legOf(agentId: AgentId): LegId | null;
}

/** A step that Asterisk refuses, or does not answer, is tried so often. */
const TRIES_MAX = 3;
const AGAIN_MS = 1_000;
/** A file is closed a few milliseconds after its recording; Asterisk may be busy. */
const READ_AGAIN_MS = 500;
/** A row of the last process whose call nobody has found by then is closed. */
const LEFT_BEHIND_MS = 15_000;
const ITSELF: Asker = { by: "fairdial", how: "time" };

const keyOf = (attemptId: AttemptId): string => `recording:${attemptId}`;

export class Recordings {
  readonly #context: EngineContext;
  readonly #host: RecordingsHost;
  readonly #notes: RecordingNotes;
  readonly #entries = new Map<AttemptId, Entry>();

  constructor(context: EngineContext, host: RecordingsHost) {
    this.#context = context;
    this.#notes = new RecordingNotes(context, host);
    this.#host = host;
  }

  /** Recordings whose rows are not closed yet. */
  get count(): number {
    return this.#entries.size;
  }

  /** The rows that the last process left open. Their calls are found, or they are closed. */
  recall(open: readonly OpenRecording[]): void {
    const { clock, deadlines } = this.#context;
    const at = clock.now();
    for (const each of open) {
      if (this.#entries.has(each.note.attemptId)) continue;
      this.#entries.set(each.note.attemptId, foundEntry(each, NO_RECORDING, at));
      deadlines.set(keyOf(each.note.attemptId), after(at, LEFT_BEHIND_MS));
    }
  }

  /** A call that is taken over in the middle of its conversation. */
  resumed(live: LiveCall): void {
    const { attemptId } = live.order;
    const left = this.#entries.get(attemptId);
    if (left === undefined) {
      this.#begin(live);
      return;
    }
    const entry = Object.assign(left, { live, campaignId: live.order.campaignId, plan: live.campaign.recording });
    if (entry.busy) return;
    this.#handle(entry);
    entry.busy = true;
    this.#ask(entry, this.#context.telephony.recordings.isRunning(entry.file), (isRunning) => {
      if (isRunning === false) {
        entry.actual = "over";
        entry.fault = "it ended while no daemon watched";
      } else {
        this.#notes.tell(entry, "found", ITSELF);
        this.#doubt(entry);
      }
      this.#step(entry);
    });
  }

  /** Joined: it begins. Anything else after that: it ends. */
  callChanged(live: LiveCall, before: LivingCall, next: Call): void {
    const was = isConversation(before);
    const is = isConversation(next);
    if (was === is) return;
    if (is) this.#begin(live, next.facts.connectedAt?.at);
    else this.#end(live.order.attemptId);
  }

  /** Asterisk says that it is over, and nobody here had ended it. */
  heard(attemptId: AttemptId, state: "ended" | "failed"): void {
    const entry = this.#entries.get(attemptId);
    if (entry === undefined || entry.actual === "over" || entry.actual === "nothing") return;
    entry.actual = "over";
    if (state === "failed") this.#notes.fault(entry, "RECORDING-FAILED", "it broke off; is the disk full?");
    this.#step(entry);
  }

  deadlinePassed(attemptId: AttemptId, at: Instant): void {
    const entry = this.#entries.get(attemptId);
    if (entry === undefined) return;
    if (entry.live === null && entry.wanted !== "end") {
      // Nobody was found who speaks in it. Without Asterisk nobody can be found: it is waited for.
      if (this.#context.telephony.isUp()) entry.wanted = "end";
      else this.#context.deadlines.set(keyOf(attemptId), after(at, LEFT_BEHIND_MS));
    }
    this.#look(entry, at);
    this.#step(entry);
  }

  #begin(live: LiveCall, joinedAt: Instant = live.call.facts.connectedAt?.at ?? this.#context.clock.now()): void {
    const { order, campaign } = live;
    const plan = campaign.recording;
    if (plan.kind === "off" || this.#entries.has(order.attemptId)) return;
    const file = recordingName(campaign.name, joinedAt, order.attemptId);
    const of = { attemptId: order.attemptId, live, campaignId: order.campaignId, plan, file, asker: ITSELF };
    const entry = newEntry(of, this.#context.clock.now());
    this.#entries.set(order.attemptId, entry);
    this.#handle(entry);
    if (isRecorded(plan, order.attemptId)) this.#want(entry, "sound", ITSELF);
  }

  #end(attemptId: AttemptId): void {
    const entry = this.#entries.get(attemptId);
    if (entry === undefined) return;
    // Whoever is asked to record from now on is too late.
    delete entry.live?.recording;
    if (entry.note === null && !entry.busy) this.#forget(entry);
    else this.#want(entry, "end", { by: ITSELF.by, how: "end" });
  }

  #handle(entry: Entry): void {
    if (entry.live === null) return;
    entry.live.recording = handleOf(entry, {
      now: () => this.#context.clock.now(),
      obey: (what, asker) => this.#obey(entry, what, asker),
    });
  }

  #obey(entry: Entry, what: RecordingAsk, asker: Asker): string {
    if (entry.wanted === "end" || entry.actual === "over") return "not-recorded";
    if (what === "start") {
      if (entry.plan.kind !== "demand" || entry.wanted !== "nothing") return "no-change";
      this.#want(entry, "sound", asker);
      return "done";
    }
    if (entry.wanted === "nothing") return "not-recorded";
    const wanted = what === "pause" ? "gap" : "sound";
    if (entry.wanted === wanted) return "no-change";
    this.#want(entry, wanted, asker);
    return "done";
  }

  #want(entry: Entry, wanted: Entry["wanted"], asker: Asker): void {
    Object.assign(entry, { wanted, asker, tries: 0 });
    this.#step(entry);
  }

  /** One request at a time: whatever is wanted meanwhile is seen to when its answer is there. */
  #step(entry: Entry): void {
    if (entry.busy) return;
    const step = nextStep(entry);
    if (step === null) {
      if (entry.actual === "over" || (entry.wanted === "end" && entry.actual === "nothing")) this.#forget(entry);
      return;
    }
    entry.busy = true;
    entry.sent = { at: this.#context.clock.now(), asker: entry.asker };
    if (step === "read") {
      this.#read(entry);
      return;
    }
    this.#ask(entry, this.#command(entry, step), (result) => {
      if (result.ok) this.#done(entry, step);
      else this.#failed(entry, step, result);
    });
  }

  #command(entry: Entry, step: Exclude<Step, "read">): Promise<CommandResult> {
    const { recordings } = this.#context.telephony;
    const { attemptId, file } = entry;
    switch (step) {
      case "start":
        return this.#start(entry);
      case "pause":
        return recordings.pause(file);
      case "resume":
        return recordings.resume(file);
      case "stop":
        return recordings.stop(attemptId, file);
    }
  }

  /** Its row first: there is no file of which the tables do not know. The notice before the recording, and never without. */
  async #start(entry: Entry): Promise<CommandResult> {
    const { telephony } = this.#context;
    const { attemptId, file, plan } = entry;
    if (entry.note === null) {
      await this.#notes.state(entry, "starting");
      if (entry.wanted === "end")
        return { ok: false, kind: "gone", detail: "they had left before its row was written" };
      this.#notes.tell(entry, "asked", entry.sent.asker);
    }
    if (plan.announcement !== null && entry.tries === 0) {
      const leg = this.#notes.legOf(entry);
      const isBroken = this.#host.isBroken(plan.announcement);
      const told =
        leg === null || isBroken ? null : await telephony.recordings.announce(attemptId, leg, plan.announcement);
      if (told?.ok !== true) return { ok: false, kind: "refused", detail: "the notice could not be played" };
    }
    return telephony.recordings.start(attemptId, file);
  }

  #done(entry: Entry, step: Exclude<Step, "read">): void {
    const at = this.#context.clock.now();
    entry.tries = 0;
    switch (step) {
      case "start":
        entry.actual = "sound";
        void this.#notes.state(entry, "recording");
        this.#notes.tell(entry, "started", entry.sent.asker);
        break;
      case "pause":
        entry.actual = "gap";
        entry.alarmed = false;
        this.#notes.beginGap(entry, at);
        void this.#notes.state(entry, "paused");
        this.#notes.tell(entry, "paused", entry.sent.asker);
        this.#notes.prompt(entry, "paused");
        this.#arm(entry);
        break;
      case "resume":
        entry.actual = "sound";
        entry.gapEndedAt = at;
        // Sound may be in the file from the moment we asked for it.
        this.#notes.endGap(entry, entry.sent.at, entry.sent.asker);
        void this.#notes.state(entry, "recording");
        this.#notes.tell(entry, "resumed", entry.sent.asker);
        this.#notes.prompt(entry, "resumed");
        break;
      case "stop":
        entry.actual = "over";
        // Ended for want of a gap: from now on a card may be paid with.
        if (entry.live?.recording !== undefined) this.#notes.prompt(entry, "paused");
        break;
    }
    this.#step(entry);
  }

  #failed(entry: Entry, step: Exclude<Step, "read">, { kind, detail }: Extract<CommandResult, { ok: false }>): void {
    const { log, telephony } = this.#context;
    log.warn("a recording did not take a command", { attemptId: entry.attemptId, step, kind, detail });
    // Whoever asked is told at once: a card may be about to be read out.
    if (step === "pause" && entry.tries === 0) this.#notes.prompt(entry, "refused");
    // While Asterisk is away the end can wait: a recording ends with the person's leg.
    if (step !== "stop" || telephony.isUp()) entry.tries += 1;
    const again = kind !== "gone" && entry.tries < TRIES_MAX;
    if (step === "start") {
      if (kind === "unknown" && again) this.#step(entry);
      else this.#cannotStart(entry, kind, detail);
      return;
    }
    if (kind === "gone") {
      entry.actual = "over";
      this.#step(entry);
    } else if (again)
      this.#context.deadlines.set(keyOf(entry.attemptId), after(this.#context.clock.now(), AGAIN_MS / 5));
    else if (step === "pause") {
      this.#notes.fault(entry, "RECORDING-PAUSE-FAILED", "no gap could be made in it, so it was ended");
      this.#want(entry, "end", entry.asker);
    } else if (step === "resume") {
      this.#notes.alarm(
        entry,
        "RECORDING-RESUME-FAILED",
        "a gap in a recording could not be ended; the rest is silence",
      );
      this.#notes.prompt(entry, "refused");
      entry.wanted = "gap";
      this.#arm(entry);
    } else {
      // It ends with the person's leg at the latest.
      this.#notes.fault(entry, "RECORDING-STOP-FAILED", "it could not be ended by us");
      entry.actual = "over";
      this.#step(entry);
    }
  }

  #cannotStart(entry: Entry, kind: string, detail: string): void {
    if (kind === "gone" || entry.wanted === "end") entry.fault = "the person left as it began";
    else this.#notes.fault(entry, "RECORDING-FAILED", `it could not begin: ${detail}`);
    if (kind === "unknown") {
      // It may have begun all the same.
      entry.actual = "sound";
      this.#want(entry, "end", entry.asker);
      return;
    }
    if (entry.wanted === "gap") this.#notes.prompt(entry, "paused");
    entry.actual = "over";
    this.#close(entry, null);
  }

  #read(entry: Entry): void {
    const { telephony, clock, deadlines } = this.#context;
    const done = (file: RecordingFile | null, because: string): void => {
      entry.busy = false;
      if (file !== null) this.#close(entry, file);
      else {
        if (telephony.isUp()) entry.tries += 1;
        if (entry.tries < TRIES_MAX) deadlines.set(keyOf(entry.attemptId), after(clock.now(), READ_AGAIN_MS));
        else {
          if (entry.fault === null) this.#notes.fault(entry, "RECORDING-FAILED", because);
          this.#close(entry, null);
        }
      }
    };
    this.#context.mailbox.await(
      "recording read",
      telephony.recordings.read(entry.file),
      (file) => done(file, "there is no file of it"),
      () => done(null, "its file could not be read"),
    );
  }

  /** The last that is written of it. */
  #close(entry: Entry, file: RecordingFile | null): void {
    const at = this.#context.clock.now();
    if (entry.live === null) this.#doubt(entry);
    this.#notes.endGap(entry, at, { by: ITSELF.by, how: "end" });
    const state = entry.fault === null && file !== null ? "ended" : "failed";
    void this.#notes.state(entry, state, { endedAt: at, bytes: file?.bytes ?? null, sha256: file?.sha256 ?? null });
    this.#notes.tell(entry, state, ITSELF);
    this.#forget(entry);
  }

  /** Whether it is mute Asterisk does not say, and the last process may have ended the gap as it died: it is made anew. */
  #doubt(entry: Entry): void {
    if (entry.gap === null) return;
    const { from, by, how } = entry.gap;
    this.#notes.endGap(entry, from, { by: ITSELF.by, how: "restart" });
    Object.assign(entry, { actual: "sound", asker: { by, how } });
  }

  #forget(entry: Entry): void {
    this.#context.deadlines.clear(keyOf(entry.attemptId));
    if (this.#entries.get(entry.attemptId) === entry) this.#entries.delete(entry.attemptId);
  }

  /** A gap that is long: somebody is told, and after the campaign's time it ends by itself. */
  #look(entry: Entry, at: Instant): void {
    if (entry.gap === null || entry.actual !== "gap" || entry.wanted !== "gap" || entry.live === null) return;
    const lastsMs = msBetween(entry.gap.from, at);
    if (!entry.alarmed && lastsMs >= GAP_ALARM_MS) {
      entry.alarmed = true;
      this.#notes.alarm(entry, "RECORDING-GAP-LONG", `a gap in a recording has lasted ${Math.round(lastsMs / 1000)} s`);
      this.#notes.prompt(entry, "reminder");
    }
    if (lastsMs >= entry.plan.pauseMaxMs) this.#want(entry, "sound", ITSELF);
    else this.#arm(entry);
  }

  #arm(entry: Entry): void {
    const { clock, deadlines } = this.#context;
    const next = gapDueAt(entry, clock.now());
    if (next !== null) deadlines.set(keyOf(entry.attemptId), next);
  }

  #ask<T>(entry: Entry, answer: Promise<T>, then: (answer: T) => void): void {
    this.#context.mailbox.await(
      "recording answered",
      answer,
      (given) => {
        entry.busy = false;
        then(given);
      },
      (error) => {
        entry.busy = false;
        this.#context.log.error("a recording's command was never answered", { attemptId: entry.attemptId, error });
      },
    );
  }
}
