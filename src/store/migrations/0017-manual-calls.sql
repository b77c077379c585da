-- Calls that a CRM or a manager asks for by name: the number, the campaign, and the agent who is to talk.

create table if not exists crm_manual_call (
  manual_id bigint unsigned not null auto_increment,
  -- Columns are wide because strangers fill them in, and each is looked at.
  campaign varchar(255) null,
  agent varchar(255) null,
  -- As people write it.
  number varchar(255) null,
  external_key varchar(500) null,
  lead_id bigint unsigned null,
  name varchar(1000) null,
  time_zone varchar(255) null,
  region varchar(255) null,
  -- From here on ours.
  handed_in_at datetime(3) not null default (utc_timestamp(3)),
  asked_by varchar(100) not null default 'crm',
  -- new, ready (looked at, its lead leased), done, refused
  status varchar(8) character set ascii collate ascii_bin not null default 'new',
  code varchar(40) character set ascii collate ascii_bin null,
  says varchar(500) null,
  campaign_id int unsigned null,
  agent_id int unsigned null,
  number_id bigint unsigned null,
  node_id varchar(40) character set ascii collate ascii_bin null,
  ready_at datetime(3) null,
  attempt_id char(36) character set ascii collate ascii_bin null,
  settled_at datetime(3) null,
  primary key (manual_id),
  key manual_to_settle (status, manual_id),
  key manual_settled (settled_at),
  key manual_of_attempt (attempt_id),
  key manual_of_lead (lead_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
