/* Builds the tries of `trie.h`. */
#include "trie.h"

/* A trie while it is built. */
typedef struct {
    Trie trie;
    int32_t words; /* how many */
    Py_ssize_t size, room; /* of its nodes */
} Builder;

/* The first of `count` new nodes side by side; -1 if memory ran out. */
static int32_t new_nodes(Builder *made, Py_ssize_t count) {
    if (made->size + count > made->room) {
        Py_ssize_t room = (made->size + count) * 2 + 1024;
        Node *moved = room < INT32_MAX ? PyMem_Realloc(made->trie.nodes, (size_t)room * sizeof *moved) : NULL;
        if (moved == NULL) return -1;
        made->trie.nodes = moved;
        made->room = room;
    }
    for (Py_ssize_t i = 0; i < count; i++) made->trie.nodes[made->size + i] = (Node){0, -1, 0, 0};
    made->size += count;
    return (int32_t)(made->size - count);
}

/* The nodes below one whose literals are those from `low` to `high`, sorted, alike up to `depth`. */
static int build(Builder *made, int32_t node, int32_t low, int32_t high, int32_t depth) {
    Trie *trie = &made->trie;
    const int32_t *starts = trie->words.starts;
    const Py_UCS4 *letters = trie->words.letters;
    if (high - low == 1) {
        trie->nodes[node].down = ~low;
        return 1;
    }
    if (starts[low + 1] - starts[low] == depth) trie->nodes[node].word = low++;
    int32_t count = 0;
    for (int32_t i = low; i < high; i++)
        count += i == low || letters[starts[i] + depth] != letters[starts[i - 1] + depth];
    int32_t child = new_nodes(made, count);
    if (child < 0) return 0;
    trie->nodes[node].down = child;
    trie->nodes[node].count = count;
    for (int32_t end; low < high; low = end, child++) {
        Py_UCS4 letter = letters[starts[low] + depth];
        for (end = low + 1; end < high && letters[starts[end] + depth] == letter;) end++;
        trie->nodes[child].letter = letter;
        if (!build(made, child, low, end, depth + 1)) return 0;
    }
    return 1;
}

/* The strings of a list in one piece. 0 and an exception if that fails. */
static int read_strings(PyObject *list, Strings *strings) {
    Py_ssize_t total = 0, count = PyList_GET_SIZE(list);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!PyUnicode_Check(PyList_GET_ITEM(list, i))) return PyErr_Format(PyExc_TypeError, "literals are str") != NULL;
        total += PyUnicode_GET_LENGTH(PyList_GET_ITEM(list, i));
    }
    strings->letters = PyMem_Malloc((size_t)(total + 1) * sizeof(Py_UCS4));
    strings->starts = PyMem_Malloc((size_t)(count + 1) * sizeof(int32_t));
    if (strings->letters == NULL || strings->starts == NULL || total >= INT32_MAX) return PyErr_NoMemory() != NULL;
    total = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *one = PyList_GET_ITEM(list, i);
        strings->starts[i] = (int32_t)total;
        for (Py_ssize_t at = 0; at < PyUnicode_GET_LENGTH(one); at++)
            strings->letters[total++] = PyUnicode_READ_CHAR(one, at);
    }
    strings->starts[count] = (int32_t)total;
    return 1;
}

static void free_arrays(Trie *trie) {
    Strings *all[] = {&trie->words, &trie->programs, &trie->endings};
    for (int i = 0; i < 3; i++) {
        PyMem_Free(all[i]->letters);
        PyMem_Free(all[i]->starts);
    }
    PyMem_Free(trie->nodes);
    for (int i = 0; i < KINDS; i++) {
        Beginnings *one = i < SCRIPTS ? trie->begins + i : trie->inside + i - SCRIPTS;
        PyMem_Free(one->pairs);
        PyMem_Free(one->few);
        PyMem_Free(one->bits);
        if (i % SCRIPTS == 0) PyMem_Free(one->entries);
    }
}

/* Whether a blank follows a literal in every one of its hits in texts with blanks. */
static int is_whole(const Trie *trie, int32_t word) {
    for (int32_t i = trie->firsts[word]; i < trie->firsts[word + 1]; i++)
        if (trie->checks[i].kind != WHOLE) return 0;
    return 1;
}

/* Add a literal to the beginnings, with the blank that follows it in all its hits. */
static void mark(Beginnings *all, const Py_UCS4 *at, const Py_UCS4 *end, int whole) {
    Py_UCS4 known[SEEN];
    uint32_t hash = 0;
    int size = 0;
    for (; size < SEEN; size++) {
        if (at + size < end) known[size] = at[size];
        else if (whole && at + size == end) known[size] = ' ';
        else break;
        hash = hash_on(hash, known[size]);
        if (size + 1 == FIRST) set_bit(all->bits, ~hash >> all->bounds.shift);
    }
    int few = end - at < FIRST;
    if (few) set_bit(all->few, hash >> 16);
    else set_bit(all->bits, hash >> all->bounds.shift);
    all->bounds.sizes[few] |= 1 << size;
    if (size > 1) set_bit(all->pairs, pair_of(known[0], known[1]));
    else if (size) memset(all->pairs + (pair_of(known[0], 0) >> 3), 0xff, 32);
}

/* Tables for `count` literals, of eight bits or more for each, and for `groups` of them that begin alike. */
static int make_beginnings(Beginnings both[SCRIPTS], int32_t count, int32_t groups) {
    Bounds bounds = {.shift = 16, .mask = 1};
    while (bounds.shift > 12 && count > 1 << (29 - bounds.shift)) bounds.shift--;
    while (bounds.mask < (uint32_t)groups * 2) bounds.mask = bounds.mask << 1 | 1;
    both[0].entries = both[1].entries = PyMem_Calloc((size_t)bounds.mask + 1, sizeof *both->entries);
    int fine = both->entries != NULL;
    for (int i = 0; i < SCRIPTS; i++) {
        both[i].bounds = bounds;
        both[i].pairs = PyMem_Calloc(PAIRS / 8, 1);
        both[i].few = PyMem_Calloc(PAIRS / 8, 1);
        both[i].bits = PyMem_Calloc((size_t)1 << (29 - bounds.shift), 1);
        fine = fine && both[i].pairs != NULL && both[i].few != NULL && both[i].bits != NULL;
    }
    return fine || PyErr_NoMemory() != NULL;
}

/* Behind the literals from `low` on that share their first letters with it, all `FIRST` of them. */
static int32_t alike_until(const Strings *words, int32_t low, int32_t high, int32_t skipped) {
    const Py_UCS4 *first = words->letters + words->starts[low] + skipped;
    int32_t end = low + 1;
    if (words->starts[end] - words->starts[low] - skipped < FIRST) return end;
    for (; end < high; end++) {
        const Py_UCS4 *other = words->letters + words->starts[end] + skipped;
        if (words->letters + words->starts[end + 1] - other < FIRST || memcmp(other, first, FIRST * sizeof *first)) break;
    }
    return end;
}

/* The nodes of literals from `low` to `high`, of which the first `skipped` letters are not in the text. */
static int fill(Builder *made, Beginnings both[SCRIPTS], int32_t low, int32_t high, int32_t skipped) {
    Trie *trie = &made->trie;
    const int32_t *starts = trie->words.starts;
    const Py_UCS4 *letters = trie->words.letters;
    int32_t groups = 0;
    for (int32_t i = low; i < high; i = alike_until(&trie->words, i, high, skipped)) groups++;
    if (!make_beginnings(both, high - low, groups)) return 0;
    for (int32_t end; low < high; low = end) {
        const Py_UCS4 *first = letters + starts[low] + skipped;
        int32_t size = starts[low + 1] - starts[low] - skipped;
        if (size > FIRST) size = FIRST;
        end = alike_until(&trie->words, low, high, skipped);
        for (int32_t word = low; word < end; word++)
            for (int i = 0; i < SCRIPTS; i++)
                mark(both + i, letters + starts[word] + skipped, letters + starts[word + 1], !i && is_whole(trie, word));
        Entry *entry = entry_of(both, first, size);
        memcpy(entry->letters, first, (size_t)size * sizeof *first);
        if ((entry->node = new_nodes(made, 1)) < 0 || !build(made, entry->node, low, end, size + skipped))
            return PyErr_NoMemory() != NULL;
    }
    return 1;
}

static int fill_both(Builder *made) {
    Trie *trie = &made->trie;
    int32_t inner = 0;
    while (inner < made->words && trie->words.letters[trie->words.starts[inner]] == 0) inner++;
    if (new_nodes(made, 1) < 0) return PyErr_NoMemory() != NULL; /* node 0 means none */
    return fill(made, trie->inside, 0, inner, 1) && fill(made, trie->begins, inner, made->words, 0);
}

static size_t letters_of(const Strings *strings, PyObject *list) {
    return (size_t)strings->starts[PyList_GET_SIZE(list)] * sizeof *strings->letters;
}
static size_t starts_of(PyObject *list) { return (size_t)(PyList_GET_SIZE(list) + 1) * sizeof(int32_t); }
static size_t entries_of(const Beginnings *all) { return ((size_t)all->bounds.mask + 1) * sizeof *all->entries; }
static size_t bits_of(const Beginnings *all) { return (size_t)1 << (29 - all->bounds.shift); }

PyObject *native_trie(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *words, *programs, *endings, *block = NULL;
    Py_buffer firsts, checks, sets;
    if (!PyArg_ParseTuple(args, "O!y*y*O!O!y*", &PyList_Type, &words, &firsts, &checks, &PyList_Type, &programs,
                          &PyList_Type, &endings, &sets))
        return NULL;
    Builder made = {.words = (int32_t)PyList_GET_SIZE(words)};
    Trie *trie = &made.trie;
    trie->firsts = firsts.buf;
    trie->checks = checks.buf;
    trie->ending_sets = sets.buf;
    if (read_strings(words, &trie->words) && read_strings(programs, &trie->programs)
        && read_strings(endings, &trie->endings) && fill_both(&made)) {
        enum { PAIR_BYTES = PAIRS / 8 };
        const Beginnings *begins = trie->begins, *inside = trie->inside;
        const size_t bytes[ARRAYS] = {
            letters_of(&trie->words, words), starts_of(words),
            letters_of(&trie->programs, programs), starts_of(programs),
            letters_of(&trie->endings, endings), starts_of(endings),
            (size_t)sets.len, (size_t)firsts.len, (size_t)checks.len, (size_t)made.size * sizeof(Node),
            entries_of(begins), PAIR_BYTES, PAIR_BYTES, bits_of(begins), PAIR_BYTES, PAIR_BYTES, bits_of(begins),
            entries_of(inside), PAIR_BYTES, PAIR_BYTES, bits_of(inside), PAIR_BYTES, PAIR_BYTES, bits_of(inside),
        };
        block = block_of(trie, bytes);
    }
    free_arrays(trie);
    PyBuffer_Release(&firsts);
    PyBuffer_Release(&checks);
    PyBuffer_Release(&sets);
    return block != NULL || PyErr_Occurred() ? block : PyErr_NoMemory();
}
