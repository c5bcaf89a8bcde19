-- Which address of the watchlist a feed's state belongs to: an edited address must start afresh.
alter table base.feed_states add column subscribed_url varchar;
