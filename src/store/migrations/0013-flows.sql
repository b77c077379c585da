-- Call flows of agentless campaigns: what a person hears and may press. A version is never changed; a change is another.

create table if not exists flow (
  flow_id int unsigned not null auto_increment,
  name varchar(64) not null,
  -- The beginning of the SHA-256 of what the document says, however its file was written.
  version char(16) character set ascii collate ascii_bin not null,
  -- As it is carried out, and as it was written.
  document json not null,
  source mediumtext not null,
  added_at datetime(3) not null,
  added_by varchar(100) not null,
  primary key (flow_id),
  unique key flow_by_name (name, version)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
