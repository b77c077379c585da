-- Which leads a campaign takes in which order, when and on which number each is tried again, and who is to be called back.

-- Places in the index below instead of names. 0 is for a zone that nobody knows.
create table if not exists time_zone (
  zone_id smallint unsigned not null auto_increment,
  name varchar(64) character set ascii collate ascii_bin not null,
  primary key (zone_id),
  unique key time_zone_by_name (name)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- A filter with a name, for any campaign.
create table if not exists segment (
  segment_id int unsigned not null auto_increment,
  name varchar(64) not null,
  -- As it was written, and as it was read.
  filter text not null,
  tree json not null,
  -- Asks what changes with each attempt, so that leads are sorted in anew after one; or how long ago something was, so
  -- that they are every night.
  asks_history tinyint unsigned not null,
  asks_clock tinyint unsigned not null,
  added_at datetime(3) not null,
  changed_at datetime(3) not null,
  changed_by varchar(100) not null,
  primary key (segment_id),
  unique key segment_by_name (name)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- What a campaign takes leads from: the first source in order of position whose list and segment a lead fits.
create table if not exists campaign_source (
  source_id int unsigned not null auto_increment,
  campaign_id int unsigned not null,
  position int unsigned not null,
  -- Null for every list of the campaign, and for every lead of the list.
  list_id int unsigned null,
  segment_id int unsigned null,
  -- Share in the mix, beside the weights of the others; 0 takes none.
  weight smallint unsigned not null default 1,
  -- Of those never tried: imported, random, attribute. Priorities come first in any case.
  ordering varchar(16) character set ascii collate ascii_bin not null default 'imported',
  attribute varchar(120) null,
  descending tinyint unsigned not null default 0,
  -- 'loading': its list is being imported, and nothing is taken from it.
  state varchar(8) character set ascii collate ascii_bin not null,
  added_at datetime(3) not null,
  changed_at datetime(3) not null,
  changed_by varchar(100) not null,
  primary key (source_id),
  key source_of_campaign (campaign_id, position),
  key source_of_list (list_id),
  key source_of_segment (segment_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- How far the leads of a campaign have been put into its sources since these changed: whoever finds it pending goes on.
create table if not exists campaign_assignment (
  campaign_id int unsigned not null,
  -- Of the sources; whoever sorts by an older one begins anew.
  version int unsigned not null,
  -- pending, done
  state varchar(8) character set ascii collate ascii_bin not null,
  -- The last lead that was looked at: lists in order of their ids, leads in order of their lines.
  list_id int unsigned not null default 0,
  line int unsigned not null default 0,
  changed_at datetime(3) not null,
  primary key (campaign_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- unless column campaign.new_share_percent
alter table campaign
  -- Of a hundred leads taken, so many never tried before, as long as there are both kinds.
  add column new_share_percent tinyint unsigned not null default 50;

-- unless column campaign_lead.queue
alter table campaign_lead
  -- 0 never tried, 1 never tried and put off, 2 tried before, 3 to be called back.
  add column queue tinyint unsigned not null default 0,
  -- 0 where no source takes it.
  add column source_id int unsigned not null default 0,
  -- Of the number to be dialled next.
  add column zone_id smallint unsigned not null default 0,
  -- Place in the order of its source, within queue and priority.
  add column turn int unsigned not null default 0,
  -- Null for the first that may be dialled.
  add column next_number_id bigint unsigned null,
  add column last_attempt_at datetime(3) null,
  add column added_at datetime(3) not null default current_timestamp(3),
  -- What a claim hops along; see claim-cells.ts. The list is there for counting.
  add key lead_to_claim (campaign_id, source_id, state, queue, zone_id, priority, turn, due_at, lead_id, list_id),
  drop key lead_by_due;

-- unless column lead_number.kind
alter table lead_number
  -- Where it rings: home, work, mobile, other.
  add column kind varchar(8) character set ascii collate ascii_bin not null default 'other',
  -- ISO 3166-1; null where its range tells no single one.
  add column country char(2) character set ascii collate ascii_bin null,
  add column attempts_counted smallint unsigned not null default 0,
  add column last_attempt_at datetime(3) null,
  add column last_outcome varchar(32) character set ascii collate ascii_bin null;

-- unless column attempt.source_id
alter table attempt
  add column source_id int unsigned null,
  add column callback_id bigint unsigned null;

create table if not exists callback (
  callback_id bigint unsigned not null auto_increment,
  campaign_id int unsigned not null,
  lead_id bigint unsigned not null,
  number_id bigint unsigned null,
  -- Null for anybody.
  agent_id int unsigned null,
  due_at datetime(3) not null,
  -- Promised until then; later it is missed.
  until_at datetime(3) not null,
  -- When its agent is not there by then: 'anyone' calls, or it is 'missed'.
  fallback varchar(8) character set ascii collate ascii_bin not null,
  -- waiting, taken, kept, missed, withdrawn
  state varchar(10) character set ascii collate ascii_bin not null,
  note varchar(500) null,
  asked_by varchar(100) not null,
  asked_at datetime(3) not null,
  attempt_id char(36) character set ascii collate ascii_bin null,
  settled_at datetime(3) null,
  primary key (callback_id),
  key callback_of_lead (lead_id, state),
  key callback_of_campaign (campaign_id, state, due_at)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Who answers when, by the called person's clock: counts, added to as attempts end.
create table if not exists contact_rate (
  campaign_id int unsigned not null,
  number_kind varchar(8) character set ascii collate ascii_bin not null,
  -- ISO: 1 Monday to 7 Sunday.
  weekday tinyint unsigned not null,
  hour tinyint unsigned not null,
  attempts int unsigned not null default 0,
  live_answers int unsigned not null default 0,
  primary key (campaign_id, number_kind, weekday, hour)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- What was there before: each list a source of its own, its leads in the queue in which they stand.

insert into time_zone (name)
  select distinct z.name from (
    select time_zone as name from lead_number where time_zone is not null
    union select default_time_zone from list where default_time_zone is not null
  ) z
  left join time_zone t on t.name = z.name
  where t.zone_id is null;

insert into campaign_source (campaign_id, position, list_id, state, added_at, changed_at, changed_by)
  select l.campaign_id, l.list_id, l.list_id, 'ready', utc_timestamp(3), utc_timestamp(3), 'migration'
  from list l left join campaign_source s on s.list_id = l.list_id
  where s.source_id is null and l.state = 'ready';

update campaign_lead l
join campaign_source s on s.list_id = l.list_id and s.segment_id is null
join list i on i.list_id = l.list_id
left join lead_number n on n.lead_id = l.lead_id and n.position = 1
left join time_zone z on z.name = coalesce(n.time_zone, i.default_time_zone)
left join attempt a on a.attempt_id = l.last_attempt_id
set l.added_at = i.imported_at,
  l.last_attempt_at = a.decided_at,
  l.source_id = s.source_id,
  l.zone_id = coalesce(z.zone_id, 0),
  l.queue = case
    when l.attempts_counted + l.carrier_tries > 0 then 2
    when l.due_at > utc_timestamp(3) then 1
    else 0 end
where l.source_id = 0;
