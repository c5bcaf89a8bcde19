/* Builds the tries of `trie.h`. */
#include "trie.h"

/* The first of `count` new nodes side by side; -1 if memory ran out. */
static int32_t new_nodes(Trie *trie, Py_ssize_t count) {
    if (trie->size + count > trie->room) {
        Py_ssize_t room = (trie->size + count) * 2 + 1024;
        Node *moved = room < INT32_MAX ? PyMem_Realloc(trie->nodes, (size_t)room * sizeof *moved) : NULL;
        if (moved == NULL) return -1;
        trie->nodes = moved;
        trie->room = room;
    }
    for (Py_ssize_t i = 0; i < count; i++) trie->nodes[trie->size + i] = (Node){0, -1, 0, 0};
    trie->size += count;
    return (int32_t)(trie->size - count);
}

/* The nodes below one whose literals are those from `low` to `high`, sorted, alike up to `depth`. */
static int build(Trie *trie, int32_t node, int32_t low, int32_t high, int32_t depth) {
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
    int32_t child = new_nodes(trie, count);
    if (child < 0) return 0;
    trie->nodes[node].down = child;
    trie->nodes[node].count = count;
    for (int32_t end; low < high; low = end, child++) {
        Py_UCS4 letter = letters[starts[low] + depth];
        for (end = low + 1; end < high && letters[starts[end] + depth] == letter;) end++;
        trie->nodes[child].letter = letter;
        if (!build(trie, child, low, end, depth + 1)) return 0;
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

static void beginnings_free(Beginnings *all) {
    PyMem_Free(all->pairs);
    PyMem_Free(all->few);
    PyMem_Free(all->bits);
    PyMem_Free(all->entries);
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
    beginnings_free(&trie->begins);
    beginnings_free(&trie->inside);
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
    int few = end - at < FIRST;
    if (few) set_bit(all->few, hash >> 16);
    else set_bit(all->bits, hash >> all->shift);
    all->sizes[few] |= 1 << size;
    if (size > 1) set_bit(all->pairs, pair_of(known[0], known[1]));
    else if (size) memset(all->pairs + (pair_of(known[0], 0) >> 3), 0xff, 32);
}

/* Tables for `count` literals, of eight bits or more for each, and for `groups` of them that begin alike. */
static int make_beginnings(Beginnings *all, int32_t count, int32_t groups) {
    all->shift = 16;
    while (all->shift > 12 && count > 1 << (29 - all->shift)) all->shift--;
    all->pairs = PyMem_Calloc(PAIRS / 8, 1);
    all->few = PyMem_Calloc(PAIRS / 8, 1);
    all->bits = PyMem_Calloc((size_t)1 << (29 - all->shift), 1);
    for (all->mask = 1; all->mask < (uint32_t)groups * 2;) all->mask = all->mask << 1 | 1;
    all->entries = PyMem_Calloc((size_t)all->mask + 1, sizeof *all->entries);
    int fine = all->pairs != NULL && all->few != NULL && all->bits != NULL && all->entries != NULL;
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
static int fill(Trie *trie, Beginnings *all, int32_t low, int32_t high, int32_t skipped) {
    const int32_t *starts = trie->words.starts;
    const Py_UCS4 *letters = trie->words.letters;
    int32_t groups = 0;
    for (int32_t i = low; i < high; i = alike_until(&trie->words, i, high, skipped)) groups++;
    if (!make_beginnings(all, high - low, groups)) return 0;
    for (int32_t end; low < high; low = end) {
        const Py_UCS4 *first = letters + starts[low] + skipped;
        int32_t size = starts[low + 1] - starts[low] - skipped;
        if (size > FIRST) size = FIRST;
        end = alike_until(&trie->words, low, high, skipped);
        for (int32_t word = low; word < end; word++)
            mark(all, letters + starts[word] + skipped, letters + starts[word + 1], is_whole(trie, word));
        Entry *entry = entry_of(all, first, size);
        memcpy(entry->letters, first, (size_t)size * sizeof *first);
        if ((entry->node = new_nodes(trie, 1)) < 0 || !build(trie, entry->node, low, end, size + skipped))
            return PyErr_NoMemory() != NULL;
    }
    return 1;
}

static int fill_both(Trie *trie) {
    int32_t inner = 0;
    while (inner < trie->words.count && trie->words.letters[trie->words.starts[inner]] == 0) inner++;
    if (new_nodes(trie, 1) < 0) return PyErr_NoMemory() != NULL; /* node 0 means none */
    if (!fill(trie, &trie->inside, 0, inner, 1) || !fill(trie, &trie->begins, inner, trie->words.count, 0)) return 0;
    Node *fitted = PyMem_Realloc(trie->nodes, (size_t)trie->size * sizeof *fitted);
    if (fitted != NULL) trie->nodes = fitted;
    return 1;
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
        && (trie->ending_sets = read_numbers(&sets)) != NULL && fill_both(trie);
    PyBuffer_Release(&firsts);
    PyBuffer_Release(&checks);
    PyBuffer_Release(&sets);
    PyObject *capsule = fine ? PyCapsule_New(trie, NAME, close_trie) : NULL;
    if (capsule == NULL && trie != NULL) trie_free(trie);
    return capsule != NULL || PyErr_Occurred() ? capsule : PyErr_NoMemory();
}
