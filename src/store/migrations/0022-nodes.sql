-- Several nodes on one database, and what their calls may cost: what is wanted of each, what it says of itself, and who settled what a dead one left.

-- unless column node.drained
alter table node
  -- A manager's wish: nothing new is placed there while it is set.
  add column drained tinyint unsigned not null default 0,
  add column drained_because varchar(500) null,
  add column wished_at datetime(3) null,
  add column wished_by varchar(100) null,
  -- The program that holds the name, or held it last.
  add column version varchar(40) null,
  -- The last renewal by that machine's clock, and by the database's: the difference is how far the clocks are apart.
  add column seen_at datetime(3) null,
  add column heard_at datetime(3) null;

-- unless column attempt.settled_by
alter table attempt
  -- Set where somebody else ended what a dead node had left open: the end was not seen, and its facts may be short.
  add column settled_by varchar(100) null;

-- unless column attempt.toll_rate
alter table attempt
  -- What a minute cost by the rates when it was decided, in millionths of their unit; null where nobody bounds that.
  add column toll_rate int unsigned null;
