-- How sentences say the scopes of the watchlist in use, and names too common to tell events apart: the loader keeps them
-- current. Until the next run, those shipped so far; without its row "rules" that run notes those of its own watchlist.
delete from base.meta where name = 'rules';

insert into base.meta values
    ('scopes', '{"5G": "in 5G networks", "core": "in core networks", "RAN": "in radio access networks", "all networks": "in all networks", "government": "in government networks"}'),
    ('common_names', '["huawei", "zte", "fcc", "donald-trump", "nokia", "ericsson", "us-government", "cn-government"]');
