-- Attempts: one decision to dial one number for one lead. Every instant is kept twice, by our clock and by Asterisk's.

create table if not exists attempt (
  attempt_id char(36) character set ascii collate ascii_bin not null,
  node_id varchar(40) character set ascii collate ascii_bin not null,
  campaign_id int unsigned not null,
  lead_id bigint unsigned not null,
  number_id bigint unsigned not null,
  -- What was dialled, whatever becomes of the number's row.
  e164 varchar(16) character set ascii collate ascii_bin not null,
  cli_number varchar(16) character set ascii collate ascii_bin not null,
  trunk varchar(64) not null,
  -- Reserved first, or promised last, or who talked.
  agent_id int unsigned null,
  -- Reserved before placing, if anybody was.
  reserved_agent_id int unsigned null,
  decided_at datetime(3) not null,
  -- The hour of decided_at, for counting by hour along an index.
  decided_hour datetime not null,
  -- What the compliance check saw.
  evidence json not null,

  state varchar(12) character set ascii collate ascii_bin not null,
  placed_at datetime(3) null,
  placed_asterisk_at datetime(3) null,
  ringing varchar(8) character set ascii collate ascii_bin not null default 'none',
  progress_at datetime(3) null,
  progress_asterisk_at datetime(3) null,
  ringing_at datetime(3) null,
  ringing_asterisk_at datetime(3) null,
  answered_at datetime(3) null,
  answered_asterisk_at datetime(3) null,
  connected_at datetime(3) null,
  connected_asterisk_at datetime(3) null,
  message_at datetime(3) null,
  message_asterisk_at datetime(3) null,
  message varchar(8) character set ascii collate ascii_bin not null default 'none',
  ended_at datetime(3) null,
  ended_asterisk_at datetime(3) null,
  ended_by varchar(12) character set ascii collate ascii_bin null,
  end_reason varchar(16) character set ascii collate ascii_bin null,
  place_failure varchar(12) character set ascii collate ascii_bin null,
  cause int null,
  sip int null,
  sip_call_id varchar(255) collate utf8mb4_bin null,
  agent_leg_failed tinyint not null default 0,

  outcome varchar(32) character set ascii collate ascii_bin null,
  -- What the outcome meant when it was given, so that whoever counts asks the row and not the program.
  counts_as_attempt tinyint null,
  live_voice tinyint null,
  permanent tinyint null,
  charges_carrier_health tinyint null,
  retry_class varchar(16) character set ascii collate ascii_bin null,

  disposition varchar(64) null,
  disposition_kind varchar(32) character set ascii collate ascii_bin null,
  disposed_by int unsigned null,
  disposed_at datetime(3) null,

  primary key (attempt_id),
  key attempt_open (node_id, state),
  key attempt_of_lead (lead_id, decided_at),
  key attempt_by_hour (campaign_id, decided_hour, decided_at),
  key attempt_to_number (e164, decided_at),
  key attempt_of_agent (agent_id, decided_at),
  key attempt_of_number (number_id),
  constraint attempt_has_node foreign key (node_id) references node (node_id),
  constraint attempt_has_campaign foreign key (campaign_id) references campaign (campaign_id),
  constraint attempt_has_lead foreign key (lead_id) references campaign_lead (lead_id),
  constraint attempt_has_number foreign key (number_id) references lead_number (number_id),
  constraint attempt_has_agent foreign key (agent_id) references agent (agent_id),
  constraint attempt_end check ((state = 'ended') = (outcome is not null))
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
