/* Letters folded by table, and everyday words looked up. */
#include "native.h"

enum { UNFIT = 254 };

/* A table's entry: `fold_table.FoldTable`. */
static inline Py_UCS2 first_of(uint32_t entry) { return (Py_UCS2)(entry & 0xffff); }
static inline byte width_of(uint32_t entry) { return (byte)(entry >> 16 & 0xff); }

/* A text to be folded, and what comes of it. */
typedef struct {
    int kind;
    const void *data;
    Py_ssize_t size;
    const uint32_t *table;
    PyObject *longer;
    Py_UCS2 *to;
    int32_t *origins;
    Py_ssize_t made;
    byte kinds;
} Folding;

/* What `longer` has for a letter that folds to several. 0 when it does not know the letter. */
static int spell_out(PyObject *longer, Py_UCS4 code, Py_ssize_t width, Py_UCS2 *to) {
    PyObject *key = PyLong_FromUnsignedLong(code);
    PyObject *letters = key ? PyDict_GetItemWithError(longer, key) : NULL;
    Py_XDECREF(key);
    if (letters == NULL || !PyTuple_Check(letters) || PyTuple_GET_SIZE(letters) != width) {
        if (!PyErr_Occurred()) PyErr_Format(PyExc_ValueError, "a character is said to fold to %zd letters", width);
        return 0;
    }
    for (Py_ssize_t i = 0; i < width; i++) to[i] = (Py_UCS2)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(letters, i));
    return !PyErr_Occurred();
}

/* The letters where each character folds to one, as in nearly all texts; 0 at the first that does not. */
static inline int fold_alike(Folding *folding, const int kind) {
    uint32_t kinds = 0;
    folding->to[0] = ' ';
    for (Py_ssize_t i = 0; i < folding->size; i++) {
        uint32_t entry = folding->table[PyUnicode_READ(kind, folding->data, i)];
        if (width_of(entry) != 1) return 0;
        kinds |= entry;
        folding->to[i + 1] = first_of(entry);
    }
    folding->made = folding->size + 2;
    folding->to[folding->made - 1] = ' ';
    folding->kinds = (byte)(kinds >> 24);
    return 1;
}

/* Letters that come of the text, and two more; -1 and its code where a character is unknown or does not fit. */
static Py_ssize_t measure(Folding *folding, Py_UCS4 *stopped) {
    Py_ssize_t letters = 2;
    uint32_t kinds = 0;
    for (Py_ssize_t i = 0; i < folding->size; i++) {
        Py_UCS4 code = PyUnicode_READ(folding->kind, folding->data, i);
        uint32_t entry = folding->table[code];
        if (width_of(entry) >= UNFIT) {
            *stopped = code;
            return -1;
        }
        kinds |= entry;
        letters += width_of(entry);
    }
    folding->kinds = (byte)(kinds >> 24);
    return letters;
}

static inline void add(Folding *folding, Py_UCS2 letter, Py_ssize_t origin) {
    folding->to[folding->made] = letter;
    folding->origins[folding->made++] = (int32_t)origin;
}

/* The letters and their origins, a blank on either side. */
static int fold_into(Folding *folding) {
    folding->made = 0;
    add(folding, ' ', -1);
    for (Py_ssize_t i = 0; i < folding->size; i++) {
        Py_UCS4 code = PyUnicode_READ(folding->kind, folding->data, i);
        uint32_t entry = folding->table[code];
        Py_UCS2 several[UNFIT];
        byte width = width_of(entry);
        if (width == 1) several[0] = first_of(entry);
        else if (width && !spell_out(folding->longer, code, width, several)) return 0;
        for (byte j = 0; j < width; j++) add(folding, several[j], i);
    }
    add(folding, ' ', folding->size);
    return 1;
}

/* Where the distance to the original changes, and the origins there; two empty tuples when it never does. */
static PyObject *breaks_of(const Folding *folding) {
    Py_ssize_t count = 0, at = 0;
    for (Py_ssize_t i = 1; folding->origins != NULL && i < folding->made; i++) count += folding->origins[i] - folding->origins[i - 1] != 1;
    count += count > 0;
    PyObject *breaks = PyTuple_New(count), *origins = PyTuple_New(count);
    if (breaks == NULL || origins == NULL) goto failed;
    for (Py_ssize_t i = 0; count && i < folding->made; i++) {
        if (i && folding->origins[i] - folding->origins[i - 1] == 1) continue;
        PyObject *place = PyLong_FromSsize_t(i), *origin = PyLong_FromLong(folding->origins[i]);
        if (place == NULL || origin == NULL) {
            Py_XDECREF(place);
            Py_XDECREF(origin);
            goto failed;
        }
        PyTuple_SET_ITEM(breaks, at, place);
        PyTuple_SET_ITEM(origins, at++, origin);
    }
    return Py_BuildValue("NN", breaks, origins);
failed:
    Py_XDECREF(breaks);
    Py_XDECREF(origins);
    return NULL;
}

PyObject *native_fold(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *result = NULL;
    Py_buffer table;
    Py_UCS4 stopped = 0;
    Folding folding = {0};
    if (!PyArg_ParseTuple(args, "Uy*O!", &text, &table, &PyDict_Type, &folding.longer)) return NULL;
    folding.kind = PyUnicode_KIND(text);
    folding.data = PyUnicode_DATA(text);
    folding.size = PyUnicode_GET_LENGTH(text);
    folding.table = table.buf;
    if (table.len != CODES * 4 || folding.size >= INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "a table of every code of Unicode is needed, and a text of less than 2 GB");
        goto done;
    }
    folding.to = PyMem_Malloc((size_t)(folding.size + 2) * sizeof *folding.to);
    if (folding.to == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    int alike = folding.kind == PyUnicode_1BYTE_KIND ? fold_alike(&folding, PyUnicode_1BYTE_KIND)
        : folding.kind == PyUnicode_2BYTE_KIND       ? fold_alike(&folding, PyUnicode_2BYTE_KIND)
                                                     : fold_alike(&folding, PyUnicode_4BYTE_KIND);
    if (!alike) {
        Py_ssize_t room = measure(&folding, &stopped);
        if (room < 0) {
            result = PyLong_FromUnsignedLong(stopped);
            goto done;
        }
        PyMem_Free(folding.to);
        folding.to = PyMem_Malloc((size_t)room * sizeof *folding.to);
        folding.origins = PyMem_Malloc((size_t)room * sizeof *folding.origins);
        if (folding.to == NULL || folding.origins == NULL) {
            PyErr_NoMemory();
            goto done;
        }
        if (!fold_into(&folding)) goto done;
    }
    PyObject *made = PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, folding.to, folding.made);
    PyObject *breaks = made == NULL ? NULL : breaks_of(&folding);
    if (breaks == NULL) Py_XDECREF(made);
    else result = Py_BuildValue("NNi", made, breaks, folding.kinds);
done:
    PyMem_Free(folding.to);
    PyMem_Free(folding.origins);
    PyBuffer_Release(&table);
    return result;
}

PyObject *native_word_table(PyObject *Py_UNUSED(module), PyObject *words) {
    PyObject *word, *iterator = PyObject_GetIter(words), *table = PyBytes_FromStringAndSize(NULL, TABLE_BYTES);
    if (iterator == NULL || table == NULL) goto failed;
    byte *bits = (byte *)PyBytes_AS_STRING(table);
    memset(bits, 0, TABLE_BYTES);
    while ((word = PyIter_Next(iterator)) != NULL) {
        if (!PyUnicode_Check(word)) {
            PyErr_SetString(PyExc_TypeError, "words are str");
            Py_DECREF(word);
            goto failed;
        }
        uint32_t hash = FIRST_HASH;
        for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(word); i++) hash = hashed(hash, PyUnicode_READ_CHAR(word, i));
        bits[bit_of_word(hash) >> 3] |= (byte)(1 << (bit_of_word(hash) & 7));
        Py_DECREF(word);
    }
    if (PyErr_Occurred()) goto failed;
    Py_DECREF(iterator);
    return table;
failed:
    Py_XDECREF(iterator);
    Py_XDECREF(table);
    return NULL;
}

/* The characters whose bits are set, as a string. */
static PyObject *characters_of(const uint64_t *met, Py_UCS4 highest) {
    Py_ssize_t size = 0;
    for (Py_UCS4 block = 0; block <= highest / 64; block++)
        for (uint64_t bits = met[block]; bits; bits &= bits - 1) size++;
    Py_UCS4 *codes = PyMem_Malloc((size_t)(size + 1) * sizeof *codes);
    if (codes == NULL) return PyErr_NoMemory();
    size = 0;
    for (Py_UCS4 block = 0; block <= highest / 64; block++)
        for (Py_UCS4 bit = 0; met[block] >> bit; bit++) {
            if (met[block] >> bit & 1) codes[size++] = block * 64 + bit;
            if (bit == 63) break;
        }
    PyObject *made = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, codes, size);
    PyMem_Free(codes);
    return made;
}

/* Add the words of `text` that the table may hold, and mark the characters of all its words. */
static int see_words(PyObject *text, const byte *table, PyObject *words, uint64_t *met, Py_UCS4 *highest) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), start = 0;
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    uint32_t hash = FIRST_HASH;
    struct {
        Py_ssize_t start, size;
    } seen[512] = {0}; /* words that were added last, by hash: most of a text are a few, many times */
    for (Py_ssize_t i = 0; i <= size; i++) {
        Py_UCS4 code = i < size ? PyUnicode_READ(kind, data, i) : ' ';
        if (i < size && (code < 128 ? is((byte)code, WORD) : Py_UNICODE_ISALNUM(code))) {
            met[code / 64] |= (uint64_t)1 << code % 64;
            if (code > *highest) *highest = code;
            hash = hashed(hash, code);
            continue;
        }
        uint32_t bit = bit_of_word(hash);
        const char *at = (const char *)data + start * kind, *known = (const char *)data + seen[bit & 511].start * kind;
        int same = i - start == seen[bit & 511].size && !memcmp(at, known, (size_t)((i - start) * kind));
        if (i > start && !same && table[bit >> 3] >> (bit & 7) & 1) {
            seen[bit & 511].start = start;
            seen[bit & 511].size = i - start;
            PyObject *word = PyUnicode_Substring(text, start, i);
            if (word == NULL || PySet_Add(words, word) < 0) {
                Py_XDECREF(word);
                return 0;
            }
            Py_DECREF(word);
        }
        start = i + 1;
        hash = FIRST_HASH;
    }
    return 1;
}

PyObject *native_words_seen(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *result = NULL;
    const char *table;
    Py_ssize_t size;
    Py_UCS4 highest = 0;
    if (!PyArg_ParseTuple(args, "Uy#", &text, &table, &size)) return NULL;
    if (size != TABLE_BYTES) return PyErr_Format(PyExc_ValueError, "a table of %d bytes is needed", TABLE_BYTES);
    PyObject *words = PySet_New(NULL);
    uint64_t *met = PyMem_Calloc(PyUnicode_MAX_CHAR_VALUE(text) / 64 + 1, sizeof *met);
    if (words == NULL || met == NULL) PyErr_NoMemory();
    else if (see_words(text, (const byte *)table, words, met, &highest)) {
        PyObject *characters = characters_of(met, highest);
        if (characters != NULL) result = Py_BuildValue("ON", words, characters);
    }
    PyMem_Free(met);
    Py_XDECREF(words);
    return result;
}

/* What ends a sentence before a blank, in the order in which `passages.ends_by_patterns` replaces them; 0: nothing. */
static int stage_of(Py_UCS4 code, Py_UCS4 next) {
    switch (code) {
    case '.': return next == '"' ? 4 : next == 0x201d ? 5 : next == 0xbb ? 6 : 1;
    case '!': return 2;
    case '?': return 3;
    case 0x2026: return 7;
    default: return 0;
    }
}

static int ends_by_itself(Py_UCS4 code) {
    if (code < 0x61f) return code == '\n' || code == 0;
    return code == 0x61f || code == 0x964 || code == 0x3002 || code == 0xff01 || code == 0xff1f;
}

/* `passages.ends_by_patterns`. Read from the end: whether a mark ends a sentence depends on what follows it, since
 * marks that end one count as blanks for the marks before them that are replaced later. */
PyObject *native_sentence_ends(PyObject *Py_UNUSED(module), PyObject *text) {
    enum { NEVER = 9 };
    if (!PyUnicode_Check(text)) return PyErr_Format(PyExc_TypeError, "str is read, not %R", Py_TYPE(text));
    int kind = PyUnicode_KIND(text), first = NEVER, second = NEVER; /* since when the next two are blanks */
    const void *data = PyUnicode_DATA(text);
    Py_UCS4 next = 'x';
    PyObject *ends = PyList_New(0);
    for (Py_ssize_t at = PyUnicode_GET_LENGTH(text) - 1; ends != NULL && at >= 0; at--) {
        Py_UCS4 code = PyUnicode_READ(kind, data, at);
        int blank = code == ' ' ? 0 : NEVER, stage = stage_of(code, next);
        int behind = stage >= 4 && stage <= 6 ? 2 : 1;
        Py_ssize_t end = ends_by_itself(code) ? at + 1 : -1;
        if (stage && (behind == 2 ? second : first) < stage) {
            blank = stage;
            end = at + behind + 1;
        }
        if (end >= 0) {
            PyObject *number = PyLong_FromSsize_t(end);
            if (number == NULL || PyList_Append(ends, number) < 0) Py_CLEAR(ends);
            Py_XDECREF(number);
        }
        second = behind == 2 && blank == stage ? blank : first;
        first = blank;
        next = code;
    }
    if (ends != NULL && PyList_Reverse(ends) < 0) Py_CLEAR(ends);
    return ends;
}

/* Whether a text has a character whose byte in a table is not 0; the last byte is for all that lie higher. */
PyObject *native_has_any(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text;
    Py_buffer table;
    if (!PyArg_ParseTuple(args, "Uy*", &text, &table)) return NULL;
    int kind = PyUnicode_KIND(text), met = 0;
    const void *data = PyUnicode_DATA(text);
    for (Py_ssize_t i = 0, size = PyUnicode_GET_LENGTH(text); table.len && i < size && !met; i++) {
        Py_ssize_t code = (Py_ssize_t)PyUnicode_READ(kind, data, i);
        met = ((const byte *)table.buf)[code < table.len ? code : table.len - 1];
    }
    PyBuffer_Release(&table);
    return PyBool_FromLong(met);
}

/* `" ".join(text.split())`. */
PyObject *native_blanks(PyObject *Py_UNUSED(module), PyObject *text) {
    if (!PyUnicode_Check(text)) return PyErr_Format(PyExc_TypeError, "str is read, not %R", Py_TYPE(text));
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), made = 0;
    int kind = PyUnicode_KIND(text), open = 0, changed = 0;
    const void *data = PyUnicode_DATA(text);
    byte *to = PyMem_Malloc((size_t)(size + 1) * (size_t)kind);
    if (to == NULL) return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 code = PyUnicode_READ(kind, data, i);
        if (code < 128 ? is((byte)code, BLANK) || (code >= 0x1c && code <= 0x1f) : Py_UNICODE_ISSPACE(code)) {
            changed |= code != ' ' || !open;
            if (open) PyUnicode_WRITE(kind, to, made++, ' ');
            open = 0;
        } else {
            PyUnicode_WRITE(kind, to, made++, code);
            open = 1;
        }
    }
    if (made && !open) {
        made--;
        changed = 1;
    }
    PyObject *result = changed ? PyUnicode_FromKindAndData(kind, to, made) : Py_NewRef(text);
    PyMem_Free(to);
    return result;
}

/* Behind the character of UTF-8 at `at`, as Python decodes it; NULL where it would not. */
static const byte *utf8_end(const byte *at, const byte *end) {
    byte first = *at, low = 0x80, high = 0xbf;
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || end - at <= more) return NULL;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xf0) low = 0x90;
    if (first == 0xed) high = 0x9f;
    if (first == 0xf4) high = 0x8f;
    if (at[1] < low || at[1] > high) return NULL;
    for (int i = 2; i <= more; i++)
        if ((at[i] & 0xc0) != 0x80) return NULL;
    return at + more + 1;
}

PyObject *native_is_utf8(PyObject *Py_UNUSED(module), PyObject *bytes) {
    if (!PyBytes_Check(bytes)) return PyErr_Format(PyExc_TypeError, "bytes are read, not %R", Py_TYPE(bytes));
    const byte *at = (const byte *)PyBytes_AS_STRING(bytes), *end = at + PyBytes_GET_SIZE(bytes);
    while (at != NULL && at < end) {
        uint64_t eight;
        if (end - at >= 8 && (memcpy(&eight, at, 8), !(eight & 0x8080808080808080ull))) at += 8;
        else at = *at < 128 ? at + 1 : utf8_end(at, end);
    }
    return PyBool_FromLong(at != NULL);
}
