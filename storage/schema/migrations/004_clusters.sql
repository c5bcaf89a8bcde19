create table base.fingerprints (
    article_id varchar not null,
    content_id varchar not null,
    version integer not null,
    text_key bigint not null,
    shingles integer not null,
    anchors integer not null,
    agency varchar
);

create table base.bands (
    band utinyint not null,
    key uinteger not null,
    text_key bigint not null
);

create table base.links (
    one bigint not null,
    other bigint not null,
    shared integer not null,
    one_shingles integer not null,
    other_shingles integer not null
);

create table base.members (
    article_id varchar not null,
    cluster_id varchar not null,
    reference_id varchar not null,
    shared integer not null,
    shingles integer not null,
    reference_shingles integer not null,
    moved_to varchar
);
