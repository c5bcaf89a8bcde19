"""Charts: values in, an SVG picture and the table of its values out. No clock, no file but the map's outlines."""
