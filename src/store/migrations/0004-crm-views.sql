-- What CRMs read. Names and meanings stay: a column is added, never renamed. docs/crm-views.md tells each of them.
--
-- "sql security definer": whoever may read a view needs no right to a table behind it.

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
  a.sip_call_id
from attempt a
join campaign c on c.campaign_id = a.campaign_id
join campaign_lead l on l.lead_id = a.lead_id
join list s on s.list_id = l.list_id
join lead_number n on n.number_id = a.number_id
left join agent g on g.agent_id = a.agent_id;

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
  l.changed_at
from campaign_lead l
join campaign c on c.campaign_id = l.campaign_id
join list s on s.list_id = l.list_id
left join lead_number n on n.lead_id = l.lead_id and n.position = 1
left join attempt a on a.attempt_id = l.last_attempt_id;

create or replace sql security definer view crm_number as
select
  n.number_id,
  n.lead_id,
  n.position,
  n.e164 as number,
  n.number_type,
  coalesce(n.time_zone, s.default_time_zone) as time_zone,
  coalesce(n.permanent_outcome, t.permanent_outcome) as taken_out,
  t.since as taken_out_at,
  p.reason as suppressed,
  p.added_at as suppressed_at
from lead_number n
join campaign_lead l on l.lead_id = n.lead_id
join list s on s.list_id = l.list_id
left join number_status t on t.e164 = n.e164
left join suppression p on p.e164 = n.e164;

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
  a.node_id as node
from node o
join attempt a on a.node_id = o.node_id and a.state = 'connected'
join campaign c on c.campaign_id = a.campaign_id
join campaign_lead l on l.lead_id = a.lead_id
left join agent g on g.agent_id = a.agent_id;

create or replace sql security definer view crm_agent_now as
select
  g.agent_id,
  g.name as agent,
  g.endpoint,
  coalesce(v.state, 'loggedOut') as state,
  v.since,
  v.pause_reason,
  v.attempt_id,
  c.name as campaign,
  a.lead_id,
  case when v.state is not null and v.state <> 'loggedOut' then v.node_id end as node
from agent g
left join agent_live v on v.agent_id = g.agent_id
left join attempt a on a.attempt_id = v.attempt_id
left join campaign c on c.campaign_id = a.campaign_id
where g.enabled = 1;

create or replace sql security definer view crm_campaign_hour as
select
  a.campaign_id,
  c.name as campaign,
  a.decided_hour as hour,
  count(*) as attempts,
  count(a.answered_at) as answers,
  count(case when a.live_voice = 1 then 1 end) as live_answers,
  count(a.connected_at) as connects,
  count(case when a.outcome in ('abandoned-silent', 'abandoned-with-message', 'agent-leg-failed') then 1 end) as abandons,
  count(case when a.outcome in ('abandoned-silent', 'agent-leg-failed') then 1 end) as abandons_silent,
  count(case when a.outcome is null then 1 end) as open_attempts,
  coalesce(sum(timestampdiff(microsecond, a.connected_at, a.ended_at)), 0) div 1000000 as talk_seconds
from attempt a
join campaign c on c.campaign_id = a.campaign_id
group by a.campaign_id, c.name, a.decided_hour;
