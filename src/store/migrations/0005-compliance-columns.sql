-- What compliance asks of the tables that were there before: whose calls they are, under which rules, in whose account.
--
-- A column cannot be added twice, and only one of the servers has "if not exists" for it; so each of these says which
-- of its columns is looked for first. Both servers change a table wholly or not at all.

-- unless column campaign.cli_changed_on
alter table campaign
  add column profile varchar(32) character set ascii collate ascii_bin not null default 'UK',
  -- Where the campaign is stricter than its profile; null for nowhere.
  add column tightening json null,
  -- On whose behalf people are called. One principal however it is spelt: so without regard to case.
  add column principal varchar(100) not null default '',
  add column purpose varchar(12) character set ascii collate ascii_bin not null default 'marketing',
  add column sector varchar(12) character set ascii collate ascii_bin not null default 'general',
  add column sector_authority varchar(200) null,
  add column gate varchar(8) character set ascii collate ascii_bin not null default 'bank',
  add column dial_level_percent smallint unsigned not null default 100,
  add column first_started_at datetime(3) null,
  -- By the daemon, which stops a campaign that cannot keep its promises.
  add column stopped_because varchar(200) null,
  -- A local day of the profile's zone.
  add column cli_changed_on date null;

-- Numbers are E.164, or 'h:' and forty hexadecimal digits where they are not kept in the clear.

-- unless column campaign_lead.erased_at
alter table campaign_lead
  -- Of the called party: state, province or nation.
  add column region varchar(16) character set ascii collate ascii_bin null,
  add column consent_kind varchar(8) character set ascii collate ascii_bin null,
  add column consent_reference varchar(200) null,
  add column consent_at datetime(3) null,
  add column erased_at datetime(3) null;

alter table lead_number modify column e164 varchar(72) character set ascii collate ascii_bin not null;

alter table number_status modify column e164 varchar(72) character set ascii collate ascii_bin not null;

-- unless column attempt.erased_at
alter table attempt
  modify column e164 varchar(72) character set ascii collate ascii_bin not null,
  add column principal varchar(100) not null default '',
  add column centre varchar(64) collate utf8mb4_bin not null default '',
  -- Placed beyond the agents there were.
  add column overdial tinyint not null default 0,
  add column profile varchar(32) character set ascii collate ascii_bin null,
  add column profile_version char(16) character set ascii collate ascii_bin null,
  add column clock json null,
  add column speech_started_at datetime(3) null,
  add column speech_started_asterisk_at datetime(3) null,
  add column greeting_ended_at datetime(3) null,
  add column greeting_ended_asterisk_at datetime(3) null,
  add column message_choice varchar(8) character set ascii collate ascii_bin null,
  -- As it ended. What the agent said afterwards is in disposition_kind, and both together say where it counts now.
  add column account_entry varchar(24) character set ascii collate ascii_bin null,
  add column account_day date null,
  add column erased_at datetime(3) null,
  add key attempt_account_of_campaign (campaign_id, account_day),
  add key attempt_account_of_centre (centre, account_day);

-- unless column suppression.principal
alter table suppression
  modify column e164 varchar(72) character set ascii collate ascii_bin not null,
  -- '' holds for everybody.
  add column principal varchar(100) not null default '',
  add column channel varchar(32) character set ascii collate ascii_bin null,
  add column actor varchar(100) null,
  drop primary key,
  add primary key (e164, principal);
