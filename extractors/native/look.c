/* Which terms and everyday words a page may have: one pass over its bytes without tags, folded as it is read. */
#include "native.h"

/* Entries of the fold table, and kinds of characters: `fold_table.FoldTable`, `folding.ATTACHED`. */
enum { UNFIT = 254, ATTACHED = 2 };
/* What is known of the character of a folded letter, and what a term may ask of its own: `Gates._asks`. */
enum { CAPITAL = 1, MARKED = 2 };
enum { LONGEST_WORD = 24, PLANE = 0x10000 };

typedef struct {
    int32_t start, number;
} Line;
/* What is read, and the folded letters so far. */
typedef struct {
    const byte *at, *end, *next; /* `next` is behind the character that is read */
    const uint32_t *table;
    PyObject *longer, *references, *decode; /* letters of long foldings; references met, and how to decode others */
    Py_UCS4 *to;
    byte *marks;         /* of each folded letter: CAPITAL, MARKED */
    Py_ssize_t size, room;
    const byte *words;   /* bits of the everyday words */
    PyObject *met_words;
    byte *met;           /* bits of the characters of all words */
    Py_UCS4 word[LONGEST_WORD];
    int word_size, part; /* more than `LONGEST_WORD` for a longer word; where its last part begins */
    byte mark;           /* of the character that is folded */
    int glue_parts;      /* whether GLUE is read as a blank, or as nothing */
    int blank, glued;    /* whether a blank was written last; whether GLUE came since the last letter */
    int joint;           /* whether GLUE stands inside a word of the line */
    const byte *line;    /* where the line begins */
    Line *lines;         /* first folded letter and number of each line */
    Py_ssize_t count, lines_room;
    Buffer joined;       /* the lines with such words */
    Line *others;        /* their numbers */
    Py_ssize_t others_count, others_room;
    int unsure;          /* whether something stands here that only Python reads */
    int script;          /* of the last letter: Latin, Greek or Cyrillic, neither */
    uint32_t kinds;
    Py_UCS4 last, before; /* the last two characters */
} Reading;
enum { NEITHER, LATIN, GREEK_OR_CYRILLIC };

static void put(Reading *r, Py_UCS4 letter) {
    if (r->size == r->room) {
        Py_ssize_t room = r->room * 2 + 1024;
        Py_UCS4 *letters = PyMem_Realloc(r->to, (size_t)room * sizeof *letters);
        if (letters != NULL) r->to = letters;
        byte *marks = letters ? PyMem_Realloc(r->marks, (size_t)room) : NULL;
        if (marks == NULL) {
            r->unsure = 1;
            return;
        }
        r->marks = marks;
        r->room = room;
    }
    r->marks[r->size] = r->mark;
    r->to[r->size++] = letter;
}

/* Keep the letters from `from` on if they may be an everyday word. */
static void keep_word(Reading *r, int from) {
    uint32_t hash = FIRST_HASH;
    if (from >= r->word_size || r->word_size > LONGEST_WORD) return;
    for (int i = from; i < r->word_size; i++) hash = hashed(hash, r->word[i]);
    if (!(r->words[bit_of_word(hash) >> 3] >> (bit_of_word(hash) & 7) & 1)) return;
    PyObject *word = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, r->word + from, r->word_size - from);
    if (word == NULL || PySet_Add(r->met_words, word) < 0) r->unsure = 1;
    Py_XDECREF(word);
}

/* The end of a word; what stands behind an invisible character in it is a word, too. */
static void end_word(Reading *r) {
    keep_word(r, 0);
    if (r->part) keep_word(r, r->part);
    r->word_size = r->part = 0;
}

/* Characters without a shape, which extraction takes out: `scripts.INVISIBLE`. */
static int is_invisible(Py_UCS4 c) {
    return c == 0xad || c == 0x61c || c == 0x200b || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

/* A character as a part of a word, in small letters, or as the end of one. */
static void spell(Reading *r, Py_UCS4 code) {
    if (is_invisible(code)) { /* the word ends here, and goes on */
        keep_word(r, r->part);
        r->part = r->word_size;
        return;
    }
    if (code < 128 ? !is((byte)code, WORD) : !Py_UNICODE_ISALNUM(code)) {
        end_word(r);
        return;
    }
    int dotted = code == 0x130; /* its small form is an i and a dot, which is no letter */
    code = dotted ? 'i' : code < 128 ? lower((byte)code) : Py_UNICODE_TOLOWER(code);
    if (code < PLANE) r->met[code >> 3] |= (byte)(1 << (code & 7));
    if (r->word_size < LONGEST_WORD) r->word[r->word_size] = code;
    if (r->word_size <= LONGEST_WORD) r->word_size++;
    if (dotted) end_word(r);
}

static void put_blank(Reading *r) {
    r->mark = 0;
    end_word(r);
    if (!r->blank) put(r, ' ');
    r->blank = 1;
    r->glued = 0;
    r->script = NEITHER;
}

/* The folded letters of a character outside ASCII. */
static void put_folded(Reading *r, Py_UCS4 code) {
    uint32_t entry = r->table[code], width = entry >> 16 & 0xff;
    r->kinds |= entry >> 24;
    if (width == 1) put(r, entry & 0xffff);
    else if (width >= UNFIT) r->unsure = 1;
    else if (width) {
        PyObject *key = PyLong_FromUnsignedLong(code), *letters = key ? PyDict_GetItem(r->longer, key) : NULL;
        Py_XDECREF(key);
        if (letters == NULL) r->unsure = 1;
        for (uint32_t i = 0; letters != NULL && i < width; i++)
            put(r, (Py_UCS4)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(letters, i)));
    }
}

/* The script of a character, that of the letter before for what folds to nothing. */
static int script_of(const Reading *r, Py_UCS4 code) {
    if (is_letter_of_latin(code)) return LATIN;
    if (code >= 0x370 && code <= 0x52f) return GREEK_OR_CYRILLIC;
    return code > 127 && (r->table[code] >> 16 & 0xff) == 0 ? r->script : NEITHER;
}

static int is_hyphen(Py_UCS4 c) { return c == '-' || (c >= 0x2010 && c <= 0x2013) || c == 0x2212 || c == 0xff0d; }

/* Whether only Python reads a character: it may be exchanged, or be a part of a mixed word or of `5-G`. */
static int is_unsure(const Reading *r, Py_UCS4 code, int script) {
    if (code == '<') return r->next < r->end && (is(*r->next, OPENS) || *r->next == '&'); /* it may open a tag */
    if ((code >= 0x80 && code <= 0x9f) || (code >= 0xd800 && code <= 0xdfff)) return 1;
    if (code == 'G' && is_hyphen(r->last) && r->before >= '2' && r->before <= '6') return 1;
    if (script != r->script && script != NEITHER && r->script != NEITHER) return 1;
    /* Accents apart from their letters are composed before words are counted. */
    if ((code >= 0x300 && code <= 0x36f) || code == 0x212a || code == 0x212b) return 1;
    return code == 0x50c || code == 0x50d || (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
}

/* One character of the text, marks included. */
static void take(Reading *r, Py_UCS4 code) {
    if (code == GLUE) {
        if (r->glue_parts) put_blank(r);
        else r->glued = !r->blank;
        return;
    }
    if (code == BREAK || (code < 128 ? is((byte)code, BLANK) : Py_UNICODE_ISSPACE(code))) {
        put_blank(r);
        r->before = r->last = ' ';
        return;
    }
    int script = script_of(r, code);
    r->unsure |= is_unsure(r, code, script);
    r->joint |= r->glued;
    r->glued = r->blank = 0;
    r->script = script;
    r->before = r->last;
    r->last = code;
    r->mark = (byte)((code >= 128 ? MARKED : 0) | (code < 128 ? code >= 'A' && code <= 'Z' : !Py_UNICODE_ISLOWER(code)));
    spell(r, code);
    if (code >= 128) put_folded(r, code);
    else put(r, is((byte)code, LETTER | DIGIT) ? lower((byte)code) : code == '&' ? '&' : ' ');
}

/* The letters, digits and `_` from `at` on, and a `;` behind them. */
static const byte *reference_end(const Reading *r, const byte *at) {
    const byte *start = at < r->end && *at == '#' ? ++at : at;
    while (at < r->end && is(*at, WORD)) at++;
    if (at == start) return NULL;
    return at < r->end && *at == ';' ? at + 1 : at;
}

/* What the reference from `start` to `end` stands for: a borrowed str; NULL without one. */
static PyObject *decoded(Reading *r, const byte *start, const byte *end) {
    PyObject *key = PyUnicode_DecodeASCII((const char *)start, end - start, NULL), *value = NULL;
    if (key != NULL && (value = PyDict_GetItemWithError(r->references, key)) == NULL && !PyErr_Occurred()) {
        PyObject *made = PyObject_CallOneArg(r->decode, key);
        if (made != NULL && PyUnicode_Check(made) && PyDict_SetItem(r->references, key, made) == 0) value = made;
        Py_XDECREF(made); /* the dict keeps it */
    }
    Py_XDECREF(key);
    return value;
}

/* Whether what begins with a decoded `&` and goes on at `at` is a reference too. */
static int is_reference(Reading *r, const byte *at) {
    byte held[64] = "&";
    const byte *end = reference_end(r, at);
    if (end == NULL) return at < r->end && *at >= 128;
    if (end - at >= (Py_ssize_t)sizeof held - 1 || (end < r->end && *end >= 128)) return 1;
    memcpy(held + 1, at, (size_t)(end - at));
    PyObject *value = decoded(r, held, held + 1 + (end - at));
    return value == NULL || PyUnicode_GET_LENGTH(value) != end - at + 1 || PyUnicode_READ_CHAR(value, 0) != '&';
}

/* A reference at `r->at`; 0 and an exception where Python fails. */
static int take_reference(Reading *r) {
    const byte *start = r->at++, *end = reference_end(r, start + 1);
    if (end == NULL || end - start > 64) {
        r->unsure |= end != NULL || (r->at < r->end && *r->at >= 128);
        take(r, '&');
        return 1;
    }
    PyObject *value = decoded(r, start, end);
    if (value == NULL) return 0;
    Py_ssize_t size = PyUnicode_GET_LENGTH(value);
    if (size == end - start && PyUnicode_READ_CHAR(value, 0) == '&') { /* no reference after all */
        take(r, '&');
        return 1;
    }
    r->unsure |= end < r->end && *end >= 128 && end[-1] != ';';
    r->at = r->next = end;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 code = PyUnicode_READ_CHAR(value, i);
        if (code == '&') r->unsure |= size > 1 || is_reference(r, end);
        if (code >= 128 || code == ' ' || !is((byte)code, CONTROL)) take(r, code);
    }
    return !PyErr_Occurred();
}

/* One character of UTF-8 outside ASCII. */
static void take_utf8(Reading *r) {
    byte first = *r->at;
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    Py_UCS4 code = first & (0x3f >> more);
    if (first < 0xc2 || first > 0xf4 || r->end - r->at <= more) r->unsure = 1;
    else
        for (int i = 1; i <= more; i++) {
            r->unsure |= (r->at[i] & 0xc0) != 0x80;
            code = code << 6 | (r->at[i] & 0x3f);
        }
    if (r->unsure || code >= CODES) r->unsure = 1;
    else take(r, code);
    r->at += more + 1;
}

static void add_line(Reading *r, Line **lines, Py_ssize_t *count, Py_ssize_t *room, Line line) {
    if (*count == *room) {
        Line *moved = PyMem_Realloc(*lines, (size_t)(*room * 2 + 64) * sizeof *moved);
        if (moved == NULL) {
            r->unsure = 1;
            return;
        }
        *lines = moved;
        *room = *room * 2 + 64;
    }
    (*lines)[(*count)++] = line;
}

/* The beginning of a line; lines that are read again keep their numbers. */
static void begin_line(Reading *r) {
    int32_t number = (int32_t)r->count;
    if (r->glue_parts) number = r->count < r->others_count ? r->others[r->count].number : 0;
    add_line(r, &r->lines, &r->count, &r->lines_room, (Line){(int32_t)r->size, number});
    r->line = r->at;
}

/* The end of a line that stops before `stop`. */
static void end_line(Reading *r, const byte *stop) {
    if (r->joint) {
        buffer_add(&r->joined, r->line, stop - r->line);
        buffer_add(&r->joined, (const byte *)"~^ ", 3);
        add_line(r, &r->others, &r->others_count, &r->others_room, (Line){0, (int32_t)r->count - 1});
    }
    r->joint = 0;
}

/* All of the text, folded. 0 and an exception where Python fails. */
static int read_all(Reading *r, const byte *start, const byte *end) {
    r->at = start;
    r->end = end;
    r->size = r->joint = r->glued = r->script = 0;
    r->count = 0;
    r->last = r->before = ' ';
    r->blank = 0;
    put_blank(r);
    begin_line(r);
    while (r->at < r->end && !r->unsure) {
        byte c = *r->at;
        if (c >= 128) take_utf8(r);
        else if (c == '&') {
            if (!take_reference(r)) return 0;
        } else if (c == BREAK && r->end - r->at > 2 && r->at[1] == BESIDE && r->at[2] == ' ') {
            r->blank = 0;
            put_blank(r);
            end_line(r, r->at);
            r->at += 3;
            begin_line(r);
        } else {
            r->next = r->at + 1;
            if (!is(c, CONTROL)) take(r, c);
            r->at++;
        }
    }
    end_line(r, end);
    r->blank = 0;
    put_blank(r);
    return 1;
}

/* Add line and term of the hits that have the capitals and accents they ask for; 0 and an exception if that fails. */
static int keep_terms(const Reading *r, PyObject *const tries[2], const byte *asks, Py_ssize_t terms, PyObject *kept) {
    Py_ssize_t made = 0, line = 0;
    Hit *hits = trie_hits(tries[(r->kinds & ATTACHED) != 0], r->to, r->size, &made);
    if (hits == NULL) return 0;
    for (Py_ssize_t i = 0; i < made && !PyErr_Occurred(); i++) {
        byte asked = hits[i].term < terms ? asks[hits[i].term] : 0, marks = 0;
        for (int32_t at = hits[i].begin; at < hits[i].end && asked & MARKED; at++) marks |= r->marks[at];
        if ((asked & MARKED && !(marks & MARKED)) || (asked & CAPITAL && !(r->marks[hits[i].begin] & CAPITAL))) continue;
        while (line + 1 < r->count && r->lines[line + 1].start <= hits[i].begin) line++;
        PyObject *pair = Py_BuildValue("ii", r->lines[line].number, hits[i].term);
        if (pair != NULL) PySet_Add(kept, pair);
        Py_XDECREF(pair);
    }
    PyMem_Free(hits);
    return !PyErr_Occurred();
}

/* The characters of all words, as a string. */
static PyObject *letters_of(const Reading *r) {
    Py_UCS2 letters[4096];
    Py_ssize_t size = 0;
    for (Py_UCS4 code = 0; code < PLANE && size < 4096; code++)
        if (code % 8 == 0 && !r->met[code >> 3]) code += 7;
        else if (r->met[code >> 3] >> (code & 7) & 1) letters[size++] = (Py_UCS2)code;
    return PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, letters, size);
}

/* What the text has: terms, everyday words, letters; None if only Python reads it. */
static PyObject *look(Reading *r, const byte *text, Py_ssize_t size, PyObject *const tries[2], const byte *asks, Py_ssize_t terms) {
    PyObject *kept = PySet_New(NULL), *everything = NULL;
    r->met_words = PySet_New(NULL);
    if (kept == NULL || r->met_words == NULL) goto failed;
    if (!read_all(r, text, text + size)) goto failed;
    if (!r->unsure && !keep_terms(r, tries, asks, terms, kept)) goto failed;
    everything = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, r->to, r->size);
    if (everything == NULL) goto failed;
    if (!r->unsure && r->joined.size) {
        r->glue_parts = 1;
        if (!read_all(r, r->joined.data, r->joined.data + r->joined.size)) goto failed;
        if (!r->unsure && !keep_terms(r, tries, asks, terms, kept)) goto failed;
        PyObject *more = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, r->to, r->size);
        PyUnicode_AppendAndDel(&everything, more);
        if (everything == NULL) goto failed;
    }
    if (r->unsure || r->joined.failed) {
        Py_DECREF(kept);
        Py_DECREF(r->met_words);
        Py_DECREF(everything);
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    }
    return Py_BuildValue("NNNN", kept, r->met_words, letters_of(r), everything);
failed:
    Py_XDECREF(everything);
    Py_XDECREF(kept);
    Py_XDECREF(r->met_words);
    return NULL;
}

PyObject *native_names(PyObject *Py_UNUSED(module), PyObject *args) {
    const char *text, *asks, *words;
    Py_ssize_t size, terms, bits;
    Py_buffer table;
    PyObject *tries[2], *result = NULL;
    Reading r = {0};
    if (!PyArg_ParseTuple(args, "y#y*O!O!OOOy#y#", &text, &size, &table, &PyDict_Type, &r.longer, &PyDict_Type,
                          &r.references, &r.decode, tries, tries + 1, &asks, &terms, &words, &bits))
        return NULL;
    r.table = table.buf;
    r.words = (const byte *)words;
    r.room = size + 16;
    r.to = PyMem_Malloc((size_t)r.room * sizeof *r.to);
    r.marks = PyMem_Malloc((size_t)r.room);
    r.met = PyMem_Calloc(PLANE / 8, 1);
    if (table.len != CODES * 4 || bits != TABLE_BYTES) PyErr_SetString(PyExc_ValueError, "tables of other sizes");
    else if (r.to == NULL || r.marks == NULL || r.met == NULL || !buffer_open(&r.joined, 64)) PyErr_NoMemory();
    else result = look(&r, (const byte *)text, size, tries, (const byte *)asks, terms);
    PyMem_Free(r.to);
    PyMem_Free(r.marks);
    PyMem_Free(r.met);
    PyMem_Free(r.lines);
    PyMem_Free(r.others);
    buffer_close(&r.joined);
    PyBuffer_Release(&table);
    return result;
}
