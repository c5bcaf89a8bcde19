/* Builds the tries of `trie.h`. */
#include "trie.h"

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
    PyMem_Free(trie->begins.pairs);
    PyMem_Free(trie->begins.bits);
    PyMem_Free(trie->inside.pairs);
    PyMem_Free(trie->inside.bits);
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
        if (size + 1 == FIRST) set_bit(all->bits, ~hash >> all->shift);
    }
    set_bit(all->bits, hash >> all->shift);
    all->sizes |= 1 << size;
    if (size > 1) set_bit(all->pairs, pair_of(known[0], known[1]));
    else if (size) memset(all->pairs + (pair_of(known[0], 0) >> 3), 0xff, 32);
}

/* Tables for `count` literals, of eight bits or more for each. */
static int make_beginnings(Beginnings *all, int32_t count) {
    all->shift = 16;
    while (all->shift > 12 && count > 1 << (29 - all->shift)) all->shift--;
    all->pairs = PyMem_Calloc(PAIRS / 8, 1);
    all->bits = PyMem_Calloc((size_t)1 << (29 - all->shift), 1);
    return (all->pairs != NULL && all->bits != NULL) || PyErr_NoMemory() != NULL;
}

static int mark_beginnings(Trie *trie) {
    int32_t inner = 0;
    while (inner < trie->words.count && trie->words.letters[trie->words.starts[inner]] == 0) inner++;
    if (!make_beginnings(&trie->begins, trie->words.count - inner) || !make_beginnings(&trie->inside, inner)) return 0;
    for (int32_t word = 0; word < trie->words.count; word++) {
        const Py_UCS4 *at = trie->words.letters + trie->words.starts[word];
        const Py_UCS4 *end = trie->words.letters + trie->words.starts[word + 1];
        int inner = at < end && *at == 0;
        mark(inner ? &trie->inside : &trie->begins, at + inner, end, is_whole(trie, word));
    }
    return 1;
}

static int fill(Trie *trie) {
    uint64_t slots = 1024;
    while (slots < (uint64_t)trie->words.starts[trie->words.count]) slots *= 2;
    for (;;) {
        PyMem_Free(trie->edges);
        trie->edges = PyMem_Calloc(slots, sizeof *trie->edges);
        trie->mask = slots - 1;
        trie->size = 0;
        if (trie->edges == NULL || new_node(trie) < 0 || new_node(trie) < 0) return PyErr_NoMemory() != NULL;
        /* Node 0 is never a child, so that no edge is 0. The root is node 1. */
        if (trie->words.count && !build(trie, 1, 0, trie->words.count, 0)) return PyErr_NoMemory() != NULL;
        if ((uint64_t)trie->size * 4 > slots || slots == 1024) break;
        slots /= 2; /* the literals share most letters: a smaller table is quicker */
    }
    trie->inner = trie->nodes[1].only < 0 ? child_of(trie, 1, 0) : -1;
    return mark_beginnings(trie);
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
