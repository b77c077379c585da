-- Preview dialling: leads on agents' screens before anybody is called.

-- unless column campaign.preview
alter table campaign
  -- JSON: how long a lead is shown, whether it is dialled by itself then, and why it may be skipped.
  add column preview json null;

update campaign set preview = '{"timeMs": 15000, "auto": true, "skipsPerHourMax": null, "skips": [{"key": "1", "code": "not-now", "closes": false}, {"key": "2", "code": "look-up-first", "closes": false}, {"key": "9", "code": "not-for-us", "closes": true}]}'
where preview is null;

-- One row for each lead that came on a screen. Its attempt, if it came to one, has the same id.
create table if not exists preview (
  attempt_id char(36) character set ascii collate ascii_bin not null,
  node_id varchar(40) character set ascii collate ascii_bin not null,
  agent_id int unsigned not null,
  campaign_id int unsigned not null,
  lead_id bigint unsigned not null,
  number_id bigint unsigned not null,
  callback_id bigint unsigned null,
  shown_at datetime(3) not null,
  until_at datetime(3) not null,
  -- Dialled by itself when the time is over.
  auto tinyint unsigned not null,
  ended_at datetime(3) null,
  -- dialled, refused, preview-rejected, preview-closed, preview-timed-out, withdrawn
  ended_as varchar(20) character set ascii collate ascii_bin null,
  -- key, command, time
  press varchar(8) character set ascii collate ascii_bin null,
  because varchar(64) null,
  says varchar(500) null,
  primary key (attempt_id),
  key preview_of_lead (lead_id, shown_at),
  key preview_of_agent (agent_id, shown_at),
  key preview_of_campaign (campaign_id, shown_at),
  key preview_open (node_id, ended_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create or replace sql security definer view crm_preview as
select
  p.attempt_id as preview_id,
  p.campaign_id,
  c.name as campaign,
  g.name as agent,
  p.lead_id,
  l.external_key,
  l.name as lead_name,
  n.e164 as number,
  p.callback_id,
  p.shown_at,
  p.until_at,
  p.auto as dials_itself,
  p.ended_at,
  p.ended_as as outcome,
  p.press as pressed_by,
  p.because as reason,
  p.says,
  a.attempt_id,
  p.node_id as node
from preview p
join campaign c on c.campaign_id = p.campaign_id
join agent g on g.agent_id = p.agent_id
join campaign_lead l on l.lead_id = p.lead_id
left join lead_number n on n.number_id = p.number_id
left join attempt a on a.attempt_id = p.attempt_id;

-- What each agent has before them now: a lead to look at, or the one they are called together with, talk with or wrap up.
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
where v.state in ('reserved', 'onCall', 'wrapUp');
