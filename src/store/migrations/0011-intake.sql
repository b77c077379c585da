-- Imports that can be gone on with after they were cut off, and what CRMs hand in by themselves.

-- One row for each import under way; gone when its list is ready.
create table if not exists list_import (
  list_id int unsigned not null,
  -- SHA-256 over the file and all that was asked for: only the very same import goes on.
  options_hash char(64) character set ascii collate ascii_bin null,
  -- Records of the file that are settled.
  records_done int unsigned not null default 0,
  -- How far its file of refused rows counts; null while there is none.
  rejects_part varchar(1000) null,
  rejects_bytes bigint unsigned not null default 0,
  -- Counts so far.
  account json not null,
  began_at datetime(3) not null,
  changed_at datetime(3) not null,
  primary key (list_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Rows that change a lead that is there already: done when the whole file has been read, and not before.
create table if not exists list_import_change (
  list_id int unsigned not null,
  line int unsigned not null,
  lead_id bigint unsigned not null,
  lead_row json not null,
  primary key (list_id, line)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Locked by whoever adds leads to the campaign, while it looks for duplicates and adds: of two, the second sees the
-- first one's.
create table if not exists import_gate (
  campaign_id int unsigned not null,
  primary key (campaign_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- What a CRM wants done, one row each; columns are wide because strangers fill them in, and each is looked at.
create table if not exists crm_intake (
  intake_id bigint unsigned not null auto_increment,
  -- add, update, withdraw, suppress, callback
  action varchar(64) not null,
  campaign varchar(255) null,
  external_key varchar(500) null,
  lead_id bigint unsigned null,
  name varchar(1000) null,
  -- A number as people write it, or JSON: ["…"], or [{"number": "…", "kind": "mobile"}].
  numbers mediumtext null,
  -- JSON object.
  attributes mediumtext null,
  time_zone varchar(255) null,
  region varchar(255) null,
  priority varchar(64) null,
  -- Of a callback, in UTC.
  due_at datetime(3) null,
  until_at datetime(3) null,
  agent varchar(255) null,
  fallback varchar(64) null,
  reason varchar(500) null,
  note varchar(1000) null,
  -- From here on ours.
  handed_in_at datetime(3) not null default (utc_timestamp(3)),
  -- new, done, refused
  status varchar(8) character set ascii collate ascii_bin not null default 'new',
  code varchar(40) character set ascii collate ascii_bin null,
  says varchar(500) null,
  callback_id bigint unsigned null,
  settled_at datetime(3) null,
  primary key (intake_id),
  key intake_to_settle (status, intake_id),
  key intake_settled (settled_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
