-- What CRMs read of lists and callbacks, and lists that are worked a second time. Columns are added at the end of a view;
-- those before them stay as they were.

-- unless column campaign_lead.recycled_at
alter table campaign_lead
  -- A new round began then: attempts before it use up no try any more.
  add column recycled_at datetime(3) null;

-- Who let whom come back, and how many came.
create table if not exists recycling (
  recycling_id int unsigned not null auto_increment,
  campaign_id int unsigned not null,
  -- Null for every list.
  list_id int unsigned null,
  asked json not null,
  leads int unsigned not null default 0,
  began_at datetime(3) not null,
  -- Null while it goes on, or was cut off: what came back stays.
  ended_at datetime(3) null,
  asked_by varchar(100) not null,
  primary key (recycling_id),
  key recycling_of_campaign (campaign_id, began_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create or replace sql security definer view crm_lead as
select
  l.lead_id,
  l.campaign_id,
  c.name as campaign,
  l.list_id,
  s.name as list,
  l.line,
  l.external_key,
  l.name as lead_name,
  n.e164 as number,
  l.attributes,
  l.priority,
  l.state as status,
  l.reason,
  case when l.state = 'ready' then l.due_at end as next_attempt_at,
  l.attempts_counted as attempts,
  a.attempt_id as last_attempt_id,
  a.outcome as last_outcome,
  a.disposition as last_disposition,
  a.decided_at as last_attempt_at,
  s.imported_at,
  l.changed_at,
  nullif(l.source_id, 0) as source_id,
  g.name as segment,
  elt(l.queue + 1, 'new', 'put-off', 'redial', 'callback') as queue,
  m.e164 as next_number,
  case when l.queue = 3 then (
    select min(b.due_at) from callback b where b.lead_id = l.lead_id and b.state in ('waiting', 'taken')
  ) end as callback_at,
  l.recycled_at
from campaign_lead l
join campaign c on c.campaign_id = l.campaign_id
join list s on s.list_id = l.list_id
left join lead_number n on n.lead_id = l.lead_id and n.position = 1
left join attempt a on a.attempt_id = l.last_attempt_id
left join campaign_source o on o.source_id = l.source_id
left join segment g on g.segment_id = o.segment_id
left join lead_number m on m.number_id = l.next_number_id and l.state in ('ready', 'leased', 'dialling');

create or replace sql security definer view crm_penetration as
select
  l.campaign_id,
  c.name as campaign,
  l.list_id,
  s.name as list,
  nullif(l.source_id, 0) as source_id,
  g.name as segment,
  count(*) as leads,
  count(l.last_attempt_at) as attempted,
  count(case when l.state = 'ready' and l.queue < 2 then 1 end) as waiting_new,
  count(case when l.state = 'ready' and l.queue = 2 then 1 end) as waiting_again,
  count(case when l.state = 'ready' and l.queue = 3 then 1 end) as waiting_callback,
  count(case when l.state in ('leased', 'dialling') then 1 end) as in_hand,
  count(case when l.state = 'held' then 1 end) as held,
  count(case when l.state = 'done' then 1 end) as done
from campaign_lead l
join campaign c on c.campaign_id = l.campaign_id
join list s on s.list_id = l.list_id and s.state = 'ready'
left join campaign_source o on o.source_id = l.source_id
left join segment g on g.segment_id = o.segment_id
group by l.campaign_id, c.name, l.list_id, s.name, l.source_id, g.name;

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
  case when b.state = 'waiting' and b.until_at < utc_timestamp(3) then 'late' else b.state end as status,
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
