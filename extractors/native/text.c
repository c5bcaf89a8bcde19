/* Letters folded by table, and everyday words looked up. */
#include "native.h"

enum { UNKNOWN = 255, UNFIT = 254, CODES = 0x110000 };

/* What `longer` has for a letter that folds to several, written at `to`. 0 when it does not know the letter. */
static int spell_out(PyObject *longer, Py_UCS4 code, Py_ssize_t width, Py_UCS2 *to) {
    PyObject *key = PyLong_FromUnsignedLong(code);
    PyObject *letters = key ? PyDict_GetItemWithError(longer, key) : NULL;
    Py_XDECREF(key);
    if (letters == NULL || !PyTuple_Check(letters) || PyTuple_GET_SIZE(letters) != width) {
        if (!PyErr_Occurred()) PyErr_Format(PyExc_ValueError, "U+%04X is said to fold to %zd letters", code, width);
        return 0;
    }
    for (Py_ssize_t i = 0; i < width; i++) to[i] = (Py_UCS2)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(letters, i));
    return !PyErr_Occurred();
}

/* Letters that come of a text, and two more; -1 and its code where a character is not in the table or does not fit. */
static Py_ssize_t folded_length(PyObject *text, const byte *width, Py_UCS4 *highest, Py_UCS4 *stopped) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), letters = 2;
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 code = PyUnicode_READ(kind, data, i);
        if (code > *highest) *highest = code;
        if (width[code] >= UNFIT) {
            *stopped = code;
            return -1;
        }
        letters += width[code];
    }
    return letters;
}

typedef struct {
    Py_UCS2 *to;
    int32_t *origins;
    Py_ssize_t made;
} Folded;

/* A letter, unless it is a blank behind a blank. */
static inline void add(Folded *folded, Py_UCS2 letter, Py_ssize_t origin) {
    if (letter == ' ' && folded->to[folded->made - 1] == ' ') return;
    folded->to[folded->made] = letter;
    folded->origins[folded->made++] = (int32_t)origin;
}

static int fold_into(PyObject *text, const Py_UCS2 *first, const byte *width, PyObject *longer, Folded *folded) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    folded->to[0] = ' ';
    folded->origins[0] = 0;
    folded->made = 1;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 code = PyUnicode_READ(kind, data, i);
        if (width[code] == 1) add(folded, first[code], i);
        else if (width[code]) {
            Py_UCS2 several[UNFIT];
            if (!spell_out(longer, code, width[code], several)) return 0;
            for (Py_ssize_t j = 0; j < width[code]; j++) add(folded, several[j], i);
        }
    }
    folded->to[folded->made] = ' ';
    folded->origins[folded->made++] = 0;
    return 1;
}

PyObject *native_fold(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *longer, *made = NULL, *result = NULL;
    Py_buffer first, width;
    Py_UCS4 highest = 0, stopped = 0;
    Folded folded = {NULL, NULL, 0};
    if (!PyArg_ParseTuple(args, "Uy*y*O!", &text, &first, &width, &PyDict_Type, &longer)) return NULL;
    if (first.len != CODES * 2 || width.len != CODES || PyUnicode_GET_LENGTH(text) > INT32_MAX / UNFIT) {
        PyErr_SetString(PyExc_ValueError, "tables for every code of Unicode are needed, and a text of less than 8 MB");
        goto done;
    }
    Py_ssize_t room = folded_length(text, width.buf, &highest, &stopped);
    if (room < 0) {
        result = PyLong_FromUnsignedLong(stopped);
        goto done;
    }
    folded.to = PyMem_Malloc((size_t)room * sizeof *folded.to);
    folded.origins = PyMem_Malloc((size_t)room * sizeof *folded.origins);
    if (folded.to == NULL || folded.origins == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    if (!fold_into(text, first.buf, width.buf, longer, &folded)) goto done;
    made = PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, folded.to, folded.made);
    if (made != NULL)
        result = Py_BuildValue("Ny#I", made, (const char *)folded.origins,
                               folded.made * (Py_ssize_t)sizeof *folded.origins, (unsigned)highest);
done:
    PyMem_Free(folded.to);
    PyMem_Free(folded.origins);
    PyBuffer_Release(&first);
    PyBuffer_Release(&width);
    return result;
}

/* A word's place among 65,536 bits: FNV-1a over its codes. */
static inline uint32_t hashed(uint32_t hash, Py_UCS4 code) { return (hash ^ code) * 16777619u; }
enum { TABLE_BYTES = 8192 };
static const uint32_t FIRST_HASH = 0x811c9dc5;
static inline uint32_t place(uint32_t hash) { return (hash ^ hash >> 16) & 0xffff; }

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
        bits[place(hash) >> 3] |= (byte)(1 << (place(hash) & 7));
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
    for (Py_ssize_t i = 0; i <= size; i++) {
        Py_UCS4 code = i < size ? PyUnicode_READ(kind, data, i) : ' ';
        if (i < size && (code == '_' || Py_UNICODE_ISALNUM(code))) {
            met[code / 64] |= (uint64_t)1 << code % 64;
            if (code > *highest) *highest = code;
            hash = hashed(hash, code);
            continue;
        }
        if (i > start && table[place(hash) >> 3] >> (place(hash) & 7) & 1) {
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
    uint64_t *met = PyMem_Calloc(CODES / 64, sizeof *met);
    if (words == NULL || met == NULL) PyErr_NoMemory();
    else if (see_words(text, (const byte *)table, words, met, &highest)) {
        PyObject *characters = characters_of(met, highest);
        if (characters != NULL) result = Py_BuildValue("ON", words, characters);
    }
    PyMem_Free(met);
    Py_XDECREF(words);
    return result;
}
