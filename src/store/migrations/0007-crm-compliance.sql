-- What CRMs read of compliance. Columns are added at the end; those before them stay as they were.

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
  a.message_choice
from attempt a
join campaign c on c.campaign_id = a.campaign_id
join campaign_lead l on l.lead_id = a.lead_id
join list s on s.list_id = l.list_id
join lead_number n on n.number_id = a.number_id
left join agent g on g.agent_id = a.agent_id;

-- A number may be suppressed for everybody and for the campaign's principal as well: one row all the same.
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
  coalesce(p.reason, q.reason) as suppressed,
  coalesce(p.added_at, q.added_at) as suppressed_at
from lead_number n
join campaign_lead l on l.lead_id = n.lead_id
join campaign c on c.campaign_id = l.campaign_id
join list s on s.list_id = l.list_id
left join number_status t on t.e164 = n.e164
left join suppression p on p.e164 = n.e164 and p.principal = ''
left join suppression q on q.e164 = n.e164 and q.principal = c.principal and q.principal <> '';

create or replace sql security definer view crm_abandon_account as
select
  t.campaign_id,
  c.name as campaign,
  t.day,
  cast(sum(case when t.entry = 'connected' then t.calls else 0 end) as unsigned) as connected,
  cast(sum(case when t.entry = 'connectedLate' then t.calls else 0 end) as unsigned) as connected_late,
  cast(sum(case when t.entry = 'machineToAgent' then t.calls else 0 end) as unsigned) as machine_to_agent,
  cast(sum(case when t.entry = 'abandonedWithMessage' then t.calls else 0 end) as unsigned) as abandoned_with_message,
  cast(sum(case when t.entry = 'silent' then t.calls else 0 end) as unsigned) as silent,
  cast(sum(case when t.entry = 'hungUpEarly' then t.calls else 0 end) as unsigned) as hung_up_early,
  cast(sum(case when t.entry = 'machineDropped' then t.calls else 0 end) as unsigned) as machine_dropped,
  cast(sum(case when t.entry = 'cancelledShort' then t.calls else 0 end) as unsigned) as cancelled_short
from abandon_account t
join campaign c on c.campaign_id = t.campaign_id
group by t.campaign_id, c.name, t.day;
