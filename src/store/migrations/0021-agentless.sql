-- Campaigns without agents: the call flow that each carries out, and what its calls came to.

-- unless column campaign.flow_id
alter table campaign
  add column flow_id int unsigned null;

-- unless column attempt.agent_waited_ms
alter table attempt
  -- How long somebody waited in vain for an agent whom they had asked for.
  add column agent_waited_ms int unsigned null;

-- What the person said with their keys, by the names that the flow gives it. No number, and no name.
create table if not exists flow_result (
  attempt_id char(36) character set ascii collate ascii_bin not null,
  flow_id int unsigned not null,
  name varchar(64) not null,
  value varchar(255) not null,
  noted_at datetime(3) not null,
  primary key (attempt_id, name),
  key flow_result_by_time (noted_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create or replace sql security definer view crm_flow_result as
select
  r.attempt_id,
  a.campaign_id,
  c.name as campaign,
  l.list_id,
  a.lead_id,
  l.external_key,
  a.e164 as number,
  f.name as flow,
  f.version as flow_version,
  r.name as result,
  r.value,
  r.noted_at,
  a.answered_at,
  a.outcome
from flow_result r
join attempt a on a.attempt_id = r.attempt_id
join campaign c on c.campaign_id = a.campaign_id
join campaign_lead l on l.lead_id = a.lead_id
left join flow f on f.flow_id = r.flow_id;
