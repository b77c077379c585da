-- The abandon account, and what compliance asks before a number is dialled.

-- One row for each number that a principal calls: what holds for it, and what two nodes lock before either dials it.
create table if not exists number_rule (
  principal varchar(100) not null,
  e164 varchar(72) character set ascii collate ascii_bin not null,
  -- After an abandoned call or a machine verdict: until then only with a guaranteed agent.
  guaranteed_only_until datetime(3) null,
  because varchar(32) character set ascii collate ascii_bin null,
  attempt_id char(36) character set ascii collate ascii_bin null,
  changed_at datetime(3) not null,
  primary key (principal, e164)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Counts and never rates. Each node has rows of its own, so that no node waits for another to count.
create table if not exists abandon_account (
  campaign_id int unsigned not null,
  -- Of the profile's zone.
  day date not null,
  centre varchar(64) collate utf8mb4_bin not null,
  node_id varchar(40) character set ascii collate ascii_bin not null,
  entry varchar(24) character set ascii collate ascii_bin not null,
  calls int unsigned not null default 0,
  primary key (campaign_id, day, centre, node_id, entry),
  key account_of_centre (centre, day)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Locked by whoever overdials a campaign, so that no two spend the same credit.
create table if not exists abandon_gate (
  campaign_id int unsigned not null,
  primary key (campaign_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists alarm (
  alarm_id bigint unsigned not null auto_increment,
  campaign_id int unsigned null,
  -- The campaign, or 0 for none: null is never equal to null in a unique key.
  campaign_key int unsigned not null default 0,
  code varchar(32) character set ascii collate ascii_bin not null,
  hour datetime not null,
  -- As it was said first, and of the attempt it was said of first.
  says varchar(500) not null,
  attempt_id char(36) character set ascii collate ascii_bin null,
  first_at datetime(3) not null,
  last_at datetime(3) not null,
  times int unsigned not null default 1,
  seen_at datetime(3) null,
  seen_by varchar(100) null,
  primary key (alarm_id),
  unique key alarm_of_hour (campaign_key, code, hour),
  key alarm_unseen (seen_at, last_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- While its row is there, nothing is placed anywhere.
create table if not exists kill_switch (
  id tinyint unsigned not null,
  since datetime(3) not null,
  set_by varchar(100) not null,
  because varchar(500) not null,
  primary key (id),
  constraint kill_switch_is_one check (id = 1)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists information_message (
  -- As campaigns name it.
  media varchar(200) collate utf8mb4_bin not null,
  sha256 char(64) character set ascii collate ascii_bin not null,
  transcript text not null,
  principal varchar(100) not null,
  -- E.164, for objecting to further calls.
  contact_number varchar(16) character set ascii collate ascii_bin not null,
  says_purpose tinyint not null default 0,
  offers_key_opt_out tinyint not null default 0,
  added_by varchar(100) not null,
  added_at datetime(3) not null,
  approved_by varchar(100) null,
  approved_at datetime(3) null,
  primary key (media)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- What may be presented on a trunk, and why it is ours.
create table if not exists cli_number (
  cli_number varchar(16) character set ascii collate ascii_bin not null,
  trunk varchar(64) not null,
  proof varchar(500) not null,
  added_by varchar(100) not null,
  added_at datetime(3) not null,
  primary key (cli_number, trunk)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Do-not-call registers. A file is loaded beside the one in force; naming the new one here is the whole switch.
create table if not exists register (
  name varchar(32) character set ascii collate ascii_bin not null,
  -- Null while none was ever loaded whole.
  file_id int unsigned null,
  primary key (name)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists register_file (
  file_id int unsigned not null auto_increment,
  name varchar(32) character set ascii collate ascii_bin not null,
  file_name varchar(255) not null,
  sha256 char(64) character set ascii collate ascii_bin not null,
  -- The date that the register's keeper gives it; its age counts from here.
  file_date datetime(3) not null,
  loaded_at datetime(3) not null,
  loaded_by varchar(100) not null,
  numbers int unsigned not null default 0,
  state varchar(8) character set ascii collate ascii_bin not null,
  primary key (file_id),
  key register_file_by_name (name, state),
  constraint register_file_state check (state in ('loading', 'ready', 'retired'))
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Millions of rows, so without a foreign key.
create table if not exists register_number (
  file_id int unsigned not null,
  number_key varchar(72) character set ascii collate ascii_bin not null,
  primary key (file_id, number_key)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists erasure (
  erasure_id bigint unsigned not null auto_increment,
  at datetime(3) not null,
  asked_by varchar(100) not null,
  because varchar(200) not null,
  -- Never a number in the clear.
  subject_key varchar(72) character set ascii collate ascii_bin not null,
  leads int unsigned not null default 0,
  numbers int unsigned not null default 0,
  attempts int unsigned not null default 0,
  primary key (erasure_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Append only: one chain of hashes over the whole table, in the order of row_id, so that a later change shows.
create table if not exists compliance_day (
  row_id bigint unsigned not null auto_increment,
  -- Null for the centre as a whole.
  campaign_id int unsigned null,
  -- Null for the campaign across centres.
  centre varchar(64) collate utf8mb4_bin null,
  -- Both in one word: null is never equal to null in a unique key.
  scope_key varchar(96) collate utf8mb4_bin not null,
  day date not null,
  -- 0 for the first, then corrections.
  sequence smallint unsigned not null,
  formula varchar(16) character set ascii collate ascii_bin not null,
  formula_version smallint unsigned not null,
  profile varchar(32) character set ascii collate ascii_bin not null,
  profile_version char(16) character set ascii collate ascii_bin not null,
  -- JSON, kept as text: it is hashed as it stands, and one of the servers would put the keys in another order.
  inputs mediumtext not null,
  previous_hash char(64) character set ascii collate ascii_bin not null,
  hash char(64) character set ascii collate ascii_bin not null,
  written_at datetime(3) not null,
  written_by varchar(100) not null,
  primary key (row_id),
  unique key compliance_day_of_scope (scope_key, day, sequence),
  -- One row follows another, and no two the same one.
  unique key compliance_day_after (previous_hash)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
