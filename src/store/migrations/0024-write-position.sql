-- How far each process has come with the rows that it writes behind: written in the transaction that carries them out,
-- so that a row which is told twice, by the process or by its successor from the disk, is carried out once.
create table if not exists write_position (
  -- The process, as it names itself in `node`.
  holder varchar(100) collate utf8mb4_bin not null,
  -- The number of the last row that was carried out; numbers ascend.
  position bigint unsigned not null,
  changed_at datetime(3) not null,
  primary key (holder)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
