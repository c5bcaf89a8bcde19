"""Characters, words, languages and dates: plain decoding, folding, likeness."""
