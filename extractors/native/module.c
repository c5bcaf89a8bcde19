/* The module: its functions, classes of bytes and buffers. */
#include "native.h"

byte class_of[256];

void make_classes(void) {
    for (int c = 0; c < 256; c++) {
        byte found = 0;
        if (c == ' ' || (c >= '\t' && c <= '\r')) found |= c == '\v' ? BLANK : BLANK | GAP;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) found |= LETTER | WORD | OPENS;
        if (c >= '0' && c <= '9') found |= DIGIT | WORD;
        if (c == '_') found |= WORD;
        if (c < 9 || c == '\v' || (c >= 14 && c < 32) || c == 127) found |= CONTROL;
        if (c == '/' || c == '!' || c == '?') found |= OPENS;
        class_of[c] = found;
    }
}

int buffer_open(Buffer *buffer, Py_ssize_t room) {
    buffer->data = PyMem_Malloc((size_t)(room ? room : 1));
    buffer->size = 0;
    buffer->room = room;
    buffer->failed = buffer->data == NULL;
    return !buffer->failed;
}

void buffer_add(Buffer *buffer, const byte *data, Py_ssize_t size) {
    if (size > buffer->room - buffer->size) {
        Py_ssize_t room = (buffer->room + size) * 2;
        byte *moved = buffer->failed ? NULL : PyMem_Realloc(buffer->data, (size_t)room);
        if (moved == NULL) {
            buffer->failed = 1;
            return;
        }
        buffer->data = moved;
        buffer->room = room;
    }
    memcpy(buffer->data + buffer->size, data, (size_t)size);
    buffer->size += size;
}

PyObject *buffer_bytes(Buffer *buffer) {
    PyObject *made = NULL;
    if (buffer->failed) PyErr_NoMemory();
    else made = PyBytes_FromStringAndSize((const char *)buffer->data, buffer->size);
    buffer_close(buffer);
    return made;
}

void buffer_close(Buffer *buffer) {
    PyMem_Free(buffer->data);
    buffer->data = NULL;
}

static PyMethodDef functions[] = {
    {"silence", native_silence, METH_O,
     "silence(body) -> (markup, data, tells_elsewhere): comments, styles and scripts cut out."},
    {"tags_out", native_tags_out, METH_VARARGS,
     "tags_out(markup, seams) -> (text, odd): marks for tags, runs of blanks and marks made short."},
    {"heads", native_heads, METH_O,
     "heads(markup) -> (headings, title, metas): contents of headings, where the title begins (-1: nowhere), and metas "
     "that may be titles."},
    {"fold", native_fold, METH_VARARGS,
     "fold(text, table, longer) -> (folded, (breaks, origins), kinds), or the code of a character that the table does "
     "not have."},
    {"blanks", native_blanks, METH_O, "blanks(text) -> text with one blank for each run of white space, none around."},
    {"has_any", native_has_any, METH_VARARGS,
     "has_any(text, table) -> whether a character of the text has a byte in the table that is not 0."},
    {"plain", native_plain, METH_VARARGS,
     "plain(text, glue) -> text without marks: blanks or `glue` for them, one blank for each run of blanks."},
    {"next_string", native_next_string, METH_VARARGS,
     "next_string(source, begin, shortest) -> (begin, end) of the first string of that many characters, or None."},
    {"is_utf8", native_is_utf8, METH_O, "is_utf8(bytes) -> whether they decode as UTF-8."},
    {"word_table", native_word_table, METH_O, "word_table(words) -> table, for words_seen."},
    {"words_seen", native_words_seen, METH_VARARGS,
     "words_seen(text, table) -> (words, characters): words of a text that a table may hold, and what all are made of."},
    {"trie", native_trie, METH_VARARGS,
     "trie(words, firsts, checks, programs, endings, sets) -> the block of a trie, for open_trie."},
    {"open_trie", native_open_trie, METH_VARARGS,
     "open_trie(block, unbroken) -> trie, for hits in texts with blanks or without. ValueError if the block is damaged."},
    {"hits", native_hits, METH_VARARGS,
     "hits(text, trie) -> (start, minus end, term) of every pattern in a folded text, sorted."},
    {"kept_hits", native_kept_hits, METH_VARARGS,
     "kept_hits(text, trie, looks, breaks, origins, accepts) -> hits that count, with their places in the original."},
    {"masks", native_masks, METH_VARARGS,
     "masks(text, trie, (looks, masks, sets, words), bounds, breaks, origins, accepts) -> a mask for each part and set."},
    {"sentence_ends", native_sentence_ends, METH_O, "sentence_ends(text) -> where each sentence but the first begins."},
    {"language_model", native_language_model, METH_VARARGS,
     "language_model(flat, logs) -> model, for language; logs are those of a count and one, from 0 on."},
    {"language", native_language, METH_VARARGS,
     "language(text, model) -> the number of the likeliest class, or -1 where rounding would decide."},
    {"language_evidence", native_language_evidence, METH_VARARGS,
     "language_evidence(text, model) -> (counts, weights, priors): of each feature, of its classes, of classes."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_compiled", "The gates' first look, natively.", -1, functions, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__compiled(void) {
    make_classes();
    PyObject *made = PyModule_Create(&module);
    if (made != NULL && PyModule_AddIntConstant(made, "VERSION", 9) < 0) Py_CLEAR(made);
    return made;
}
