-- What agents do during calls: a message left on a machine, a hold.

-- unless column campaign.desk
alter table campaign
  -- JSON: how long somebody may be on hold, the wrap-up after a machine. Null for what holds when nothing is said.
  add column desk json null;

-- unless column attempt.machine_reported_at
alter table attempt
  -- When the agent who talked said that it was a machine, and sent it to the message.
  add column machine_reported_at datetime(3) null,
  add column machine_reported_asterisk_at datetime(3) null;

-- One row for each, and its end when it is over.
create table if not exists desk_work (
  attempt_id char(36) character set ascii collate ascii_bin not null,
  begun_at datetime(3) not null,
  -- voicemail, hold
  kind varchar(12) character set ascii collate ascii_bin not null,
  agent_id int unsigned not null,
  -- key, command
  asked_by varchar(12) character set ascii collate ascii_bin not null,
  ended_at datetime(3) null,
  ended_as varchar(20) character set ascii collate ascii_bin null,
  primary key (attempt_id, begun_at, kind),
  key desk_work_of_agent (agent_id, begun_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create or replace sql security definer view crm_desk as
select
  w.attempt_id,
  a.campaign_id,
  c.name as campaign,
  g.name as agent,
  a.lead_id,
  w.kind,
  w.asked_by,
  w.begun_at,
  coalesce(w.ended_at, a.ended_at) as ended_at,
  w.ended_as,
  timestampdiff(microsecond, w.begun_at, coalesce(w.ended_at, a.ended_at)) div 1000 as lasted_ms
from desk_work w
join attempt a on a.attempt_id = w.attempt_id
join campaign c on c.campaign_id = a.campaign_id
join agent g on g.agent_id = w.agent_id;

create or replace sql security definer view crm_live_call as
select
  a.attempt_id,
  a.campaign_id,
  c.name as campaign,
  g.name as agent,
  g.endpoint as agent_endpoint,
  a.lead_id,
  l.external_key,
  l.name as lead_name,
  a.e164 as number,
  l.attributes,
  a.connected_at as since,
  a.node_id as node,
  a.state <> 'connected' as on_hold
from node o
join attempt a on a.node_id = o.node_id and a.state in ('connected', 'onHold', 'resuming')
join campaign c on c.campaign_id = a.campaign_id
join campaign_lead l on l.lead_id = a.lead_id
left join agent g on g.agent_id = a.agent_id;
