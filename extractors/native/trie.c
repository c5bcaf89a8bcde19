/* Finds thousands of literals in folded text, and checks what stands around each: `watchlist.scanner`. */
#include "native.h"

/* What must hold around a literal: `scanner.Check`. */
enum { ANYWHERE, WHOLE, TAIL, PROGRAM };
/* Codes in a program, each with one argument but the last: `scanner._program`. Every other character is itself. */
enum { LETTERS = 1, ENDING, NAME_ENDING, NO_LETTER };
enum { OTHER_SCRIPTS = 0x590, UNSPACED = 0xe00 };
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
    byte *begins, *inside; /* bits of the first `SEEN` letters of literals that begin words, or anything */
    byte *begin_pairs, *inside_pairs; /* bits of their first two letters */
    int32_t inner;
    int least[2]; /* letters of the shortest literal that may begin inside a word, by whether it begins in ASCII */
    int unbroken;
} Trie;
/* A pattern in a folded text, and the number of its term. */
typedef struct {
    int32_t begin, end, term;
} Hit;
typedef struct {
    const Trie *trie;
    const Py_UCS4 *text;
    Py_ssize_t size, made, room;
    Hit *hits;
} Search;

static inline int is_letter(Py_UCS4 c) { return c < 128 ? is((byte)c, WORD) : Py_UNICODE_ISALNUM(c); }

static inline uint64_t slot_of(uint64_t key) { return (key * 0x9e3779b97f4a7c15ull) >> 20; }
/* Letters by which most places of a text are passed over. */
enum { SEEN = 6, BITS = 1 << 16 };
static inline uint32_t hash_on(uint32_t hash, Py_UCS4 letter) { return (hash ^ letter) * 2654435761u; }
static inline uint32_t bit_of(uint32_t hash) { return hash >> 16; }
static inline int has_bit(const byte *bits, uint32_t bit) { return bits[bit >> 3] >> (bit & 7) & 1; }
static inline void set_bit(byte *bits, uint32_t bit) { bits[bit >> 3] |= (byte)(1 << (bit & 7)); }
static inline uint32_t pair_of(Py_UCS4 first, Py_UCS4 second) { return (first & 0xff) << 8 | (second & 0xff); }

static int32_t child_of(const Trie *trie, int32_t node, Py_UCS4 letter) {
    uint64_t key = (uint64_t)node << 21 | letter, edge;
    for (uint64_t slot = slot_of(key) & trie->mask; (edge = trie->edges[slot]) != 0; slot = (slot + 1) & trie->mask)
        if (edge >> 21 == key) return (int32_t)(edge & 0x1fffff);
    return -1;
}

static int32_t new_node(Trie *trie) {
    if (trie->size == trie->room) {
        Py_ssize_t room = trie->room * 2 + 1024;
        Node *moved = room < 1 << 21 ? PyMem_Realloc(trie->nodes, (size_t)room * sizeof *moved) : NULL;
        if (moved == NULL) return -1;
        trie->nodes = moved;
        trie->room = room;
    }
    trie->nodes[trie->size] = (Node){-1, -1};
    return (int32_t)trie->size++;
}

static void add_edge(Trie *trie, int32_t node, Py_UCS4 letter, int32_t child) {
    uint64_t key = (uint64_t)node << 21 | letter, slot = slot_of(key) & trie->mask;
    while (trie->edges[slot]) slot = (slot + 1) & trie->mask;
    trie->edges[slot] = key << 21 | (uint64_t)child;
}

/* The nodes below one whose literals are those from `low` to `high`, sorted, alike up to `depth`. */
static int build(Trie *trie, int32_t node, int32_t low, int32_t high, int32_t depth) {
    const int32_t *starts = trie->words.starts;
    const Py_UCS4 *letters = trie->words.letters;
    if (high - low == 1) {
        trie->nodes[node].only = low;
        return 1;
    }
    if (starts[low + 1] - starts[low] == depth) trie->nodes[node].word = low++;
    while (low < high) {
        Py_UCS4 letter = letters[starts[low] + depth];
        int32_t end = low + 1, child = new_node(trie);
        while (end < high && letters[starts[end] + depth] == letter) end++;
        if (child < 0) return 0;
        add_edge(trie, node, letter, child);
        if (!build(trie, child, low, end, depth + 1)) return 0;
        low = end;
    }
    return 1;
}

/* The strings of a list in one piece. 0 and an exception if that fails. */
static int read_strings(PyObject *list, Strings *strings) {
    Py_ssize_t total = 0, count = PyList_GET_SIZE(list);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!PyUnicode_Check(PyList_GET_ITEM(list, i))) return !PyErr_Format(PyExc_TypeError, "literals are str");
        total += PyUnicode_GET_LENGTH(PyList_GET_ITEM(list, i));
    }
    strings->letters = PyMem_Malloc((size_t)(total + 1) * sizeof(Py_UCS4));
    strings->starts = PyMem_Malloc((size_t)(count + 1) * sizeof(int32_t));
    if (strings->letters == NULL || strings->starts == NULL || total >= INT32_MAX) return !PyErr_NoMemory();
    total = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *one = PyList_GET_ITEM(list, i);
        strings->starts[i] = (int32_t)total;
        for (Py_ssize_t at = 0; at < PyUnicode_GET_LENGTH(one); at++)
            strings->letters[total++] = PyUnicode_READ_CHAR(one, at);
    }
    strings->starts[count] = (int32_t)total;
    strings->count = (int32_t)count;
    return 1;
}

static int32_t *read_numbers(const Py_buffer *numbers) {
    int32_t *copied = PyMem_Malloc((size_t)numbers->len + sizeof *copied);
    if (copied == NULL) PyErr_NoMemory();
    else memcpy(copied, numbers->buf, (size_t)numbers->len);
    return copied;
}

static void trie_free(Trie *trie) {
    Strings *all[] = {&trie->words, &trie->programs, &trie->endings};
    for (int i = 0; i < 3; i++) {
        PyMem_Free(all[i]->letters);
        PyMem_Free(all[i]->starts);
    }
    PyMem_Free(trie->ending_sets);
    PyMem_Free(trie->firsts);
    PyMem_Free(trie->checks);
    PyMem_Free(trie->nodes);
    PyMem_Free(trie->edges);
    PyMem_Free(trie->begins);
    PyMem_Free(trie->inside);
    PyMem_Free(trie->begin_pairs);
    PyMem_Free(trie->inside_pairs);
    PyMem_Free(trie);
}

static void close_trie(PyObject *capsule) { trie_free(PyCapsule_GetPointer(capsule, NAME)); }

/* Whether a blank follows a literal in every one of its hits. */
static int is_whole(const Trie *trie, int32_t word) {
    if (trie->unbroken) return 0;
    for (int32_t i = trie->firsts[word]; i < trie->firsts[word + 1]; i++)
        if (trie->checks[i].kind != WHOLE) return 0;
    return 1;
}

/* The bits of all literals: of their first letters, or of all letters of shorter ones. */
static int mark_bits(Trie *trie) {
    byte **all[] = {&trie->begins, &trie->inside, &trie->begin_pairs, &trie->inside_pairs};
    for (int i = 0; i < 4; i++)
        if ((*all[i] = PyMem_Calloc(BITS / 8, 1)) == NULL) return !PyErr_NoMemory();
    trie->least[0] = trie->least[1] = SEEN;
    for (int32_t word = 0; word < trie->words.count; word++) {
        const Py_UCS4 *at = trie->words.letters + trie->words.starts[word];
        const Py_UCS4 *end = trie->words.letters + trie->words.starts[word + 1];
        int inner = at < end && *at == 0, size = 0;
        uint32_t hash = 0;
        for (; size < SEEN && at + size + inner < end; size++) hash = hash_on(hash, at[size + inner]);
        if (size < SEEN && is_whole(trie, word)) hash = hash_on(hash, ' '), size++;
        if (inner && size && size < trie->least[at[1] < 128]) trie->least[at[1] < 128] = size;
        set_bit(inner ? trie->inside : trie->begins, bit_of(hash));
        byte *pairs = inner ? trie->inside_pairs : trie->begin_pairs;
        if (end - at - inner > 1) set_bit(pairs, pair_of(at[inner], at[inner + 1]));
        else if (end - at - inner == 1 && is_whole(trie, word)) set_bit(pairs, pair_of(at[inner], ' '));
        else if (end - at - inner == 1) memset(pairs + (pair_of(at[inner], 0) >> 3), 0xff, 32);
        else memset(pairs, 0xff, BITS / 8);
    }
    return 1;
}

/* Whether a literal of `least` or more letters may begin at `at`. */
static inline int may_begin(const byte *bits, const Py_UCS4 *at, const Py_UCS4 *end, int least) {
    const Py_UCS4 *stop = end - at > SEEN ? at + SEEN : end;
    uint32_t hash = 0;
    for (int size = 1; at < stop; at++, size++) {
        hash = hash_on(hash, *at);
        if (size >= least && has_bit(bits, bit_of(hash))) return 1;
    }
    return 0;
}

static int fill(Trie *trie) {
    uint64_t slots = 1024;
    while (slots < (uint64_t)trie->words.starts[trie->words.count]) slots *= 2;
    for (;;) {
        PyMem_Free(trie->edges);
        trie->edges = PyMem_Calloc(slots, sizeof *trie->edges);
        trie->mask = slots - 1;
        trie->size = 0;
        if (trie->edges == NULL || new_node(trie) < 0 || new_node(trie) < 0) return !PyErr_NoMemory();
        /* Node 0 is never a child, so that no edge is 0. The root is node 1. */
        if (trie->words.count && !build(trie, 1, 0, trie->words.count, 0)) return !PyErr_NoMemory();
        if ((uint64_t)trie->size * 4 > slots || slots == 1024) break;
        slots /= 2; /* the literals share most letters: a smaller table is quicker */
    }
    trie->inner = trie->nodes[1].only < 0 ? child_of(trie, 1, 0) : -1;
    return mark_bits(trie);
}

PyObject *native_trie(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *words, *programs, *endings;
    Py_buffer firsts, checks, sets;
    int unbroken;
    if (!PyArg_ParseTuple(args, "O!y*y*O!O!y*p", &PyList_Type, &words, &firsts, &checks, &PyList_Type, &programs,
                          &PyList_Type, &endings, &sets, &unbroken))
        return NULL;
    Trie *trie = PyMem_Calloc(1, sizeof *trie);
    if (trie != NULL) trie->unbroken = unbroken;
    int fine = trie != NULL && read_strings(words, &trie->words) && read_strings(programs, &trie->programs)
        && read_strings(endings, &trie->endings) && (trie->firsts = read_numbers(&firsts)) != NULL
        && (trie->checks = (Check *)read_numbers(&checks)) != NULL
        && (trie->ending_sets = read_numbers(&sets)) != NULL && fill(trie);
    PyBuffer_Release(&firsts);
    PyBuffer_Release(&checks);
    PyBuffer_Release(&sets);
    PyObject *capsule = fine ? PyCapsule_New(trie, NAME, close_trie) : NULL;
    if (capsule == NULL && trie != NULL) trie_free(trie);
    return capsule != NULL || PyErr_Occurred() ? capsule : PyErr_NoMemory();
}

/* Whether two neighbours belong to one word: `scanner._joins`. */
static int joins(Py_UCS4 left, Py_UCS4 right) {
    if (left == ' ' || right == ' ') return 0;
    if ((left < 128) != (right < 128)) {
        Py_UCS4 other = left < 128 ? right : left;
        return other < OTHER_SCRIPTS && Py_UNICODE_ISALNUM(other);
    }
    return left < UNSPACED && right < UNSPACED;
}

/* Whether the letters from `at` to `end` are one of a set of endings. */
static int is_ending(const Trie *trie, Py_UCS4 set, const Py_UCS4 *at, Py_ssize_t size) {
    for (int32_t i = trie->ending_sets[set]; i < trie->ending_sets[set + 1]; i++) {
        const int32_t *start = trie->endings.starts + i;
        if (start[1] - start[0] == size
            && !memcmp(trie->endings.letters + start[0], at, (size_t)size * sizeof *at))
            return 1;
    }
    return 0;
}

/* Where a program that begins at `at` ends; 0 if the text is another. */
static Py_ssize_t run_program(const Search *search, int32_t number, Py_ssize_t at) {
    const Strings *programs = &search->trie->programs;
    const Py_UCS4 *code = programs->letters + programs->starts[number];
    const Py_UCS4 *stop = programs->letters + programs->starts[number + 1], *text = search->text;
    for (; code < stop; code++) {
        Py_ssize_t end = at;
        if (*code > NO_LETTER) {
            if (at >= search->size || text[at++] != *code) return 0;
            continue;
        }
        if (*code == NAME_ENDING)
            while (end < search->size && text[end] != ' ' && text[end] < OTHER_SCRIPTS) end++;
        else
            while (end < search->size && is_letter(text[end])) end++;
        if (*code == NO_LETTER ? end > at
            : *code == LETTERS ? end - at > (Py_ssize_t)code[1]
            : end > at && !is_ending(search->trie, code[1], text + at, end - at))
            return 0;
        if (*code != NO_LETTER) code++;
        at = end;
    }
    return at;
}

/* Where a hit ends whose literal ends at `end`; 0 if what follows rules it out. */
static Py_ssize_t end_of(const Search *search, const Check *check, Py_ssize_t end) {
    const Py_UCS4 *text = search->text;
    Py_ssize_t stop = end, most = end + check->argument;
    switch (check->kind) {
    case ANYWHERE: return end;
    case WHOLE:
        if (search->trie->unbroken) break; /* a tail of no letters */
        return end < search->size && text[end] == ' ' ? end : 0;
    case PROGRAM: return run_program(search, check->argument, end);
    default: break;
    }
    if (search->trie->unbroken)
        while (stop <= most && stop < search->size && joins(text[stop - 1], text[stop])) stop++;
    else
        while (stop <= most && stop < search->size && text[stop] != ' ') stop++;
    return stop <= most ? stop : 0;
}

static int add_hits(Search *search, int32_t word, Py_ssize_t begin, Py_ssize_t end) {
    const Trie *trie = search->trie;
    for (int32_t i = trie->firsts[word]; i < trie->firsts[word + 1]; i++) {
        Py_ssize_t stop = end_of(search, trie->checks + i, end);
        if (!stop) continue;
        if (search->made == search->room) {
            Py_ssize_t room = search->room * 2 + 256;
            Hit *moved = PyMem_Realloc(search->hits, (size_t)room * sizeof *moved);
            if (moved == NULL) return 0;
            search->hits = moved;
            search->room = room;
        }
        search->hits[search->made++] = (Hit){(int32_t)begin, (int32_t)stop, trie->checks[i].term};
    }
    return 1;
}

/* The hits of literals that begin at `begin`, read from `node`; `depth` letters of them were before the text. */
static int walk(Search *search, int32_t node, Py_ssize_t begin, int32_t depth) {
    const Trie *trie = search->trie;
    Py_ssize_t at = begin;
    while (node >= 0) {
        int32_t only = trie->nodes[node].only, word = trie->nodes[node].word;
        if (only >= 0) {
            const int32_t *start = trie->words.starts + only;
            Py_ssize_t left = start[1] - start[0] - depth - (at - begin);
            const Py_UCS4 *rest = trie->words.letters + start[1] - left;
            if (left > search->size - at || memcmp(rest, search->text + at, (size_t)left * sizeof *rest)) return 1;
            return add_hits(search, only, begin, at + left);
        }
        if (word >= 0 && !add_hits(search, word, begin, at)) return 0;
        if (at >= search->size) return 1;
        node = child_of(trie, node, search->text[at++]);
    }
    return 1;
}

static int search_all(Search *search) {
    const Trie *trie = search->trie;
    const Py_UCS4 *text = search->text;
    const Py_UCS4 *end = text + search->size;
    for (Py_ssize_t at = 1; at < search->size; at++) {
        uint32_t pair = pair_of(text[at], text[at + 1]); /* a 0 stands behind the text */
        if (has_bit(trie->begin_pairs, pair) && (trie->unbroken ? !joins(text[at - 1], text[at]) : text[at - 1] == ' ')
            && may_begin(trie->begins, text + at, end, 1) && !walk(search, 1, at, 0))
            return 0;
        if (has_bit(trie->inside_pairs, pair) && may_begin(trie->inside, text + at, end, trie->least[text[at] < 128])
            && !walk(search, trie->inner, at, 1))
            return 0;
    }
    return 1;
}

static int by_begin(const void *left, const void *right) {
    const Hit *a = left, *b = right;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    if (a->end != b->end) return a->end > b->end ? -1 : 1;
    return (a->term > b->term) - (a->term < b->term);
}

PyObject *native_hits(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *capsule, *list = NULL;
    if (!PyArg_ParseTuple(args, "UO", &text, &capsule)) return NULL;
    Search search = {PyCapsule_GetPointer(capsule, NAME), NULL, PyUnicode_GET_LENGTH(text), 0, 0, NULL};
    if (search.trie == NULL) return NULL;
    Py_UCS4 *letters = search.size < INT32_MAX ? PyUnicode_AsUCS4Copy(text) : NULL;
    search.text = letters;
    if (letters != NULL && search_all(&search)) {
        qsort(search.hits, (size_t)search.made, sizeof *search.hits, by_begin);
        list = PyList_New(search.made);
        for (Py_ssize_t i = 0; list != NULL && i < search.made; i++) {
            const Hit *hit = search.hits + i;
            PyObject *item = Py_BuildValue("iii", hit->begin, -hit->end, hit->term);
            if (item == NULL) Py_CLEAR(list);
            else PyList_SET_ITEM(list, i, item);
        }
    }
    PyMem_Free(search.hits);
    PyMem_Free(letters);
    return list != NULL || PyErr_Occurred() ? list : PyErr_NoMemory();
}
