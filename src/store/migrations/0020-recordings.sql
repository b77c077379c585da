-- Recordings of conversations: what each campaign wants, what there is, and the gaps in it while a card was paid with.

-- unless column campaign.record_pause_max_ms
alter table campaign
  add column record varchar(8) character set ascii collate ascii_bin not null default 'off',
  add column record_percent tinyint unsigned not null default 100,
  -- What both hear when a recording begins; a media name that Asterisk knows.
  add column record_announce varchar(200) null,
  add column record_pause_max_ms int unsigned not null default 300000;

create table if not exists recording (
  attempt_id char(36) character set ascii collate ascii_bin not null,
  node_id varchar(40) character set ascii collate ascii_bin not null,
  -- Its name in that node's Asterisk, without .wav; nothing of the person is in it.
  file varchar(190) character set ascii collate ascii_bin not null,
  -- starting, recording, paused, ended, failed
  state varchar(10) character set ascii collate ascii_bin not null,
  started_at datetime(3) not null,
  ended_at datetime(3) null,
  bytes bigint unsigned null,
  sha256 char(64) character set ascii collate ascii_bin null,
  says varchar(500) null,
  -- Its file is to go: somebody was erased, or its time is over. The node that has it removes it.
  erase_wanted_at datetime(3) null,
  erased_at datetime(3) null,
  primary key (attempt_id),
  key recording_open (node_id, ended_at),
  key recording_to_erase (node_id, erased_at, erase_wanted_at),
  constraint recorded_attempt foreign key (attempt_id) references attempt (attempt_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Evidence that no card is in the file: kept when the file is gone.
create table if not exists recording_gap (
  attempt_id char(36) character set ascii collate ascii_bin not null,
  from_at datetime(3) not null,
  until_at datetime(3) null,
  made_by varchar(100) not null,
  -- key, command, time, end
  made_how varchar(8) character set ascii collate ascii_bin not null,
  ended_by varchar(100) null,
  ended_how varchar(8) character set ascii collate ascii_bin null,
  primary key (attempt_id, from_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- What a CRM asks for while a card is paid with: of a call, or of whatever call an agent is in.
create table if not exists crm_recording_command (
  command_id bigint unsigned not null auto_increment,
  -- Columns are wide because strangers fill them in, and each is looked at.
  what varchar(255) null,
  attempt_id varchar(255) null,
  agent varchar(255) null,
  -- From here on ours.
  handed_in_at datetime(3) not null default (utc_timestamp(3)),
  -- new, asked (of the daemon that has the agent), done, refused
  status varchar(8) character set ascii collate ascii_bin not null default 'new',
  code varchar(40) character set ascii collate ascii_bin null,
  says varchar(500) null,
  agent_command_id bigint unsigned null,
  settled_at datetime(3) null,
  primary key (command_id),
  key recording_command_to_settle (status, command_id),
  key recording_command_settled (settled_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create or replace sql security definer view crm_recording as
select
  r.attempt_id,
  a.campaign_id,
  c.name as campaign,
  a.lead_id,
  l.external_key,
  g.name as agent,
  r.node_id as node,
  concat(r.file, '.wav') as file,
  r.state,
  r.started_at,
  r.ended_at,
  r.bytes,
  r.sha256,
  r.says,
  (select count(*) from recording_gap p where p.attempt_id = r.attempt_id) as gaps,
  (select coalesce(sum(timestampdiff(microsecond, p.from_at, coalesce(p.until_at, utc_timestamp(3)))), 0) div 1000
   from recording_gap p where p.attempt_id = r.attempt_id) as gaps_ms,
  r.erase_wanted_at,
  r.erased_at
from recording r
join attempt a on a.attempt_id = r.attempt_id
join campaign c on c.campaign_id = a.campaign_id
join campaign_lead l on l.lead_id = a.lead_id
left join agent g on g.agent_id = a.agent_id;

create or replace sql security definer view crm_recording_gap as
select attempt_id, from_at, until_at, made_by, made_how, ended_by, ended_how from recording_gap;
