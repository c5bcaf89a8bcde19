/* A trie of the fixed beginnings (literals) of patterns, with a check for each pattern: `watchlist.scanner`. It lies in a
 * block of bytes (`block.c`), without pointers, which several processes may share. */
#ifndef FIVEGWATCH_TRIE_H
#define FIVEGWATCH_TRIE_H

#include "native.h"

/* What must hold around a literal: the kinds of checks of `scanner`. */
enum { ANYWHERE, WHOLE, TAIL, PROGRAM };
static const char NAME[] = "fivegwatch.trie";

typedef struct {
    int32_t kind, argument, term;
} Check;
/* A node lies beside its sisters, sorted by letter, so that all are in a few lines of the processor's cache. */
typedef struct {
    Py_UCS4 letter;
    int32_t word; /* the literal that ends here; -1: none */
    int32_t down; /* the first of its children, or ~ of the only literal that goes through it */
    int32_t count; /* of its children */
} Node;
typedef struct {
    Py_UCS4 *letters;
    int32_t *starts; /* of each string, and the end of the last */
} Strings;
/* Letters of a literal that are looked up at once, and letters by which most places of a text are passed over. */
enum { FIRST = 4, SEEN = 6, PAIRS = 1 << 16 };

/* The node of literals with the same first letters, or of one shorter literal, whose last letters are 0 here. */
typedef struct {
    Py_UCS4 letters[FIRST];
    int32_t node; /* 0: none */
} Entry;
typedef struct {
    int32_t shift; /* a hash is shifted by this much to number a bit */
    int32_t sizes[2]; /* bits of how many are known, then of how many for `few` */
    uint32_t mask; /* of the number of entries, a power of two */
} Bounds;
/* How literals begin that may begin words, or anywhere. */
typedef struct {
    byte *pairs; /* bits of their first two letters */
    byte *few;   /* of literals of fewer than `FIRST` letters, with the blank that must follow */
    byte *bits;  /* of the first `FIRST` letters, and of the first `SEEN` or as many as are known */
    Entry *entries;
    Bounds bounds;
} Beginnings;
/* For texts with blanks, and in scripts without. */
enum { SCRIPTS = 2, KINDS = 2 * SCRIPTS };
typedef struct {
    Strings words, programs, endings;
    int32_t *ending_sets; /* first ending of each set, and the end of the last */
    int32_t *firsts; /* first check of each word, and the end of the last */
    Check *checks;
    Node *nodes;
    Beginnings begins[SCRIPTS], inside[SCRIPTS]; /* the entries are for both */
    int unbroken; /* the script that is searched: an index of the two */
    Py_buffer block; /* in which the arrays lie */
} Trie;

/* Calls `DO` with each array of a trie, in the order in which they are in a block. */
#define EACH_ARRAY(DO)                                                                                      \
    DO(words.letters) DO(words.starts) DO(programs.letters) DO(programs.starts) DO(endings.letters)         \
    DO(endings.starts) DO(ending_sets) DO(firsts) DO(checks) DO(nodes) DO(begins[0].entries)                \
    DO(begins[0].pairs) DO(begins[0].few) DO(begins[0].bits) DO(begins[1].pairs) DO(begins[1].few)          \
    DO(begins[1].bits) DO(inside[0].entries) DO(inside[0].pairs) DO(inside[0].few) DO(inside[0].bits)       \
    DO(inside[1].pairs) DO(inside[1].few) DO(inside[1].bits)
#define ONE(array) +1
enum { ARRAYS = 0 EACH_ARRAY(ONE) };
#undef ONE

/* The block of a trie whose arrays have so many bytes; NULL and an exception if memory runs out. */
PyObject *block_of(const Trie *trie, const size_t bytes[ARRAYS]);

static inline uint32_t hash_on(uint32_t hash, Py_UCS4 letter) { return (hash ^ letter) * 2654435761u; }
static inline int has_bit(const byte *bits, uint32_t bit) { return bits[bit >> 3] >> (bit & 7) & 1; }
static inline void set_bit(byte *bits, uint32_t bit) { bits[bit >> 3] |= (byte)(1 << (bit & 7)); }
static inline uint32_t pair_of(Py_UCS4 first, Py_UCS4 second) { return (first & 0xff) << 8 | (second & 0xff); }

static inline int32_t child_of(const Trie *trie, int32_t node, Py_UCS4 letter) {
    int32_t low = trie->nodes[node].down, high = low + trie->nodes[node].count;
    for (; high - low > 8;) {
        int32_t middle = (low + high) / 2;
        if (trie->nodes[middle].letter > letter) high = middle;
        else low = middle;
    }
    for (; low < high; low++)
        if (trie->nodes[low].letter == letter) return low;
    return -1;
}

/* The entry of the letters at `at`, or the empty one that may take them. */
static inline Entry *entry_of(const Beginnings *all, const Py_UCS4 *at, int size) {
    Py_UCS4 letters[FIRST] = {0};
    uint32_t hash = 0;
    for (int i = 0; i < size; i++) hash = hash_on(hash, letters[i] = at[i]);
    for (uint32_t slot = hash ^ hash >> 15;; slot++) {
        Entry *entry = all->entries + (slot & all->bounds.mask);
        if (!entry->node || !memcmp(entry->letters, letters, sizeof letters)) return entry;
    }
}

#endif
