-- title: How did a topic develop?
-- description: Stories, outlets and mean score per period.
-- param topic (text, default '', example T01): Id of a topic; empty for all stories.
-- param grain (text, default month, example week): Length of a period: day, week, month or year.
from timeline($topic, $grain)
