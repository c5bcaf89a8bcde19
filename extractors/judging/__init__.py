"""Judgement: an article and the rules in, a decision with its evidence out."""
