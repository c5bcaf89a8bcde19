/* The gates' first look at a page, natively. Every function here has a twin in Python that gives the same answer
 * (`fivegwatch.extractors.gates.stripping`, `gates.page_text`, `text.folding`, `judging.everyday_words`;
 * that of `language.c` is the library py3langid); tests compare the two, and the twins work where no compiler was at hand
 * when the package was installed.
 */
#ifndef FIVEGWATCH_NATIVE_H
#define FIVEGWATCH_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

typedef unsigned char byte;

/* Marks that stand where tags did: `stripping.GLUE`, `BREAK` and `SEAM`. */
#define GLUE '`'
#define BREAK '~'
#define BESIDE '^'

/* Classes of bytes, as Python's patterns over bytes have them. Vertical tabs are no GAP: they are taken out of texts. */
extern byte class_of[256];
enum { BLANK = 1, LETTER = 2, DIGIT = 4, WORD = 8, OPENS = 16, GAP = 32, CONTROL = 64 };
static inline int is(byte c, int classes) { return class_of[c] & classes; }
static inline byte lower(byte c) { return (byte)(c >= 'A' && c <= 'Z' ? c | 32 : c); }
void make_classes(void);

/* Whether `at` begins with `word` (lower case), in whatever case; `end` is where the bytes end. */
static inline int begins(const byte *at, const byte *end, const char *word) {
    for (; *word; word++, at++)
        if (at >= end || lower(*at) != (byte)*word) return 0;
    return 1;
}

static inline const byte *find(const byte *at, const byte *end, int c) {
    return at < end ? memchr(at, c, (size_t)(end - at)) : NULL;
}

/* Bytes that grow. `failed` is set when memory ran out; what is written then is lost, nothing else happens. */
typedef struct {
    byte *data;
    Py_ssize_t size, room;
    int failed;
} Buffer;
int buffer_open(Buffer *buffer, Py_ssize_t room);
void buffer_add(Buffer *buffer, const byte *data, Py_ssize_t size);
static inline void buffer_put(Buffer *buffer, byte c) {
    if (buffer->size < buffer->room) buffer->data[buffer->size++] = c;
    else buffer_add(buffer, &c, 1);
}
/* The buffer as bytes (NULL with an exception when memory ran out); it is closed either way. */
PyObject *buffer_bytes(Buffer *buffer);
void buffer_close(Buffer *buffer);

PyObject *native_silence(PyObject *module, PyObject *body);
PyObject *native_tags_out(PyObject *module, PyObject *args);
PyObject *native_heads(PyObject *module, PyObject *markup);
PyObject *native_fold(PyObject *module, PyObject *args);
PyObject *native_blanks(PyObject *module, PyObject *text);
PyObject *native_plain(PyObject *module, PyObject *args);
PyObject *native_next_string(PyObject *module, PyObject *args);
PyObject *native_word_table(PyObject *module, PyObject *words);
PyObject *native_words_seen(PyObject *module, PyObject *args);
PyObject *native_is_utf8(PyObject *module, PyObject *bytes);
PyObject *native_trie(PyObject *module, PyObject *args);
PyObject *native_open_trie(PyObject *module, PyObject *args);
PyObject *native_hits(PyObject *module, PyObject *args);
PyObject *native_kept_hits(PyObject *module, PyObject *args);
PyObject *native_masks(PyObject *module, PyObject *args);
PyObject *native_has_any(PyObject *module, PyObject *args);
PyObject *native_sentence_ends(PyObject *module, PyObject *text);
PyObject *native_language_model(PyObject *module, PyObject *args);
PyObject *native_language(PyObject *module, PyObject *args);
PyObject *native_language_evidence(PyObject *module, PyObject *args);

/* A word's bit among those of a table of words: FNV-1a over its codes. */
enum { TABLE_BYTES = 8192, CODES = 0x110000 };
static const uint32_t FIRST_HASH = 0x811c9dc5;
static inline uint32_t hashed(uint32_t hash, Py_UCS4 code) { return (hash ^ code) * 16777619u; }
static inline uint32_t bit_of_word(uint32_t hash) { return (hash ^ hash >> 16) & 0xffff; }

#endif
