/* Removes from a page what is not shown: comments, styles and scripts. */
#include "native.h"

/* Behind `</name` and all that follows up to its `>`. */
static const byte *behind_closing(const byte *at, const byte *end, Py_ssize_t name) {
    const byte *more = find(at + 2 + name, end, '>');
    return more ? more + 1 : end;
}

/* Where a comment that begins at `at` (`<!--`) ends; NULL when it does not. The shortest reading is taken. */
static const byte *comment_end(const byte *at, const byte *end) {
    const byte *dash = at + 4;
    if (dash < end && *dash == '>') return dash + 1;
    if (dash + 1 < end && dash[0] == '-' && dash[1] == '>') return dash + 2;
    while ((dash = find(dash, end, '-')) != NULL) {
        if (end - dash > 2 && dash[1] == '-') {
            if (dash[2] == '>') return dash + 3;
            if (dash[2] == '!' && end - dash > 3 && dash[3] == '>') return dash + 4;
        }
        dash++;
    }
    return NULL;
}

/* Elements whose content has no tags, though it may have brackets. */
enum { SCRIPT, STYLE, RAW_ELEMENTS = 8 };
static const char *const RAW[] = {"script", "style", "title", "textarea", "iframe", "xmp", "noembed", "noframes"};

/* Which of them begins at `at`; -1 for none. */
static int raw_element(const byte *at, const byte *end) {
    for (int number = 0; number < RAW_ELEMENTS; number++) {
        if (at + 1 >= end || lower(at[1]) != (byte)*RAW[number]) continue;
        const byte *behind = at + 1 + strlen(RAW[number]);
        if (begins(at + 1, end, RAW[number]) && (behind >= end || !is(*behind, WORD))) return number;
    }
    return -1;
}

/* Whether a tag is open before `at`: the nearest bracket is a `<`. */
static int in_tag(const byte *start, const byte *at) {
    while (at-- > start) {
        if (*at == '>') return 0;
        if (*at == '<') return 1;
    }
    return 0;
}

static int is_paragraph(const byte *at, const byte *end) {
    if (at < end && (*at == 'p' || *at == 'P')) at++;
    else {
        const byte *slash = at;
        while (slash < end && *slash == '\\') slash++;
        if (slash == at || end - slash < 5 || memcmp(slash, "u00", 3) || (slash[3] != '5' && slash[3] != '7')
            || slash[4] != '0')
            return 0;
        at = slash + 5;
    }
    return at < end && (is(*at, BLANK) || *at == '>' || *at == '\\');
}

/* Whether a script holds three paragraphs or more, escaped or not: `stripping._PARAGRAPH`. */
static int holds_paragraphs(const byte *start, const byte *end) {
    int count = 0;
    for (const byte *at = start; (at = find(at, end, '<')) != NULL; at++)
        count += is_paragraph(at + 1, end);
    for (const byte *at = start; count < 3 && (at = find(at, end, 'u')) != NULL; at++)
        if (end - at > 5 && !memcmp(at, "u003", 4) && lower(at[4]) == 'c') count += is_paragraph(at + 5, end);
    return count >= 3;
}

/* Whether its tag says that a script is data for machines: `stripping._DATA`. */
static int is_data(const byte *start, const byte *end) {
    for (const byte *at = start; at < end && *at != '>'; at++)
        if ((*at == '&' && at + 1 < end && at[1] == '#') || (lower(*at) == 'l' && begins(at, end, "ld+json"))) return 1;
    return 0;
}

/* Whether attributes may hold text: posts of forums (Discourse), formulas. */
static int tells_elsewhere(const byte *start, Py_ssize_t size) {
    const byte *end = start + size;
    int formulas = 0;
    for (const byte *at = start; (at = find(at, end, '-')) != NULL; at++) {
        const byte *behind = at + 10;
        if (behind <= end && (at[1] | 32) == 'p' && at - start >= 4 && begins(at - 4, end, "data-preloaded")
            && (behind >= end || !(is(*behind, WORD) || *behind == '-')))
            return 1;
    }
    for (const byte *at = start; !formulas && (at = find(at, end, '<')) != NULL; at++)
        formulas = end - at > 4 && (at[1] | 32) == 'm' && begins(at, end, "<math");
    for (const byte *at = start; formulas && at < end; at++)
        if ((*at | 32) == 'a' && begins(at, end, "alttext")) return 1;
    return 0;
}

/* Beginnings of scripts in tags that share one end and are looked at; more are an attack. */
enum { SCRIPTS_AT_ONCE = 4 };

/* What is found at a `<`. */
typedef struct {
    const byte *cut;       /* behind what is cut out, NULL when nothing is */
    const byte *next;      /* where to go on reading */
    const byte *script, *script_end;
    int sharing;           /* beginnings of scripts that ended there */
    int open_comment;      /* once a comment does not end, none behind it does */
    const byte *closings[RAW_ELEMENTS];  /* where elements were found to end */
} Found;

/* Where the next `</name` begins, the end when there is none; asked for places that only grow. */
static const byte *closing_of(const byte *at, const byte *end, int number, Found *found) {
    if (found->closings[number] != NULL && found->closings[number] >= at) return found->closings[number];
    for (; (at = find(at, end, '<')) != NULL; at++)
        if (at + 1 < end && at[1] == '/' && begins(at + 2, end, RAW[number])) break;
    return found->closings[number] = at ? at : end;
}

static void look_at(const byte *start, const byte *at, const byte *end, Found *found) {
    int number;
    found->cut = found->script = NULL;
    found->next = at + 1;
    if (at + 1 < end && at[1] == '!') {
        if (found->open_comment || end - at < 4 || at[2] != '-' || at[3] != '-') return;
        found->cut = comment_end(at, end);
        found->open_comment = found->cut == NULL;
    } else if ((number = raw_element(at, end)) >= 0) {
        const byte *content = at + 1 + strlen(RAW[number]), *close = closing_of(content, end, number, found);
        if (number == SCRIPT) {
            found->sharing = close == found->script_end ? found->sharing + 1 : 1;
            found->script_end = close;
            if (found->sharing <= SCRIPTS_AT_ONCE) found->script = content;
        }
        if ((close == end && number != SCRIPT) || in_tag(start, at)) return;
        if (number == SCRIPT || number == STYLE)
            found->cut = close == end ? end : behind_closing(close, end, (Py_ssize_t)strlen(RAW[number]));
        else found->next = close;
    }
    if (found->cut != NULL) found->next = found->cut;
}

static int add_script(PyObject *data, const Found *found) {
    if (found->script == NULL) return 1;
    int holds = holds_paragraphs(found->script, found->script_end);
    if (!holds && !is_data(found->script, found->script_end)) return 1;
    PyObject *held = Py_BuildValue(
        "y#O", (const char *)found->script, found->script_end - found->script, holds ? Py_True : Py_False);
    int fine = held != NULL && PyList_Append(data, held) == 0;
    Py_XDECREF(held);
    return fine;
}

PyObject *native_silence(PyObject *Py_UNUSED(module), PyObject *body) {
    if (!PyBytes_Check(body)) return PyErr_Format(PyExc_TypeError, "bytes are read, not %R", Py_TYPE(body));
    const byte *start = (const byte *)PyBytes_AS_STRING(body), *end = start + PyBytes_GET_SIZE(body);
    Buffer kept;
    PyObject *data = PyList_New(0);
    if (data == NULL || !buffer_open(&kept, end - start)) {
        Py_XDECREF(data);
        return PyErr_NoMemory();
    }
    const byte *from = start, *at = start;
    Found found = {0};
    while ((at = find(at, end, '<')) != NULL) {
        look_at(start, at, end, &found);
        if (!add_script(data, &found)) {
            Py_DECREF(data);
            buffer_close(&kept);
            return NULL;
        }
        if (found.cut != NULL) {
            buffer_add(&kept, from, at - from);
            buffer_put(&kept, GLUE);
            from = found.cut;
        }
        at = found.next;
    }
    buffer_add(&kept, from, end - from);
    int elsewhere = !kept.failed && tells_elsewhere(kept.data, kept.size);
    PyObject *markup = buffer_bytes(&kept);
    PyObject *frozen = markup ? PyList_AsTuple(data) : NULL;
    Py_DECREF(data);
    if (frozen == NULL) {
        Py_XDECREF(markup);
        return NULL;
    }
    return Py_BuildValue("NNO", markup, frozen, elsewhere ? Py_True : Py_False);
}
