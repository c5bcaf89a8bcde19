"""The characters, words, languages and dates of texts: decoding, folding, language detection, overlap of words."""
