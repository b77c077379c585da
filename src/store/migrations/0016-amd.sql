-- Answering-machine detection: what each campaign wants of it, what it said of each call, and what people found who
-- listened to a sample of those it had taken for machines.

-- unless column campaign.amd_sample_percent
alter table campaign
  add column amd varchar(8) character set ascii collate ascii_bin not null default 'off',
  add column on_machine varchar(8) character set ascii collate ascii_bin not null default 'hang-up',
  -- What is left on a machine; a media name that Asterisk knows.
  add column voicemail_message varchar(200) null,
  add column amd_sample_percent tinyint unsigned not null default 5;

-- unless column attempt.verdict_act
alter table attempt
  modify column message_choice varchar(12) character set ascii collate ascii_bin null,
  add column verdict varchar(8) character set ascii collate ascii_bin null,
  add column verdict_at datetime(3) null,
  add column verdict_asterisk_at datetime(3) null,
  -- In the detector's own words.
  add column verdict_cause varchar(64) null,
  -- What followed: served, sampled, learning, dropped.
  add column verdict_act varchar(8) character set ascii collate ascii_bin null;

-- What somebody heard who listened to a call that was taken for a machine. No number, and nothing of the person.
create table if not exists amd_label (
  attempt_id char(36) character set ascii collate ascii_bin not null,
  campaign_id int unsigned not null,
  trunk varchar(64) not null,
  -- The kind of detection and its parameters: another one needs another test.
  build varchar(190) character set ascii collate ascii_bin not null,
  is_person tinyint not null,
  -- `disposition` by the agent who got the call, `review` by somebody afterwards, whose word counts.
  source varchar(12) character set ascii collate ascii_bin not null,
  labelled_by varchar(100) not null,
  labelled_at datetime(3) not null,
  primary key (attempt_id),
  key amd_label_of_build (campaign_id, trunk, build, labelled_at, is_person)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- The labels of thirty days, counted anew with each of them: small, and read as often as desired state.
create table if not exists amd_test (
  campaign_id int unsigned not null,
  trunk varchar(64) not null,
  build varchar(190) character set ascii collate ascii_bin not null,
  samples int unsigned not null,
  humans_found int unsigned not null,
  -- Upper end of the two-sided Wilson 95 % interval of humans among them, in parts per million.
  upper_per_million int unsigned not null,
  labelled_by varchar(100) not null,
  tested_at datetime(3) not null,
  primary key (campaign_id, trunk, build)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create or replace sql security definer view crm_attempt as
select
  a.attempt_id,
  a.campaign_id,
  c.name as campaign,
  l.list_id,
  s.name as list,
  a.lead_id,
  l.external_key,
  l.name as lead_name,
  a.e164 as number,
  n.number_type,
  a.cli_number,
  a.trunk,
  a.node_id as node,
  g.name as agent,
  a.state,
  a.outcome,
  a.live_voice as answered_by_person,
  a.counts_as_attempt,
  a.disposition,
  a.disposition_kind,
  a.disposed_at,
  a.decided_at,
  a.placed_at,
  a.progress_at,
  a.ringing_at,
  a.answered_at,
  a.connected_at,
  a.message_at,
  a.ended_at,
  timestampdiff(microsecond, a.answered_at, a.connected_at) div 1000 as answer_to_connect_ms,
  timestampdiff(microsecond, a.connected_at, a.ended_at) div 1000 as talk_ms,
  a.message,
  a.ended_by,
  a.end_reason,
  a.cause,
  a.sip,
  a.sip_call_id,
  a.principal,
  a.profile,
  a.speech_started_at,
  a.greeting_ended_at,
  a.message_choice,
  a.verdict,
  a.verdict_at,
  a.verdict_cause,
  a.verdict_act
from attempt a
join campaign c on c.campaign_id = a.campaign_id
join campaign_lead l on l.lead_id = a.lead_id
join list s on s.list_id = l.list_id
join lead_number n on n.number_id = a.number_id
left join agent g on g.agent_id = a.agent_id;
