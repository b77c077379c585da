/** What compliance asks beside leads and profiles: small tables, read whole, as often as desired state. */
import type { ApprovedMessage, KillSwitch, OwnedCliNumber, RegisterState } from "../domain/number-facts.ts";
import { amdTestId } from "../domain/amd-label.ts";
import { campaignId } from "../domain/ids.ts";
import type { AmdTestOnRecord, ComplianceState } from "../engine/ports.ts";
import type { Queryable } from "./database.ts";
import { instantOf, instantOrNull } from "./rows.ts";

/** Of no node in particular; who opted out is each node's own. */
export const readComplianceState = async (db: Queryable): Promise<Omit<ComplianceState, "optedOut">> => ({
  killSwitch: await killSwitch(db),
  messages: await messages(db),
  cliNumbers: await cliNumbers(db),
  registers: await registersInForce(db),
  amdTests: await amdTests(db),
});

const amdTests = async (db: Queryable): Promise<AmdTestOnRecord[]> => {
  const rows = await db.rows<{
    campaign_id: number;
    trunk: string;
    build: string;
    samples: number;
    humans_found: number;
    labelled_by: string;
    tested_at: Date;
  }>(
    "select campaign_id, trunk, build, samples, humans_found, labelled_by, tested_at from amd_test order by campaign_id, trunk, build",
  );
  return rows.map(({ campaign_id, trunk, build, samples, humans_found, labelled_by, tested_at }) => {
    const testedAt = instantOf(tested_at);
    const testId = amdTestId(campaign_id, testedAt, samples, humans_found);
    const test = { testId, testedAt, sampled: samples, humansFound: humans_found, labelledBy: labelled_by };
    return { campaignId: campaignId(campaign_id), trunk, build, test };
  });
};

const killSwitch = async (db: Queryable): Promise<KillSwitch | null> => {
  const [row] = await db.rows<{ since: Date; set_by: string; because: string }>(
    "select since, set_by, because from kill_switch where id = 1",
  );
  return row === undefined ? null : { since: instantOf(row.since), by: row.set_by, because: row.because };
};

const messages = async (db: Queryable): Promise<ApprovedMessage[]> => {
  const rows = await db.rows<{
    media: string;
    sha256: string;
    transcript: string;
    principal: string;
    contact_number: string;
    says_purpose: number;
    offers_key_opt_out: number;
    approved_by: string | null;
    approved_at: Date | null;
  }>(
    `select media, sha256, transcript, principal, contact_number, says_purpose, offers_key_opt_out, approved_by,
       approved_at
     from information_message order by media`,
  );
  return rows.map((row) => ({
    media: row.media,
    sha256: row.sha256,
    transcript: row.transcript,
    principal: row.principal,
    contactNumber: row.contact_number,
    saysPurpose: row.says_purpose === 1,
    offersKeyOptOut: row.offers_key_opt_out === 1,
    approvedBy: row.approved_by,
    approvedAt: instantOrNull(row.approved_at),
  }));
};

const cliNumbers = async (db: Queryable): Promise<OwnedCliNumber[]> => {
  const rows = await db.rows<{ cli_number: string; trunk: string; proof: string; added_at: Date }>(
    "select cli_number, trunk, proof, added_at from cli_number order by cli_number, trunk",
  );
  return rows.map((row) => ({
    cliNumber: row.cli_number,
    trunk: row.trunk,
    proof: row.proof,
    addedAt: instantOf(row.added_at),
  }));
};

const registersInForce = async (db: Queryable): Promise<RegisterState[]> => {
  const rows = await db.rows<{ name: string; file_date: Date; loaded_at: Date; numbers: number; sha256: string }>(
    `select r.name, f.file_date, f.loaded_at, f.numbers, f.sha256
     from register r join register_file f on f.file_id = r.file_id
     order by r.name`,
  );
  return rows.map((row) => ({
    name: row.name,
    fileDate: instantOf(row.file_date),
    loadedAt: instantOf(row.loaded_at),
    numbers: row.numbers,
    sha256: row.sha256,
  }));
};
