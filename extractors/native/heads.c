/* Where titles stand in markup: headings, the title, elements `meta`. */
#include "native.h"

/* Whether the name `word` begins at `at` and ends with it. */
static int names(const byte *at, const byte *end, const char *word) {
    const byte *behind = at + strlen(word);
    return begins(at, end, word) && (behind >= end || !is(*behind, WORD));
}

/* Behind a meta whose attributes begin at `at`: its `>`, or the bracket that ends it. */
static const byte *meta_end(const byte *at, const byte *end) {
    int value = 0;
    for (; at < end && *at != '<'; at++) {
        if (*at == '>') return at + 1;
        if (value && (*at == '"' || *at == '\'')) {
            const byte *closed = find(at + 1, end, *at);
            if (closed != NULL) at = closed;
        }
        value = *at == '=' || (value && is(*at, BLANK));
    }
    return at;
}

/* Whether `word` ends at `at`. */
static int ends(const byte *start, const byte *at, const char *word) {
    Py_ssize_t size = (Py_ssize_t)strlen(word);
    return at - start >= size && begins(at - size, at, word);
}

/* Whether the reference at `at` is in the value of an attribute `name` or `property`. */
static int is_in_name(const byte *start, const byte *at) {
    const byte *value = at;
    while (value > start && at - value < 200 && value[-1] != '"' && value[-1] != '\'' && value[-1] != '=' && value[-1] != '&')
        value--;
    if (value > start && (value[-1] == '"' || value[-1] == '\''))
        for (value--; value > start && is(value[-1], BLANK);) value--;
    if (value == start || *--value != '=') return 0;
    while (value > start && is(value[-1], BLANK)) value--;
    return ends(start, value, "name") || ends(start, value, "property");
}

/* Whether a meta may be a title: `page_text._TITLE_META`. */
static int may_be_title(const byte *start, const byte *end) {
    for (const byte *at = start; at < end; at++)
        if ((*at == '&' && is_in_name(start, at))
            || (*at == ':' && begins(at + 1, end, "title") && (ends(start, at, "og") || ends(start, at, "twitter"))))
            return 1;
    return 0;
}

static int keep(PyObject *list, const byte *from, const byte *to) {
    PyObject *held = PyBytes_FromStringAndSize((const char *)from, to - from);
    int fine = held != NULL && PyList_Append(list, held) == 0;
    Py_XDECREF(held);
    return fine;
}

/* Where the next `</h1` begins, the end when there is none. */
static const byte *heading_end(const byte *at, const byte *end) {
    while ((at = find(at, end, '<')) != NULL) {
        if (end - at > 3 && at[1] == '/' && begins(at + 2, end, "h1")) return at;
        at++;
    }
    return end;
}

/* `page_text.heads_by_patterns`. */
PyObject *native_heads(PyObject *Py_UNUSED(module), PyObject *markup) {
    if (!PyBytes_Check(markup)) return PyErr_Format(PyExc_TypeError, "bytes are read, not %R", Py_TYPE(markup));
    const byte *at = (const byte *)PyBytes_AS_STRING(markup), *start = at, *end = at + PyBytes_GET_SIZE(markup);
    const byte *past_heading = at, *past_meta = at;
    Py_ssize_t title = -1;
    PyObject *headings = PyList_New(0), *metas = PyList_New(0);
    int fine = headings != NULL && metas != NULL;
    for (; fine && (at = find(at, end, '<')) != NULL; at++) {
        if (end - at < 3) break;
        byte first = lower(at[1]);
        if (first == 'h' && at >= past_heading && names(at + 1, end, "h1")) {
            const byte *stop = heading_end(at + 3, end);
            fine = keep(headings, at + 3, stop);
            past_heading = stop < end ? stop + 4 : end;
        } else if (first == 't' && title < 0 && names(at + 1, end, "title")) title = at - start;
        else if (first == 'm' && at >= past_meta && names(at + 1, end, "meta")) {
            past_meta = meta_end(at + 5, end);
            if (may_be_title(at + 5, past_meta)) fine = keep(metas, at + 5, past_meta);
        }
    }
    if (fine) return Py_BuildValue("NnN", headings, title, metas);
    Py_XDECREF(headings);
    Py_XDECREF(metas);
    return NULL;
}
