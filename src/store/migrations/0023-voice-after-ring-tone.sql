-- A switchboard that answers and then rings: when somebody came to the telephone behind it.

-- unless column attempt.voice_at
alter table attempt
  -- The first sound after that ring tone that was none; our clock, and Asterisk's.
  add column voice_at datetime(3) null,
  add column voice_asterisk_at datetime(3) null;
