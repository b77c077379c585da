-- A promise whose time is over is missed, also while no daemon has settled it. Columns are as they were.

create or replace sql security definer view crm_callback as
select
  b.callback_id,
  b.campaign_id,
  c.name as campaign,
  b.lead_id,
  l.external_key,
  l.name as lead_name,
  n.e164 as number,
  g.name as agent,
  b.due_at,
  b.until_at,
  b.fallback,
  -- The quarter of an hour in which whoever is free may still call.
  case
    when b.state = 'waiting' and b.until_at < utc_timestamp(3) - interval 15 minute then 'missed'
    when b.state = 'waiting' and b.until_at < utc_timestamp(3) then 'late'
    else b.state
  end as status,
  b.note,
  b.asked_by,
  b.asked_at,
  b.attempt_id,
  b.settled_at
from callback b
join campaign c on c.campaign_id = b.campaign_id
join campaign_lead l on l.lead_id = b.lead_id
left join lead_number n on n.number_id = b.number_id
left join agent g on g.agent_id = b.agent_id;
