-- Which key numbers are hashed with: not the key, but what it makes of words that we know. With another key nobody who is
-- suppressed would be found any more, so a program that has another one refuses to begin.

create table if not exists number_hash_key (
  id tinyint unsigned not null,
  check_value char(64) character set ascii collate ascii_bin not null,
  set_at datetime(3) not null,
  primary key (id),
  constraint number_hash_key_is_one check (id = 1)
) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_ci;
