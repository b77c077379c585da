-- People who ring the number that they were called from.

-- unless column campaign.return_calls
alter table campaign
  -- JSON: whether an agent is sought for them, and how long they wait for one.
  add column return_calls json null;

update campaign set return_calls = '{"mode": "agent", "waitMs": 15000}' where return_calls is null;

-- One row for each. No attempt: nobody was dialled, and no cap and no abandon account counts it.
create table if not exists return_call (
  return_id char(36) character set ascii collate ascii_bin not null,
  node_id varchar(40) character set ascii collate ascii_bin not null,
  -- As Asterisk calls it: by it the next process finds who is on the line still.
  leg_id varchar(150) collate utf8mb4_bin not null,
  arrived_at datetime(3) not null,
  -- The number that was rung; null where it is none of ours.
  cli_number varchar(16) character set ascii collate ascii_bin null,
  -- E.164, or its keyed hash where the site keeps one; null where it was withheld, '' where it was forgotten.
  caller varchar(64) character set ascii collate ascii_bin null,
  -- Whose call it is, as far as that is known: the latest attempt to that number from this one.
  campaign_id int unsigned null,
  lead_id bigint unsigned null,
  attempt_id char(36) character set ascii collate ascii_bin null,
  last_agent_id int unsigned null,
  -- When the lead was due before, and until when nobody dials it meanwhile.
  lead_due_at datetime(3) null,
  lead_held_until datetime(3) null,
  -- Who talked with them.
  agent_id int unsigned null,
  -- To the agent, or to the beginning of the message.
  waited_ms int unsigned null,
  connected_at datetime(3) null,
  -- campaign, builtIn
  message varchar(8) character set ascii collate ascii_bin null,
  opted_out tinyint unsigned not null default 0,
  ended_at datetime(3) null,
  outcome varchar(16) character set ascii collate ascii_bin null,
  -- caller, agent, us, unknown
  ended_by varchar(8) character set ascii collate ascii_bin null,
  disposition varchar(64) null,
  disposition_kind varchar(32) character set ascii collate ascii_bin null,
  disposed_by int unsigned null,
  disposed_at datetime(3) null,
  erased_at datetime(3) null,
  primary key (return_id),
  key return_open (node_id, ended_at),
  key return_by_time (arrived_at, campaign_id),
  key return_of_lead (lead_id, arrived_at),
  key return_from (caller, arrived_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create or replace sql security definer view crm_return_call as
select
  r.return_id,
  r.arrived_at,
  r.cli_number,
  nullif(r.caller, '') as number,
  r.campaign_id,
  c.name as campaign,
  r.lead_id,
  l.external_key,
  l.name as lead_name,
  r.attempt_id,
  g.name as agent,
  t.name as last_agent,
  r.waited_ms,
  r.connected_at,
  r.message,
  r.opted_out,
  r.ended_at,
  r.outcome,
  r.ended_by,
  timestampdiff(second, r.connected_at, r.ended_at) as talk_seconds,
  r.disposition,
  r.disposition_kind,
  r.node_id as node
from return_call r
left join campaign c on c.campaign_id = r.campaign_id
left join campaign_lead l on l.lead_id = r.lead_id
left join agent g on g.agent_id = r.agent_id
left join agent t on t.agent_id = r.last_agent_id;

-- What each agent has before them now; since here also whoever has called back.
create or replace sql security definer view crm_screen as
select
  g.name as agent,
  g.endpoint as agent_endpoint,
  'preview' as stage,
  p.attempt_id,
  p.campaign_id,
  c.name as campaign,
  p.lead_id,
  l.external_key,
  l.name as lead_name,
  n.e164 as number,
  n.number_type,
  l.attributes,
  (
    select json_arrayagg(json_object(
      'attempt_id', h.attempt_id, 'number', h.e164, 'at', date_format(h.decided_at, '%Y-%m-%d %H:%i:%s'),
      'outcome', h.outcome, 'disposition', h.disposition, 'talk_seconds',
      timestampdiff(second, h.connected_at, h.ended_at)))
    from attempt h where h.lead_id = p.lead_id and h.state = 'ended'
  ) as history,
  b.note as callback_note,
  json_extract(c.preview, '$.skips') as skips,
  p.shown_at as since,
  p.until_at,
  cast(p.auto as unsigned) as dials_itself,
  p.node_id as node
from agent_live v
join preview p on p.attempt_id = v.attempt_id and p.ended_at is null
join agent g on g.agent_id = v.agent_id
join campaign c on c.campaign_id = p.campaign_id
join campaign_lead l on l.lead_id = p.lead_id
left join lead_number n on n.number_id = p.number_id
left join callback b on b.callback_id = p.callback_id
where v.state = 'previewing'
union all
select
  g.name,
  g.endpoint,
  case v.state when 'reserved' then 'calling' when 'onCall' then 'talking' else 'wrap-up' end,
  a.attempt_id,
  a.campaign_id,
  c.name,
  a.lead_id,
  l.external_key,
  l.name,
  a.e164,
  n.number_type,
  l.attributes,
  (
    select json_arrayagg(json_object(
      'attempt_id', h.attempt_id, 'number', h.e164, 'at', date_format(h.decided_at, '%Y-%m-%d %H:%i:%s'),
      'outcome', h.outcome, 'disposition', h.disposition, 'talk_seconds',
      timestampdiff(second, h.connected_at, h.ended_at)))
    from attempt h where h.lead_id = a.lead_id and h.state = 'ended' and h.attempt_id <> a.attempt_id
  ),
  b.note,
  null,
  v.since,
  cast(null as datetime(3)),
  cast(null as unsigned),
  v.node_id
from agent_live v
join attempt a on a.attempt_id = v.attempt_id
join agent g on g.agent_id = v.agent_id
join campaign c on c.campaign_id = a.campaign_id
join campaign_lead l on l.lead_id = a.lead_id
left join lead_number n on n.number_id = a.number_id
left join callback b on b.callback_id = a.callback_id
where v.state in ('reserved', 'onCall', 'wrapUp')
union all
select
  g.name,
  g.endpoint,
  case v.state when 'reserved' then 'calling-back' when 'onCall' then 'talking' else 'wrap-up' end,
  r.attempt_id,
  r.campaign_id,
  c.name,
  r.lead_id,
  l.external_key,
  l.name,
  nullif(r.caller, ''),
  n.number_type,
  l.attributes,
  (
    select json_arrayagg(json_object(
      'attempt_id', h.attempt_id, 'number', h.e164, 'at', date_format(h.decided_at, '%Y-%m-%d %H:%i:%s'),
      'outcome', h.outcome, 'disposition', h.disposition, 'talk_seconds',
      timestampdiff(second, h.connected_at, h.ended_at)))
    from attempt h where h.lead_id = r.lead_id and h.state = 'ended'
  ),
  null,
  null,
  v.since,
  cast(null as datetime(3)),
  cast(null as unsigned),
  v.node_id
from agent_live v
join return_call r on r.return_id = v.attempt_id
join agent g on g.agent_id = v.agent_id
join campaign c on c.campaign_id = r.campaign_id
join campaign_lead l on l.lead_id = r.lead_id
left join attempt a on a.attempt_id = r.attempt_id
left join lead_number n on n.number_id = a.number_id
where v.state in ('reserved', 'onCall', 'wrapUp');
