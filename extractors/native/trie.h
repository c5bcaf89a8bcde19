/* A trie of the fixed beginnings (literals) of patterns, with a check for each pattern: `watchlist.scanner`. */
#ifndef FIVEGWATCH_TRIE_H
#define FIVEGWATCH_TRIE_H

#include "native.h"

/* What must hold around a literal: `scanner.Check`. */
enum { ANYWHERE, WHOLE, TAIL, PROGRAM };
static const char NAME[] = "fivegwatch.trie";

typedef struct {
    int32_t kind, argument, term;
} Check;
typedef struct {
    int32_t word, only; /* the literal that ends at a node; the only one that goes through it; -1: none */
} Node;
typedef struct {
    Py_UCS4 *letters;
    int32_t *starts; /* of each string, and the end of the last */
    int32_t count;
} Strings;
/* How literals begin that may begin words, or anywhere. */
typedef struct {
    byte *pairs; /* bits of their first two letters */
    byte *bits;  /* of the first `FIRST` letters, and of the first `SEEN` or as many as are known */
    int shift;   /* a hash is shifted by this much to number a bit */
    int sizes;   /* bits of how many are known */
} Beginnings;
typedef struct {
    Strings words, programs, endings;
    int32_t *ending_sets; /* first ending of each set, and the end of the last */
    int32_t sets;
    int32_t *firsts; /* first check of each word, and the end of the last */
    Check *checks;
    Node *nodes;
    Py_ssize_t size, room;
    uint64_t *edges; /* node, letter and child, 21 bits each */
    uint64_t mask;
    Beginnings begins, inside;
    int32_t inner;
    int unbroken;
} Trie;

static inline uint64_t slot_of(uint64_t key) { return (key * 0x9e3779b97f4a7c15ull) >> 20; }

/* Letters by which most places of a text are passed over. */
enum { FIRST = 4, SEEN = 6, PAIRS = 1 << 16 };
static inline uint32_t hash_on(uint32_t hash, Py_UCS4 letter) { return (hash ^ letter) * 2654435761u; }
static inline int has_bit(const byte *bits, uint32_t bit) { return bits[bit >> 3] >> (bit & 7) & 1; }
static inline void set_bit(byte *bits, uint32_t bit) { bits[bit >> 3] |= (byte)(1 << (bit & 7)); }
static inline uint32_t pair_of(Py_UCS4 first, Py_UCS4 second) { return (first & 0xff) << 8 | (second & 0xff); }

static inline int32_t child_of(const Trie *trie, int32_t node, Py_UCS4 letter) {
    uint64_t key = (uint64_t)node << 21 | letter, edge;
    for (uint64_t slot = slot_of(key) & trie->mask; (edge = trie->edges[slot]) != 0; slot = (slot + 1) & trie->mask)
        if (edge >> 21 == key) return (int32_t)(edge & 0x1fffff);
    return -1;
}

#endif
