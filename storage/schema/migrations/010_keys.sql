-- Keys: the lower 64 bits of the MD5 of an id or address. Looking for a few rows reads 8 bytes a row instead of an id.
alter table base.sightings add column entry_key ubigint;
alter table base.sightings alter column entry_key type ubigint using md5_number_lower(entry_id);

alter table base.entries add column entry_key ubigint;
alter table base.entries alter column entry_key type ubigint using md5_number_lower(entry_id);
alter table base.entries add column url_key ubigint;
alter table base.entries alter column url_key type ubigint using md5_number_lower(url);
alter table base.entries add column article_key ubigint;
alter table base.entries alter column article_key type ubigint using md5_number_lower(article_id);

alter table base.attempts add column entry_key ubigint;
alter table base.attempts alter column entry_key type ubigint using md5_number_lower(entry_id);
alter table base.attempts add column article_key ubigint;
alter table base.attempts alter column article_key type ubigint using md5_number_lower(article_id);

alter table base.articles add column article_key ubigint;
alter table base.articles alter column article_key type ubigint using md5_number_lower(article_id);
alter table base.articles add column url_key ubigint;
alter table base.articles alter column url_key type ubigint using md5_number_lower(url);
alter table base.articles add column entry_key ubigint;
alter table base.articles alter column entry_key type ubigint using md5_number_lower(entry_id);

alter table base.revisions add column article_key ubigint;
alter table base.revisions alter column article_key type ubigint using md5_number_lower(article_id);
alter table base.revisions add column url_key ubigint;
alter table base.revisions alter column url_key type ubigint using md5_number_lower(url);
alter table base.revisions add column entry_key ubigint;
alter table base.revisions alter column entry_key type ubigint using md5_number_lower(entry_id);

alter table base.decisions add column article_key ubigint;
alter table base.decisions alter column article_key type ubigint using md5_number_lower(article_id);

alter table base.fingerprints add column article_key ubigint;
alter table base.fingerprints alter column article_key type ubigint using md5_number_lower(article_id);

-- Of stories: lists of names, which views would otherwise take from every mention. The next migration fills them.
alter table base.articles add column entities varchar[];
alter table base.articles add column countries varchar[];
alter table base.articles add column countries_named varchar[];

-- Of stories: what announced them, and the cluster of their text.
alter table base.articles add column sightings bigint;
alter table base.articles add column first_seen_at timestamptz;
alter table base.articles add column last_seen_at timestamptz;
alter table base.articles add column feeds varchar;
alter table base.articles add column feeds_seen_at varchar;
alter table base.articles add column cluster_id varchar;
alter table base.articles add column moved_to varchar;
alter table base.articles add column agency varchar;

-- What people corrected of a story.
alter table base.articles add column corrected_topics varchar[];
alter table base.articles add column corrected_countries varchar[];
alter table base.articles add column corrected_relevant boolean;

-- The outcome of a feed's last poll.
alter table base.feed_states add column outcome varchar;
alter table base.feed_states add column message varchar;
