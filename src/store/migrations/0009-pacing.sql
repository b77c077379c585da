-- What pacing asks of a campaign, what it says of itself, and what it has learned.

-- unless column campaign.recourse
alter table campaign
  -- Calls that have rung long enough may be cancelled when no agent is likely.
  add column recourse tinyint unsigned not null default 0;

-- The latest of each node; rewritten, not appended.
create table if not exists campaign_pacing (
  campaign_id int unsigned not null,
  node_id varchar(40) character set ascii collate ascii_bin not null,
  told_at datetime(3) not null,
  because varchar(32) character set ascii collate ascii_bin not null,
  says varchar(500) not null,
  facts json not null,
  -- What was learned, to go on from after a restart; opaque here.
  memory longtext null,
  saved_at datetime(3) null,
  primary key (campaign_id, node_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
