"""Charts: values in, an SVG picture and the table of its values out. Charts read no clock, and no file but the map's
outlines.
"""
