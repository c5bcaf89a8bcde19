-- The view outlet_drift as loads keep it from now on (storage/load/merge/drift.sql); filled with the views.
create table base.drift (
    site varchar not null,
    measure varchar not null,
    drifts boolean not null,
    value double,
    usual double,
    low double,
    high double,
    chance double,
    newest bigint not null,
    earlier bigint not null,
    since timestamptz
);
