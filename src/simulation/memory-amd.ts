/** What the pretend database knows of AMD: labels, and the tests that they make. */
import { AMD_LABELS_DAYS, amdTestId, labelOf } from "../domain/amd-label.ts";
import type { AttemptId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import type { AmdTestOnRecord } from "../engine/ports.ts";
import type { AttemptRow } from "./memory-rows.ts";

interface Label extends Pick<AmdTestOnRecord, "campaignId" | "trunk" | "build"> {
  readonly isPerson: boolean;
  readonly at: Instant;
}

const DAY_MS = 86_400_000;

export class MemoryAmd {
  /** Made before the shift. */
  readonly made: AmdTestOnRecord[] = [];
  readonly #labels = new Map<AttemptId, Label>();

  /** By the agent who got the call; a word that is taken back for another counts as the other. */
  disposed({ order, facts, disposition }: AttemptRow): void {
    const { attemptId, campaignId, trunk, evidence } = order;
    const label = labelOf(facts.verdictAct, disposition?.kind ?? null);
    const build = evidence["amdBuild"];
    if (label === null || disposition === null || typeof build !== "string") return;
    this.#labels.set(attemptId, { campaignId, trunk, build, ...label, at: disposition.at });
  }

  /** Labels of the shift add to what was known before it. */
  get tests(): readonly AmdTestOnRecord[] {
    const byBuild = new Map<string, Label[]>();
    for (const label of this.#labels.values()) {
      const key = JSON.stringify([label.campaignId, label.trunk, label.build]);
      byBuild.set(key, [...(byBuild.get(key) ?? []), label]);
    }
    const counted = [...byBuild.values()].flatMap((labels) => testOf(labels) ?? []);
    const isCounted = (test: AmdTestOnRecord): boolean => counted.some((each) => isSameDetection(each, test));
    const added = counted.map((each) => {
      const before = this.made.find((test) => isSameDetection(each, test))?.test;
      const sampled = each.test.sampled + (before?.sampled ?? 0);
      const humansFound = each.test.humansFound + (before?.humansFound ?? 0);
      const testId = amdTestId(each.campaignId, each.test.testedAt, sampled, humansFound);
      return { ...each, test: { ...each.test, testId, sampled, humansFound } };
    });
    return [...added, ...this.made.filter((test) => !isCounted(test))];
  }
}

const isSameDetection = (one: AmdTestOnRecord, other: AmdTestOnRecord): boolean =>
  one.campaignId === other.campaignId && one.trunk === other.trunk && one.build === other.build;

function testOf(labels: readonly Label[]): AmdTestOnRecord | null {
  const [first] = labels;
  if (first === undefined) return null;
  const testedAt = labels.reduce((latest, { at }) => (at > latest ? at : latest), first.at);
  const young = labels.filter(({ at }) => at > after(testedAt, -AMD_LABELS_DAYS * DAY_MS));
  const [sampled, humansFound] = [young.length, young.filter(({ isPerson }) => isPerson).length];
  const testId = amdTestId(first.campaignId, testedAt, sampled, humansFound);
  const { campaignId, trunk, build } = first;
  return { campaignId, trunk, build, test: { testId, testedAt, sampled, humansFound, labelledBy: "agents" } };
}
