/* Markup without its tags, and where boxes stand side by side. */
#include "native.h"

/* Elements that part words, all letters and digits; looked up by length and first letter. */
static const char *const BLOCKS[] = {
    "address", "article", "aside", "blockquote", "body", "br", "button", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html",
    "iframe", "input", "label", "legend", "li", "link", "main", "meta", "nav", "noscript", "ol", "option", "p", "path",
    "picture", "pre", "section", "select", "source", "summary", "table", "tbody", "td", "template", "textarea", "tfoot",
    "th", "thead", "title", "tr", "ul", "video", NULL,
};
/* Those that hold nothing: parsers overlook what closes them. */
static const char *const VOID[] = {"br", "hr", "input", "link", "meta", "source", NULL};
/* Elements between which an extractor begins a new line, when they stand side by side. */
static const char *const BOXES[] = {
    "article", "aside", "blockquote", "div", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "li", "main", "nav", "ol", "p", "section", "ul", NULL,
};

/* Length of the name at `at`: letters and digits. */
static Py_ssize_t name_length(const byte *at, const byte *end) {
    const byte *start = at;
    while (at < end && is(*at, LETTER | DIGIT)) at++;
    return at - start;
}

/* Its number among `names`, sorted, -1 when it is none; in small letters or, if `capitals`, in capitals throughout. */
static int number_among(const char *const *names, const byte *at, Py_ssize_t size, int capitals) {
    if (size < 1 || size > 10) return -1;
    char name[11];
    Py_ssize_t upper = 0, letters = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        upper += at[i] >= 'A' && at[i] <= 'Z';
        letters += is(at[i], LETTER) != 0;
        name[i] = (char)lower(at[i]);
    }
    name[size] = 0;
    if (upper && (!capitals || upper < letters)) return -1;
    for (int number = 0; names[number] && *names[number] <= name[0]; number++)
        if (*names[number] == name[0] && !strcmp(names[number], name)) return number;
    return -1;
}

/* Whether a mark stands at `at`: a block was there, and no tag goes on over it. */
static inline int is_block_mark(const byte *at, const byte *end) {
    return *at == BREAK && at + 1 < end && (at[1] == ' ' || at[1] == BESIDE);
}

/* Behind the next `>`; NULL when a bracket opens, or a block stands, before it. */
static const byte *plain_end(const byte *at, const byte *end) {
    for (; at < end && *at != '<' && !is_block_mark(at, end); at++)
        if (*at == '>') return at + 1;
    return NULL;
}

/* The same for a tag whose attributes begin at `at`: values in quotes may hold brackets. */
static const byte *tag_end(const byte *at, const byte *end) {
    int value = 0;
    for (; at < end && *at != '<' && !is_block_mark(at, end); at++) {
        if (*at == '>') return at + 1;
        if (value && (*at == '"' || *at == '\'')) {
            const byte *closed = find(at + 1, end, *at);
            if (closed != NULL) at = closed;
        }
        value = *at == '=' || (value && is(*at, BLANK));
    }
    return NULL;
}

/* Behind any tag at `at`; NULL when there is none. */
static const byte *any_tag_end(const byte *at, const byte *end) {
    if (end - at < 3 || !is(at[1], OPENS)) return NULL;
    const byte *stop = is(at[1], LETTER) ? tag_end(at + 2, end) : NULL;
    return stop ? stop : plain_end(at + 2, end);
}

static const byte *block_end(const byte *at, const byte *end) {
    int closing = at + 1 < end && at[1] == '/';
    const byte *name = at + 1 + closing;
    Py_ssize_t size = name_length(name, end);
    const byte *behind = name + size;
    if (behind >= end || number_among(BLOCKS, name, size, 1) < 0) return NULL;
    if (closing && number_among(VOID, name, size, 1) >= 0) return NULL;
    if (*behind == '>') return behind + 1;
    if (!is(*behind, BLANK) && *behind != '/') return NULL;
    return closing ? plain_end(behind + 1, end) : tag_end(behind + 1, end);
}

/* Behind a box that is closed (`</p >`), NULL when there is none at `at`. */
static const byte *closed_box(const byte *at, const byte *end, int *box) {
    if (end - at < 4 || at[1] != '/') return NULL;
    Py_ssize_t size = name_length(at + 2, end);
    if ((*box = number_among(BOXES, at + 2, size, 0)) < 0) return NULL;
    for (at += 2 + size; at < end && is(*at, BLANK); at++) {}
    return at < end && *at == '>' ? at + 1 : NULL;
}

/* Behind a box that is opened, NULL when there is none at `at`. */
static const byte *opened_box(const byte *at, const byte *end, int *box) {
    Py_ssize_t size = name_length(at + 1, end);
    const byte *behind = at + 1 + size;
    if (behind >= end || (*box = number_among(BOXES, at + 1, size, 0)) < 0) return NULL;
    if (*behind == '>') return behind + 1;
    return is(*behind, BLANK) || *behind == '/' ? tag_end(behind + 1, end) : NULL;
}

/* Closing tags of boxes that have other boxes beside them: `stripping.seams_of`. */
typedef struct {
    const byte *begin, *end;
} Span;
typedef struct {
    int name, text;
    Py_ssize_t first_seam;
} Box;
typedef struct {
    Span *spans;  /* seams, and behind them boxes closed behind which nothing else came so far */
    Py_ssize_t seams, size, room;
    Box *boxes;
    Py_ssize_t depth, boxes_room;
    Py_ssize_t opened[32];
} Seams;

static int grown(void **data, Py_ssize_t used, Py_ssize_t *room, size_t each) {
    if (used < *room) return 1;
    void *moved = PyMem_Realloc(*data, (size_t)(*room * 2 + 64) * each);
    if (moved == NULL) return 0;
    *data = moved;
    *room = *room * 2 + 64;
    return 1;
}

static int seams_close(Seams *s, int name, Span span) {
    if (!grown((void **)&s->spans, s->size, &s->room, sizeof *s->spans)) return 0;
    s->spans[s->size++] = span;
    while (s->opened[name]) {
        int gone = s->boxes[--s->depth].name;
        s->opened[gone]--;
        if (gone == name) break;
    }
    return 1;
}

static int seams_open(Seams *s, int name) {
    Box *top = &s->boxes[s->depth - 1];
    if (top->text && top->first_seam < 0) top->first_seam = s->seams;
    s->seams = s->size;
    if (!grown((void **)&s->boxes, s->depth, &s->boxes_room, sizeof *s->boxes)) return 0;
    s->boxes[s->depth++] = (Box){name, 0, -1};
    s->opened[name]++;
    return 1;
}

static void seams_text(Seams *s) {
    Box *top = &s->boxes[s->depth - 1];
    if (top->first_seam >= 0 && top->first_seam < s->seams) s->seams = top->first_seam;
    top->text = 1;
    top->first_seam = -1;
    s->size = s->seams;
}

static int find_seams(const byte *at, const byte *end, Seams *s) {
    memset(s, 0, sizeof *s);
    if (!grown((void **)&s->boxes, 0, &s->boxes_room, sizeof *s->boxes)) return 0;
    s->boxes[s->depth++] = (Box){31, 0, -1};
    while (at < end) {
        int name;
        const byte *stop = NULL;
        if (*at == '<') {
            if ((stop = closed_box(at, end, &name)) != NULL) {
                if (!seams_close(s, name, (Span){at, stop})) return 0;
            } else if ((stop = opened_box(at, end, &name)) != NULL) {
                if (!seams_open(s, name)) return 0;
            } else if ((stop = any_tag_end(at, end)) != NULL && at[1] != '/') s->size = s->seams;
        } else if (is(*at, BLANK) || *at == GLUE) stop = at + 1;
        if (stop == NULL) {
            seams_text(s);
            stop = find(at + 1, end, '<');
            if (stop == NULL) stop = end;
        }
        at = stop;
    }
    s->size = s->seams;
    return 1;
}

/* Blocks and seams exchanged for marks, all else as it is. */
static int mark_blocks(const byte *start, Py_ssize_t size, int seams, Buffer *out) {
    const byte *end = start + size, *from = start, *at = start;
    Seams found = {0};
    Py_ssize_t next = 0;
    int fine = buffer_open(out, size + 16) && (!seams || find_seams(start, end, &found));
    while (fine && (at = find(at, end, '<')) != NULL) {
        int seam = next < found.size && found.spans[next].begin == at;
        const byte *stop = seam ? found.spans[next++].end : block_end(at, end);
        if (stop == NULL) {
            at++;
            continue;
        }
        buffer_add(out, from, at - from);
        buffer_put(out, BREAK);
        if (seam) buffer_put(out, BESIDE);
        buffer_put(out, ' ');
        from = at = stop;
        while (next < found.size && found.spans[next].begin < at) next++;
    }
    PyMem_Free(found.spans);
    PyMem_Free(found.boxes);
    if (fine) buffer_add(out, from, end - from);
    return fine && !out->failed;
}

/* A run of blanks and marks as short as it can be: `stripping._shortened`. */
typedef struct {
    int leading, blank, tag, apart, beside;
} Run;

static void run_flush(Run *run, Buffer *out) {
    if (run->tag) {
        if (run->leading) buffer_put(out, ' ');
        if (run->apart || run->blank) {
            buffer_put(out, BREAK);
            if (run->beside) buffer_put(out, BESIDE);
            buffer_put(out, ' ');
        } else buffer_put(out, GLUE);
    } else if (run->blank) buffer_put(out, ' ');
    memset(run, 0, sizeof *run);
}

static inline void run_add(Run *run, byte c) {
    if (c == GLUE) run->tag = 1;
    else if (c == BREAK) run->tag = run->apart = 1;
    else if (c == BESIDE) run->beside = 1;
    else {
        if (!run->tag) run->leading = 1;
        run->blank = 1;
    }
}

/* Whether the byte at `at` begins something that `decoding.finish_text` takes out or exchanges. */
static inline int is_odd(const byte *at, const byte *end) {
    Py_ssize_t left = end - at;
    if (left < 2) return 0;
    byte second = at[1];
    switch (*at) {
    case 0xc2: return second <= 0x9f && second >= 0x80;
    case 0xed: return second >= 0xa0 && second <= 0xbf;
    case 0xef:
        if (left < 3) return 0;
        return (second == 0xb7 && at[2] >= 0x90 && at[2] <= 0xaf) || (second == 0xbf && (at[2] | 1) == 0xbf);
    case 0xf0: case 0xf1: case 0xf2: case 0xf3: case 0xf4:
        return left > 3 && second >= 0x80 && second <= 0xbf && at[2] == 0xbf && (at[3] | 1) == 0xbf;
    default: return 0;
    }
}

/* Whether a byte is text wherever it is. */
static inline int is_plain(byte c) { return c != '<' && c != GLUE && c != BREAK && c != BESIDE && !is(c, GAP); }

PyObject *native_tags_out(PyObject *Py_UNUSED(module), PyObject *args) {
    const char *given;
    Py_ssize_t size;
    int seams;
    Buffer marked, out;
    if (!PyArg_ParseTuple(args, "y#p", &given, &size, &seams)) return NULL;
    if (!mark_blocks((const byte *)given, size, seams, &marked)) {
        buffer_close(&marked);
        return PyErr_NoMemory();
    }
    const byte *at = marked.data, *end = at + marked.size;
    if (!buffer_open(&out, marked.size + 16)) {
        buffer_close(&marked);
        return PyErr_NoMemory();
    }
    Run run = {0, 0, 0, 0, 0};
    int odd = 0, in_run = 0;
    while (at < end) {
        byte c = *at;
        if (c == '<') {
            const byte *stop = any_tag_end(at, end);
            if (stop != NULL) {
                run_add(&run, GLUE);
                in_run = 1;
                at = stop;
                continue;
            }
        } else if (c == GLUE || c == BREAK || is(c, GAP) || (c == BESIDE && at > marked.data && at[-1] == BREAK)) {
            run_add(&run, c);
            in_run = 1;
            at++;
            continue;
        }
        if (in_run) {
            run_flush(&run, &out);
            in_run = 0;
        }
        const byte *from = at++;
        odd |= c >= 0xc2 && is_odd(from, end);
        for (; at < end && is_plain(*at); at++) odd |= *at >= 0xc2 && is_odd(at, end);
        buffer_add(&out, from, at - from);
    }
    if (in_run) run_flush(&run, &out);
    buffer_close(&marked);
    PyObject *text = buffer_bytes(&out);
    return text == NULL ? NULL : Py_BuildValue("NO", text, odd ? Py_True : Py_False);
}
