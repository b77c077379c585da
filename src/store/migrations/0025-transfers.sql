-- People whom agents pass on, and supervisors who listen.

-- One row for each time that somebody was passed on, or was to be.
create table if not exists transfer (
  attempt_id char(36) character set ascii collate ascii_bin not null,
  begun_at datetime(3) not null,
  -- blind, consulted
  kind varchar(12) character set ascii collate ascii_bin not null,
  -- Who passed them on.
  agent_id int unsigned not null,
  -- key, command
  asked_by varchar(12) character set ascii collate ascii_bin not null,
  -- To whom: an agent, or a number outside.
  to_agent_id int unsigned null,
  to_number varchar(16) character set ascii collate ascii_bin null,
  -- The two agents could talk, or the number answered.
  met_at datetime(3) null,
  -- All three could talk.
  together_at datetime(3) null,
  ended_at datetime(3) null,
  -- handed-over, taken-back, refused, left, came-back, no-answer, another-agent, message, they-left, hung-up
  ended_as varchar(20) character set ascii collate ascii_bin null,
  primary key (attempt_id, begun_at),
  key transfer_of_agent (agent_id, begun_at),
  key transfer_to_agent (to_agent_id, begun_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Who listened to whom: one row for each call and each way of it. Evidence, and nothing of what was said.
create table if not exists supervision (
  supervisor_id int unsigned not null,
  begun_at datetime(3) not null,
  attempt_id char(36) character set ascii collate ascii_bin not null,
  agent_id int unsigned not null,
  -- listen, whisper, join
  mode varchar(8) character set ascii collate ascii_bin not null,
  ended_at datetime(3) null,
  -- call-over, stopped, mode-changed, supervisor-left, failed
  ended_as varchar(20) character set ascii collate ascii_bin null,
  primary key (supervisor_id, begun_at),
  key supervision_of_agent (agent_id, begun_at),
  key supervision_of_attempt (attempt_id, begun_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create or replace sql security definer view crm_transfer as
select
  t.attempt_id,
  a.campaign_id,
  c.name as campaign,
  a.lead_id,
  g.name as agent,
  o.name as to_agent,
  t.to_number,
  t.kind,
  t.asked_by,
  t.begun_at,
  t.met_at,
  t.together_at,
  coalesce(t.ended_at, a.ended_at) as ended_at,
  t.ended_as
from transfer t
join attempt a on a.attempt_id = t.attempt_id
join campaign c on c.campaign_id = a.campaign_id
join agent g on g.agent_id = t.agent_id
left join agent o on o.agent_id = t.to_agent_id;

create or replace sql security definer view crm_supervision as
select
  s.attempt_id,
  a.campaign_id,
  c.name as campaign,
  v.name as supervisor,
  g.name as agent,
  s.mode,
  s.begun_at,
  coalesce(s.ended_at, a.ended_at) as ended_at,
  s.ended_as
from supervision s
join attempt a on a.attempt_id = s.attempt_id
join campaign c on c.campaign_id = a.campaign_id
join agent v on v.agent_id = s.supervisor_id
join agent g on g.agent_id = s.agent_id;

-- What a CRM asks for: whom an agent talks to goes to somebody else.
create table if not exists crm_transfer_command (
  command_id bigint unsigned not null auto_increment,
  -- Columns are wide because strangers fill them in, and each is looked at.
  what varchar(255) null,
  attempt_id varchar(255) null,
  agent varchar(255) null,
  to_agent varchar(255) null,
  to_campaign varchar(255) null,
  to_number varchar(255) null,
  -- From here on ours.
  handed_in_at datetime(3) not null default (utc_timestamp(3)),
  -- new, asked (of the daemon that has the agent), done, refused
  status varchar(8) character set ascii collate ascii_bin not null default 'new',
  code varchar(40) character set ascii collate ascii_bin null,
  says varchar(500) null,
  agent_command_id bigint unsigned null,
  settled_at datetime(3) null,
  primary key (command_id),
  key transfer_command_to_settle (status, command_id),
  key transfer_command_settled (settled_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
