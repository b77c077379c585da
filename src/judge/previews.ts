/** Preview: nobody is called but after a press or the time, and whatever was shown is taken off the screen again. */
import type { AgentId, AttemptId, LeadId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Breach, Invariant } from "./breach.ts";
import type { AttemptDecided, PreviewPressed, PreviewShown } from "./entries.ts";

interface Screen {
  readonly shown: PreviewShown;
  press: PreviewPressed | null;
}

/** What is on the screens, as the journal has told so far; of a life that began in it, all of it. */
class Screens {
  readonly open = new Map<AttemptId, Screen>();
  isWhole = false;

  begin(): void {
    this.open.clear();
    this.isWhole = true;
  }
}

type Fault = Pick<Breach, "says" | "facts">;

export const pressedBeforeDialled: Invariant = {
  says: "In preview nobody is called but the lead on an agent's screen, and after that agent's press or when its time is over.",
  watch: (report) => {
    const screens = new Screens();
    /** Null where nothing is wrong with it. */
    const faultOf = (decided: AttemptDecided): Fault | null => {
      const screen = screens.open.get(decided.attemptId);
      if (screen === undefined) {
        return screens.isWhole ? { says: "a lead that was on no screen was called by a press", facts: {} } : null;
      }
      const { shown, press } = screen;
      const isAsShown =
        shown.leadId === decided.leadId && shown.numberId === decided.numberId && shown.agentId === decided.agentId;
      if (!isAsShown) return { says: "another was called than the one on the screen", facts: { leadId: shown.leadId } };
      if (press === null) return { says: "a lead was called from a screen without a press", facts: {} };
      const isInTime = press.by !== "time" || (shown.auto && press.at >= shown.untilAt);
      return isInTime ? null : { says: "a lead was called by itself before its time", facts: { until: shown.untilAt } };
    };
    return {
      see(entry, scene) {
        if (entry.kind === "engine" && entry.what === "started") screens.begin();
        if (entry.kind === "preview-shown") screens.open.set(entry.attemptId, { shown: entry, press: null });
        if (entry.kind === "preview-ended") screens.open.delete(entry.attemptId);
        if (entry.kind === "preview-pressed") {
          const screen = screens.open.get(entry.attemptId);
          // Whoever presses again presses the same.
          if (screen !== undefined) screen.press ??= entry;
        }
        if (entry.kind !== "attempt-decided") return;
        const { at, attemptId, begunBy, campaignId } = entry;
        const isPreview = scene.campaigns.get(campaignId)?.campaign.mode === "preview";
        if (begunBy === "pacing" && isPreview) {
          report.looked();
          const says = "a campaign that previews called somebody by itself";
          report.breach({ at, attemptId, says, facts: { campaignId } });
        }
        if (begunBy !== "press") return;
        report.looked();
        const fault = faultOf(entry);
        if (fault !== null) report.breach({ at, attemptId, ...fault });
      },
    };
  },
};

export const screensAreCleared: Invariant = {
  says: "An agent looks at one lead at a time, no lead is on two screens or called from elsewhere, and each is taken off again, with what came of it.",
  watch: (report) => {
    const screens = new Screens();
    const decided = new Set<AttemptId>();
    const find = (is: (screen: Screen) => boolean): Screen | null => {
      for (const screen of screens.open.values()) if (is(screen)) return screen;
      return null;
    };
    const told = (at: Instant, attemptId: AttemptId, says: string, facts: Breach["facts"]): void => {
      report.breach({ at, attemptId, says, facts });
    };
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") screens.begin();
        if (entry.kind === "preview-shown") {
          report.looked();
          const { at, attemptId, agentId, leadId } = entry;
          const twice = find(({ shown }) => shown.agentId === agentId || shown.leadId === leadId)?.shown ?? null;
          if (twice !== null) told(at, attemptId, saysTwice(twice, agentId, leadId), { first: twice.attemptId });
          screens.open.set(attemptId, { shown: entry, press: null });
        }
        if (entry.kind === "attempt-decided") {
          const { at, attemptId, leadId } = entry;
          const screen = find(({ shown }) => shown.leadId === leadId && shown.attemptId !== attemptId);
          if (screen !== null) told(at, attemptId, "a lead was called while it was on a screen", { leadId });
          if (screens.open.has(attemptId)) decided.add(attemptId);
        }
        if (entry.kind !== "preview-ended") return;
        const { at, attemptId, end } = entry;
        const isKnown = screens.open.delete(attemptId);
        const isDecided = decided.delete(attemptId);
        if (isKnown && end === "dialled" && !isDecided)
          told(at, attemptId, "a lead is said to be called that was not", {});
        if (isKnown && isDecided && end.startsWith("preview-"))
          told(at, attemptId, "a lead is said to be skipped that was called", { end });
      },
      finish(scene) {
        if (!scene.isStopped || !scene.isDraining) return;
        for (const { attemptId, agentId } of [...screens.open.values()].map(({ shown }) => shown))
          told(scene.now, attemptId, "a lead was never taken off a screen", { agentId });
      },
    };
  },
};

const saysTwice = (first: PreviewShown, agentId: AgentId, leadId: LeadId): string =>
  first.leadId === leadId && first.agentId !== agentId
    ? "a lead was on two screens at once"
    : "an agent was shown two leads at once";
