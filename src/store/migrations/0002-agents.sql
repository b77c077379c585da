-- Agents: who they are, what they do now, what they did, and what is asked of them.

create table if not exists agent (
  agent_id int unsigned not null auto_increment,
  name varchar(64) not null,
  -- As Asterisk names the phone.
  endpoint varchar(100) collate utf8mb4_bin not null,
  -- Salted scrypt; null for no PIN.
  pin_hash varchar(200) character set ascii collate ascii_bin null,
  enabled tinyint not null default 1,
  added_at datetime(3) not null,
  changed_at datetime(3) not null,
  primary key (agent_id),
  unique key agent_by_name (name),
  unique key agent_by_endpoint (endpoint)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists agent_campaign (
  agent_id int unsigned not null,
  campaign_id int unsigned not null,
  assigned_at datetime(3) not null,
  primary key (agent_id, campaign_id),
  key agent_campaign_by_campaign (campaign_id),
  constraint assigned_agent foreign key (agent_id) references agent (agent_id),
  constraint assigned_campaign foreign key (campaign_id) references campaign (campaign_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- One row an agent: the state now. The attempt has no foreign key here and in the log: an agent is reserved before
-- the attempt's row is written.
create table if not exists agent_live (
  agent_id int unsigned not null,
  node_id varchar(40) character set ascii collate ascii_bin not null,
  state varchar(12) character set ascii collate ascii_bin not null,
  since datetime(3) not null,
  attempt_id char(36) character set ascii collate ascii_bin null,
  pause_reason varchar(64) null,
  entered_at datetime(3) not null,
  primary key (agent_id),
  key agent_live_by_node (node_id),
  constraint live_agent foreign key (agent_id) references agent (agent_id),
  constraint live_node foreign key (node_id) references node (node_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

-- Append only. The unique key makes a repeated entry one entry.
create table if not exists agent_state_log (
  log_id bigint unsigned not null auto_increment,
  agent_id int unsigned not null,
  node_id varchar(40) character set ascii collate ascii_bin not null,
  state varchar(12) character set ascii collate ascii_bin not null,
  since datetime(3) not null,
  entered_at datetime(3) not null,
  attempt_id char(36) character set ascii collate ascii_bin null,
  pause_reason varchar(64) null,
  primary key (log_id),
  unique key agent_state_entry (agent_id, entered_at, state),
  constraint logged_agent foreign key (agent_id) references agent (agent_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;

create table if not exists agent_command (
  command_id bigint unsigned not null auto_increment,
  agent_id int unsigned not null,
  command json not null,
  requested_at datetime(3) not null,
  requested_by varchar(100) not null,
  handled_at datetime(3) null,
  result varchar(200) null,
  primary key (command_id),
  key command_pending (handled_at, agent_id),
  constraint commanded_agent foreign key (agent_id) references agent (agent_id)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
