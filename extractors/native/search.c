/* Finds thousands of literals in folded text, and checks what stands around each: `watchlist.scanner`. */
#include "trie.h"

/* Codes in a program, each with one argument but the last: the module text of `scanner`. Every other character is itself. */
enum { LETTERS = 1, ENDING, NAME_ENDING, NO_LETTER };
enum { OTHER_SCRIPTS = 0x590, UNSPACED = 0xe00 };
static inline int is_letter(Py_UCS4 c) { return c < 128 ? is((byte)c, WORD) : Py_UNICODE_ISALNUM(c); }

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

/* Which literals may begin at `at`, behind which `SEEN` letters can be read. Without branches, which a processor
 * guesses wrongly at every other word. */
enum { SHORT = 1, LONG = 2, INSIDE = 2 /* bits further up: the same of literals that may begin anywhere */ };
static inline int may_begin(const Beginnings *all, const Py_UCS4 *at) {
    uint32_t hash = 0;
    int shorter = 0, longer = 0, first = 0;
#pragma GCC unroll 6
    for (int size = 1; size <= SEEN; size++) {
        hash = hash_on(hash, *at++);
        if (size <= FIRST) shorter |= all->bounds.sizes[1] >> size & has_bit(all->few, hash >> 16);
        if (size >= FIRST) longer |= all->bounds.sizes[0] >> size & has_bit(all->bits, hash >> all->bounds.shift);
        if (size == FIRST) first = has_bit(all->bits, ~hash >> all->bounds.shift);
    }
    return (shorter & 1) * SHORT | (longer & first & 1) * LONG;
}

/* Whether two neighbours belong to one word: `automaton._joins`. */
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

/* The hits of literals that begin at `begin` and are alike up to `at`; `skipped` letters of them are not in the text. */
static int walk(Search *search, int32_t node, Py_ssize_t begin, Py_ssize_t at, int32_t skipped) {
    const Trie *trie = search->trie;
    while (node >= 0) {
        int32_t down = trie->nodes[node].down, word = trie->nodes[node].word;
        if (down < 0) {
            const int32_t *start = trie->words.starts + ~down;
            Py_ssize_t left = start[1] - start[0] - skipped - (at - begin);
            const Py_UCS4 *rest = trie->words.letters + start[1] - left;
            if (left > search->size - at || memcmp(rest, search->text + at, (size_t)left * sizeof *rest)) return 1;
            return add_hits(search, ~down, begin, at + left);
        }
        if (word >= 0 && !add_hits(search, word, begin, at)) return 0;
        if (at >= search->size) return 1;
        node = child_of(trie, node, search->text[at++]);
    }
    return 1;
}

/* The hits of the literals of one kind that begin at `at`; `may` says which can. */
static int look_up(Search *search, const Beginnings *all, Py_ssize_t at, int may, int32_t skipped) {
    int size = may & SHORT ? 1 : FIRST, last = may & LONG ? FIRST : FIRST - 1;
    for (; size <= last && at + size <= search->size; size++) {
        int32_t node = entry_of(all, search->text + at, size)->node;
        if (node && !walk(search, node, at, at + size, skipped)) return 0;
    }
    return 1;
}

/* Where literals may begin, and which: places whose next two letters, and then up to six, begin some literal. */
static Py_ssize_t find_places(const Search *search, int64_t *places) {
    const Trie *trie = search->trie;
    const Py_UCS4 *text = search->text;
    const Beginnings *begins = trie->begins + trie->unbroken, *inside = trie->inside + trie->unbroken;
    Py_ssize_t made = 0, kept = 0;
    for (Py_ssize_t at = 1; at < search->size; at++) {
        uint32_t pair = pair_of(text[at], text[at + 1]);
        places[made] = at;
        made += ((trie->unbroken | (text[at - 1] == ' ')) & has_bit(begins->pairs, pair))
            | has_bit(inside->pairs, pair);
    }
    for (Py_ssize_t i = 0; i < made; i++) {
        const Py_UCS4 *at = text + places[i];
        int may = may_begin(begins, at);
        if (has_bit(inside->pairs, pair_of(at[0], at[1]))) may |= may_begin(inside, at) << INSIDE;
        places[kept] = places[i] << (2 * INSIDE) | may;
        kept += may > 0;
    }
    return kept;
}

static int search_all(Search *search) {
    const Trie *trie = search->trie;
    const Py_UCS4 *text = search->text;
    int64_t *places = PyMem_Malloc((size_t)(search->size + 1) * sizeof *places);
    Py_ssize_t count = places == NULL ? 0 : find_places(search, places), i = 0;
    int fine = places != NULL;
    for (; fine && i < count; i++) {
        Py_ssize_t at = (Py_ssize_t)(places[i] >> (2 * INSIDE));
        int may = places[i] & (SHORT | LONG), inside = places[i] >> INSIDE & (SHORT | LONG);
        if (may && (trie->unbroken ? !joins(text[at - 1], text[at]) : text[at - 1] == ' '))
            fine = look_up(search, trie->begins, at, may, 0);
        if (fine && inside) fine = look_up(search, trie->inside, at, inside, 1);
    }
    PyMem_Free(places);
    return fine;
}

static int by_begin(const void *left, const void *right) {
    const Hit *a = left, *b = right;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    if (a->end != b->end) return a->end > b->end ? -1 : 1;
    return (a->term > b->term) - (a->term < b->term);
}

/* Search a text for all patterns; hits are by start. 0 and an exception if that fails; `close_search` in any case. */
static int open_search(Search *search, PyObject *text, PyObject *capsule) {
    *search = (Search){PyCapsule_GetPointer(capsule, NAME), NULL, PyUnicode_GET_LENGTH(text), 0, 0, NULL};
    if (search->trie == NULL) return 0;
    if (search->size >= INT32_MAX - SEEN) return PyErr_NoMemory() != NULL;
    Py_UCS4 *letters = PyMem_Malloc((size_t)(search->size + SEEN) * sizeof *letters);
    search->text = letters;
    if (letters == NULL) return PyErr_NoMemory() != NULL;
    if (PyUnicode_AsUCS4(text, letters, search->size, 0) == NULL) return 0;
    memset(letters + search->size, 0, SEEN * sizeof *letters);
    return search_all(search) || PyErr_NoMemory() != NULL;
}

/* The same, with the longest of the hits that begin at one place first. */
static int open_sorted(Search *search, PyObject *text, PyObject *capsule) {
    int fine = open_search(search, text, capsule);
    if (fine && search->made > 1) qsort(search->hits, (size_t)search->made, sizeof *search->hits, by_begin);
    return fine;
}

static void close_search(Search *search) {
    PyMem_Free(search->hits);
    PyMem_Free((void *)search->text);
}

static PyObject *three(Py_ssize_t first, Py_ssize_t second, Py_ssize_t third) {
    PyObject *made = PyTuple_New(3);
    Py_ssize_t numbers[] = {first, second, third};
    for (int i = 0; made != NULL && i < 3; i++) {
        PyObject *number = PyLong_FromSsize_t(numbers[i]);
        if (number == NULL) Py_CLEAR(made);
        else PyTuple_SET_ITEM(made, i, number);
    }
    return made;
}

PyObject *native_hits(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *capsule, *list = NULL;
    Search search;
    if (!PyArg_ParseTuple(args, "UO", &text, &capsule)) return NULL;
    if (open_sorted(&search, text, capsule)) list = PyList_New(search.made);
    for (Py_ssize_t i = 0; list != NULL && i < search.made; i++) {
        PyObject *item = three(search.hits[i].begin, -search.hits[i].end, search.hits[i].term);
        if (item == NULL) Py_CLEAR(list);
        else PyList_SET_ITEM(list, i, item);
    }
    close_search(&search);
    return list;
}

/* The offset in the original of the folded offset `at`: `folding.Folded.origin`. */
static Py_ssize_t origin_of(PyObject *breaks, PyObject *origins, Py_ssize_t at) {
    Py_ssize_t low = 0, high = PyTuple_GET_SIZE(breaks);
    if (high == 0) return at - 1;
    while (high - low > 1) {
        Py_ssize_t middle = (low + high) / 2;
        if (PyLong_AsSsize_t(PyTuple_GET_ITEM(breaks, middle)) > at) high = middle;
        else low = middle;
    }
    return PyLong_AsSsize_t(PyTuple_GET_ITEM(origins, low)) + at - PyLong_AsSsize_t(PyTuple_GET_ITEM(breaks, low));
}

/* What a hit of a term does: `compile.Rules.looks`. */
enum { HIDES = 1, GUARDED = 2, GROUP = 4 };

/* A hit with its place in the original, as `accepts` gives it if the term is guarded; None if it is no hit. */
static PyObject *placed(const Hit *hit, int guarded, PyObject *breaks, PyObject *origins, PyObject *accepts) {
    Py_ssize_t begin = origin_of(breaks, origins, hit->begin), end = origin_of(breaks, origins, hit->end - 1) + 1;
    if (PyErr_Occurred()) return NULL;
    if (!guarded) return three(begin, end, hit->term);
    PyObject *span = PyObject_CallFunction(accepts, "ii(nn)i", hit->begin, hit->end, begin, end, hit->term);
    if (span == NULL || span == Py_None) return span;
    int fine = PyTuple_Check(span) ? PyArg_ParseTuple(span, "nn", &begin, &end)
                                   : PyErr_Format(PyExc_TypeError, "a place is a tuple, not %R", Py_TYPE(span)) != NULL;
    Py_DECREF(span);
    return fine ? three(begin, end, hit->term) : NULL;
}

PyObject *native_kept_hits(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *capsule, *breaks, *origins, *accepts, *list = NULL;
    Py_buffer looks;
    int groups;
    Search search;
    if (!PyArg_ParseTuple(args, "UO(y*i)O!O!O", &text, &capsule, &looks, &groups, &PyTuple_Type, &breaks, &PyTuple_Type,
                          &origins, &accepts))
        return NULL;
    const int32_t *look = looks.buf;
    Py_ssize_t terms = looks.len / (Py_ssize_t)sizeof *look;
    int32_t *ends = PyMem_Calloc((size_t)(groups > 0 ? groups : 1), sizeof *ends), hidden = 0;
    int fine = open_sorted(&search, text, capsule);
    if (ends == NULL) fine = PyErr_NoMemory() != NULL;
    if (PyTuple_GET_SIZE(breaks) != PyTuple_GET_SIZE(origins))
        fine = PyErr_Format(PyExc_ValueError, "breaks and origins are as many") != NULL;
    if (fine) list = PyList_New(0);
    for (Py_ssize_t i = 0; list != NULL && i < search.made; i++) {
        const Hit *hit = search.hits + i;
        if (hit->term < 0 || hit->term >= terms || look[hit->term] < 0 || look[hit->term] / GROUP >= groups) {
            PyErr_Format(PyExc_ValueError, "term %d is unknown", hit->term);
            Py_CLEAR(list);
            break;
        }
        int32_t kind = look[hit->term], *reached = ends + kind / GROUP;
        /* Hits come by start, longest first, so a hit that ends no later than the last one of its group lies in it. */
        if (hit->end <= hidden || hit->end <= *reached) continue;
        PyObject *item = placed(hit, kind & GUARDED, breaks, origins, accepts);
        if (item == NULL || (item != Py_None && !(kind & HIDES) && PyList_Append(list, item) < 0)) Py_CLEAR(list);
        else if (item != Py_None) *(kind & HIDES ? &hidden : reached) = hit->end;
        Py_XDECREF(item);
    }
    PyMem_Free(ends);
    close_search(&search);
    PyBuffer_Release(&looks);
    return list;
}

/* What `native_masks` knows of terms: for each the number of its kind, inverted if a hit must be checked; for each kind
 * its mask, in as many words of 64 bits as the others; for each set, which kinds it has. */
typedef struct {
    Py_buffer kinds, masks;
    PyObject *sets, *accepts;
    Py_ssize_t words;
} Marking;

/* Add the mask of a kind to those of the sets that have it; whether that would change any if it is only asked. */
static int add_mask(const Marking *marking, Py_ssize_t kind, uint64_t *to, int asked) {
    const uint64_t *mask = (const uint64_t *)marking->masks.buf + kind * marking->words;
    uint64_t changes = 0;
    for (Py_ssize_t set = 0; set < PyTuple_GET_SIZE(marking->sets); set++, to += marking->words)
        if (PyBytes_AS_STRING(PyTuple_GET_ITEM(marking->sets, set))[kind])
            for (Py_ssize_t i = 0; i < marking->words; i++) {
                changes |= mask[i] & ~to[i];
                if (!asked) to[i] |= mask[i];
            }
    return changes != 0;
}

/* The masks of the hits in each part of a text, which ends at one of `bounds`, by set. 0 and an exception if it fails. */
static int add_masks(const Search *search, const Marking *marking, PyObject *bounds, PyObject *places[2],
                     uint64_t *to) {
    Py_ssize_t terms = marking->kinds.len / (Py_ssize_t)sizeof(int32_t), made = 0;
    Py_ssize_t kinds = marking->masks.len / (marking->words * (Py_ssize_t)sizeof *to);
    for (Py_ssize_t part = 0; part < PyList_GET_SIZE(bounds); part++) {
        Py_ssize_t end = PyLong_AsSsize_t(PyList_GET_ITEM(bounds, part));
        for (; made < search->made; made++) {
            const Hit *hit = search->hits + made;
            if (origin_of(places[0], places[1], hit->begin) >= end) break;
            int known = hit->term >= 0 && hit->term < terms;
            int32_t look = known ? ((const int32_t *)marking->kinds.buf)[hit->term] : 0, kind = look < 0 ? ~look : look;
            if (!known || kind >= kinds)
                return PyErr_Format(PyExc_ValueError, "term %d is unknown", hit->term) != NULL;
            if (look < 0) {
                if (!add_mask(marking, kind, to, 1)) continue;
                PyObject *answer = PyObject_CallFunction(marking->accepts, "iii", hit->begin, hit->end, hit->term);
                int accepted = answer == NULL ? -1 : PyObject_IsTrue(answer);
                Py_XDECREF(answer);
                if (accepted < 0) return 0;
                if (!accepted) continue;
            }
            add_mask(marking, kind, to, 0);
        }
        to += PyTuple_GET_SIZE(marking->sets) * marking->words;
    }
    return !PyErr_Occurred();
}

/* Whether every set says of every kind whether it has it. */
static int is_fitting(const Marking *marking) {
    Py_ssize_t width = marking->words * (Py_ssize_t)sizeof(uint64_t);
    int fits = marking->words > 0 && marking->words < 64 && marking->masks.len % width == 0;
    for (Py_ssize_t set = 0; fits && set < PyTuple_GET_SIZE(marking->sets); set++) {
        PyObject *one = PyTuple_GET_ITEM(marking->sets, set);
        fits = PyBytes_Check(one) && PyBytes_GET_SIZE(one) == marking->masks.len / width;
    }
    return fits;
}

/* `gates.evidence.masks_of_hits`: the masks of each part, one behind the other. */
PyObject *native_masks(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *capsule, *bounds, *places[2], *made = NULL;
    Marking marking;
    Search search;
    if (!PyArg_ParseTuple(args, "UO(y*y*O!n)O!O!O!O", &text, &capsule, &marking.kinds, &marking.masks, &PyTuple_Type,
                          &marking.sets, &marking.words, &PyList_Type, &bounds, &PyTuple_Type, places, &PyTuple_Type,
                          places + 1, &marking.accepts))
        return NULL;
    if (!is_fitting(&marking) || PyTuple_GET_SIZE(places[0]) != PyTuple_GET_SIZE(places[1]))
        PyErr_SetString(PyExc_ValueError, "masks are as long, sets have all kinds; breaks and origins are as many");
    else {
        Py_ssize_t size = PyList_GET_SIZE(bounds) * PyTuple_GET_SIZE(marking.sets) * marking.words * 8;
        if (open_search(&search, text, capsule)) made = PyBytes_FromStringAndSize(NULL, size);
        if (made != NULL) {
            memset(PyBytes_AS_STRING(made), 0, (size_t)size);
            if (!add_masks(&search, &marking, bounds, places, (uint64_t *)PyBytes_AS_STRING(made))) Py_CLEAR(made);
        }
        close_search(&search);
    }
    PyBuffer_Release(&marking.kinds);
    PyBuffer_Release(&marking.masks);
    return made;
}
