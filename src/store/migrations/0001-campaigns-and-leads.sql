-- Campaigns, and the people to reach.
--
-- In every table: instants are datetime(3) in UTC; words of a closed set are text, checked where a stray value would
-- hurt; a statement may be repeated, because a server may stop between doing one and our noting it.

create table if not exists node (
  node_id varchar(40) character set ascii collate ascii_bin not null,
  -- Which process is the daemon of this name, until when.
  holder varchar(100) collate utf8mb4_bin null,
  held_until datetime(3) null,
  primary key (node_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists campaign (
  campaign_id int unsigned not null auto_increment,
  name varchar(64) not null,
  mode varchar(16) character set ascii collate ascii_bin not null,
  desired_state varchar(8) character set ascii collate ascii_bin not null,
  -- A name in each node's configuration, so text.
  trunk varchar(64) not null,
  cli_number varchar(16) character set ascii collate ascii_bin not null,
  ring_timeout_ms int unsigned not null,
  connect_timeout_ms int unsigned not null,
  connect_safety_margin_ms int unsigned not null,
  information_message varchar(200) not null,
  wrap_up_ms int unsigned not null,
  talk_max_ms int unsigned not null,
  lines_max smallint unsigned null,
  -- Read and written whole, and checked by the program.
  calling_hours json not null,
  redial json not null,
  dispositions json not null,
  added_at datetime(3) not null,
  changed_at datetime(3) not null,
  changed_by varchar(100) not null,
  primary key (campaign_id),
  unique key campaign_by_name (name),
  constraint campaign_state check (desired_state in ('running', 'paused', 'stopped'))
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists list (
  list_id int unsigned not null auto_increment,
  campaign_id int unsigned not null,
  name varchar(100) not null,
  -- Where it came from.
  file_name varchar(255) null,
  file_hash char(64) character set ascii collate ascii_bin null,
  imported_by varchar(100) not null,
  imported_at datetime(3) not null,
  default_time_zone varchar(64) null,
  -- 'loading' has no leads that anyone can see; one that stays so was cut off, and the next import removes it.
  state varchar(8) character set ascii collate ascii_bin not null,
  rows_read int unsigned not null default 0,
  rows_rejected int unsigned not null default 0,
  rows_duplicate int unsigned not null default 0,
  leads_loaded int unsigned not null default 0,
  numbers_loaded int unsigned not null default 0,
  primary key (list_id),
  unique key list_of_campaign (list_id, campaign_id),
  unique key list_by_name (campaign_id, name),
  key list_by_hash (campaign_id, file_hash),
  constraint list_has_campaign foreign key (campaign_id) references campaign (campaign_id),
  constraint list_state check (state in ('loading', 'ready'))
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Not named "lead": that word is reserved in MySQL 8.0.
create table if not exists campaign_lead (
  lead_id bigint unsigned not null auto_increment,
  list_id int unsigned not null,
  -- The list's own, repeated for the index below. Checked through the list and not by a key to campaign: that one
  -- would keep the campaign's row locked, and the manager waiting, for as long as an import takes.
  campaign_id int unsigned not null,
  -- In the file it came from.
  line int unsigned not null,
  external_key varchar(191) collate utf8mb4_bin null,
  name varchar(200) null,
  attributes json not null,
  priority tinyint unsigned not null default 0,
  state varchar(8) character set ascii collate ascii_bin not null,
  -- Of the last verdict that gave one.
  reason varchar(64) null,
  due_at datetime(3) not null,
  lease_node varchar(40) character set ascii collate ascii_bin null,
  lease_until datetime(3) null,
  attempts_counted smallint unsigned not null default 0,
  carrier_tries smallint unsigned not null default 0,
  last_retry_class varchar(16) character set ascii collate ascii_bin null,
  last_retry_class_count smallint unsigned not null default 0,
  last_attempt_id char(36) character set ascii collate ascii_bin null,
  changed_at datetime(3) not null,
  primary key (lead_id),
  unique key lead_of_list (list_id, campaign_id, line),
  -- What a claim walks along; see claim-leads.ts. The list is there for counting.
  key lead_by_due (campaign_id, state, priority, due_at, lead_id, list_id),
  key lead_by_external_key (campaign_id, external_key),
  constraint lead_has_list foreign key (list_id, campaign_id) references list (list_id, campaign_id),
  constraint lead_state check (state in ('ready', 'leased', 'dialling', 'held', 'done'))
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists lead_number (
  number_id bigint unsigned not null auto_increment,
  lead_id bigint unsigned not null,
  campaign_id int unsigned not null,
  -- The one to try first is 1.
  position tinyint unsigned not null,
  e164 varchar(16) character set ascii collate ascii_bin not null,
  number_type varchar(24) character set ascii collate ascii_bin not null,
  time_zone varchar(64) null,
  -- For this lead only, such as another person's number; what holds for the number itself is in number_status.
  permanent_outcome varchar(32) character set ascii collate ascii_bin null,
  primary key (number_id),
  unique key number_of_lead (lead_id, position),
  key number_in_campaign (campaign_id, e164),
  constraint number_has_lead foreign key (lead_id) references campaign_lead (lead_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Numbers taken out for good. They stay out when they are imported again.
create table if not exists number_status (
  e164 varchar(16) character set ascii collate ascii_bin not null,
  permanent_outcome varchar(32) character set ascii collate ascii_bin not null,
  since datetime(3) not null,
  attempt_id char(36) character set ascii collate ascii_bin null,
  primary key (e164)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists suppression (
  e164 varchar(16) character set ascii collate ascii_bin not null,
  reason varchar(64) not null,
  source varchar(200) not null,
  added_at datetime(3) not null,
  primary key (e164)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
