/* The language of a text by py3langid's model in its flat form, which `text.language_model` makes. */
#include "native.h"

static const char MODEL[] = "fivegwatch.language_model";
enum {
    EVERY_BYTE = 256,
    CLASSES = 256,  /* at most */
    LANES = 16,     /* weights added at once */
    STEPS = 512,    /* to a weight of 1 */
    AHEAD = 8,      /* features whose cells are fetched before their turn */
    OFTEN = 8,      /* features that a text has less often are added as whole steps first: exact, and quick */
    MOST = 1 << 16, /* features of a text whose sum of steps fits */
};

#ifdef __GNUC__
#define FETCH(at) __builtin_prefetch(at)
#else
#define FETCH(at) (void)(at)
#endif

/* The numbers of what follows them. */
typedef struct {
    uint32_t rows, moves, features, cells, classes, labels;
} Sizes;
typedef struct {
    uint32_t first;  /* move, sorted by letter; those of the next row follow */
    uint32_t lesser; /* row that has the other moves; a row of 256 moves has all */
} Row;
typedef struct {
    uint32_t letter_and_row; /* the letter is the highest byte, the row the one to go on from */
    int32_t feature;         /* that the text has here; -1: none */
} Move;
typedef struct {
    Py_buffer flat, logs;
    Sizes sizes;
    const Row *rows;
    const Move *moves;
    const uint32_t *from;  /* first cell of each feature, and the end of the last */
    const int32_t *usual;  /* weights of classes for features without one of their own, in steps */
    const float *prior;    /* weights of classes for any text */
    const int16_t *cells;  /* differences from the usual weights: of all classes, or pairs of class and difference */
    const byte *same_as;   /* of classes: the first one of the same language */
    uint32_t *counts;      /* of features in the text that is read; 0 between two texts */
    Py_ssize_t width;      /* of a feature with differences of all classes */
} Model;

static void close_model(PyObject *capsule) {
    Model *model = PyCapsule_GetPointer(capsule, MODEL);
    PyBuffer_Release(&model->flat);
    PyBuffer_Release(&model->logs);
    PyMem_Free(model->counts);
    PyMem_Free(model);
}

/* Where the arrays lie. 0 if the flat form is of another size. */
static int divide(Model *model) {
    Sizes *sizes = &model->sizes;
    if ((size_t)model->flat.len < sizeof *sizes || ((uintptr_t)model->flat.buf & 3)) return 0;
    memcpy(sizes, model->flat.buf, sizeof *sizes);
    uint64_t words = ((uint64_t)sizes->rows + 1) * 2 + (uint64_t)sizes->moves * 2 + sizes->features + 1
                     + (uint64_t)sizes->classes * 2;
    if (sizeof *sizes + 4 * words + 2 * (uint64_t)sizes->cells + sizes->classes + sizes->labels
        != (uint64_t)model->flat.len)
        return 0;
    model->rows = (const Row *)((const uint32_t *)model->flat.buf + sizeof *sizes / 4);
    model->moves = (const Move *)(model->rows + sizes->rows + 1);
    model->from = (const uint32_t *)(model->moves + sizes->moves);
    model->usual = (const int32_t *)(model->from + sizes->features + 1);
    model->prior = (const float *)(model->usual + sizes->classes);
    model->cells = (const int16_t *)(model->prior + sizes->classes);
    model->same_as = (const byte *)(model->cells + sizes->cells);
    model->width = (sizes->classes + LANES - 1) / LANES * LANES;
    return sizes->rows && sizes->features && sizes->features < INT32_MAX && sizes->classes
           && sizes->classes <= CLASSES;
}

/* Whether moves lead to rows and features that are there, and a row's lesser rows to one that has all moves. */
static int moves_are_sound(const Model *model) {
    const Row *rows = model->rows;
    const uint32_t count = model->sizes.rows;
    if (rows[0].first != 0 || rows[1].first != EVERY_BYTE || rows[count].first != model->sizes.moves) return 0;
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].first > rows[i + 1].first || (i && rows[i].lesser >= i)) return 0;
        for (uint32_t j = rows[i].first; j < rows[i + 1].first && j < model->sizes.moves; j++)
            if (rows[i + 1].first - rows[i].first == EVERY_BYTE
                && model->moves[j].letter_and_row >> 24 != j - rows[i].first)
                return 0;
    }
    for (uint32_t i = 0; i < model->sizes.moves; i++)
        if ((model->moves[i].letter_and_row & 0xffffff) >= count || model->moves[i].feature < -1
            || model->moves[i].feature >= (int32_t)model->sizes.features)
            return 0;
    return 1;
}

static int weights_are_sound(const Model *model) {
    const uint32_t *from = model->from, count = model->sizes.features;
    if (from[0] != 0 || from[count] != model->sizes.cells) return 0;
    for (uint32_t i = 0; i < count; i++)
        if (from[i] > from[i + 1]) return 0;
    for (uint32_t i = 0; i < count; i++) {
        if (from[i + 1] - from[i] == (uint32_t)model->width) continue;
        if ((from[i + 1] - from[i]) % 2) return 0;
        for (uint32_t cell = from[i]; cell < from[i + 1]; cell += 2)
            if (model->cells[cell] < 0 || model->cells[cell] >= (int32_t)model->sizes.classes) return 0;
    }
    for (uint32_t i = 0; i < model->sizes.classes; i++)
        if (model->same_as[i] > i) return 0;
    return 1;
}

PyObject *native_language_model(PyObject *Py_UNUSED(module), PyObject *args) {
    Model *model = PyMem_Calloc(1, sizeof *model);
    if (model == NULL) return PyErr_NoMemory();
    if (!PyArg_ParseTuple(args, "y*y*", &model->flat, &model->logs)) {
        PyMem_Free(model);
        return NULL;
    }
    PyObject *made = NULL;
    if (!divide(model) || !moves_are_sound(model) || !weights_are_sound(model))
        PyErr_SetString(PyExc_ValueError, "this is no model of languages");
    else if ((model->counts = PyMem_Calloc(model->sizes.features, sizeof *model->counts)) == NULL) PyErr_NoMemory();
    else made = PyCapsule_New(model, MODEL, close_model);
    if (made == NULL) {
        PyBuffer_Release(&model->flat);
        PyBuffer_Release(&model->logs);
        PyMem_Free(model->counts);
        PyMem_Free(model);
    }
    return made;
}

static inline const Move *next_move(const Model *model, uint32_t row, byte letter) {
    for (;; row = model->rows[row].lesser) {
        const Move *move = model->moves + model->rows[row].first, *end = model->moves + model->rows[row + 1].first;
        if (end - move == EVERY_BYTE) return move + letter;
        for (; move < end && move->letter_and_row >> 24 <= letter; move++)
            if (move->letter_and_row >> 24 == letter) return move;
    }
}

/* Counts the features of a text into `model->counts`. Those it has, each once, in the order of the text; the caller
 * frees them and clears their counts. -1 and an exception if memory runs out. */
static Py_ssize_t count_features(Model *model, PyObject *text, uint32_t **features) {
    const byte *at = (const byte *)PyBytes_AS_STRING(text), *end = at + PyBytes_GET_SIZE(text);
    *features = PyMem_Malloc((size_t)(end - at + 1) * sizeof **features);
    if (*features == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t count = 0;
    uint32_t row = 0;
    for (; at < end; at++) {
        const Move *move = next_move(model, row, *at);
        row = move->letter_and_row & 0xffffff;
        if (move->feature >= 0 && !model->counts[move->feature]++) (*features)[count++] = (uint32_t)move->feature;
    }
    return count;
}

static Model *read_arguments(PyObject *args, PyObject **text) {
    PyObject *capsule;
    if (!PyArg_ParseTuple(args, "O!O", &PyBytes_Type, text, &capsule)) return NULL;
    return PyCapsule_GetPointer(capsule, MODEL);
}

/* Adds the differences of a feature to those of a text. */
static inline void add(const Model *model, uint32_t feature, int32_t *steps) {
    const int16_t *cell = model->cells + model->from[feature], *end = model->cells + model->from[feature + 1];
    if (end - cell == model->width)
        for (; cell < end; cell += LANES, steps += LANES)
            for (int i = 0; i < LANES; i++) steps[i] += cell[i];
    else
        for (; cell < end; cell += 2) steps[cell[0]] += cell[1];
}

/* The cells of a text lie far apart: the processor need not wait for each. */
static inline void fetch(const Model *model, const uint32_t *features, Py_ssize_t left) {
    if (left > 2 * AHEAD) FETCH(model->from + features[2 * AHEAD]);
    if (left <= AHEAD) return;
    const int16_t *cell = model->cells + model->from[features[AHEAD]];
    for (int i = 0; i <= CLASSES / 2; i += 32) FETCH(cell + i);
}

/* The class of the highest score; -1 where another one is so near that the rounding of py3langid, which adds in single
 * precision, may decide otherwise. `terms` were added. */
static int decide(const Model *model, double *scores, Py_ssize_t terms) {
    const byte *same_as = model->same_as;
    uint32_t best = 0, classes = model->sizes.classes;
    double doubts[CLASSES];
    for (uint32_t i = 0; i < classes; i++) {
        /* Adding n numbers of one sign is off by n roundings at most, in whatever order; a logarithm by a few. */
        double prior = model->prior[i];
        doubts[i] = ((double)terms + 32) / 16777216 * (prior - scores[i] + (prior < 0 ? -prior : prior));
        if (scores[i] > scores[same_as[i]]) scores[same_as[i]] = scores[i];
        if (doubts[i] > doubts[same_as[i]]) doubts[same_as[i]] = doubts[i];
    }
    for (uint32_t i = 0; i < classes; i++)
        if (same_as[i] == i && scores[i] > scores[best]) best = i;
    for (uint32_t i = 0; i < classes; i++)
        if (same_as[i] == i && i != best && scores[best] - scores[i] <= doubts[best] + doubts[i]) return -1;
    return (int)best;
}

PyObject *native_language(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text;
    uint32_t *features;
    Model *model = read_arguments(args, &text);
    Py_ssize_t count = model ? count_features(model, text, &features) : -1;
    if (count < 0) return NULL;
    const double *logs = model->logs.buf;
    const size_t known = (size_t)model->logs.len / sizeof *logs;
    int32_t steps[OFTEN][CLASSES] = {{0}}, alike[OFTEN] = {0};
    double scores[CLASSES] = {0}, sum = 0;
    int certain = count < MOST;
    for (Py_ssize_t i = 0; i < count; i++) {
        const uint32_t feature = features[i], times = model->counts[feature];
        model->counts[feature] = 0;
        fetch(model, features + i, count - i);
        certain &= times < known;
        if (!certain) continue;
        if (times < OFTEN) {
            alike[times]++;
            add(model, feature, steps[times]);
        } else {
            int32_t alone[CLASSES] = {0};
            add(model, feature, alone);
            sum += logs[times];
            for (uint32_t j = 0; j < model->sizes.classes; j++) scores[j] += logs[times] * alone[j];
        }
    }
    PyMem_Free(features);
    for (size_t times = 1; times < OFTEN && times < known; times++) {
        sum += logs[times] * alike[times];
        for (uint32_t i = 0; i < model->sizes.classes; i++) scores[i] += logs[times] * steps[times][i];
    }
    for (uint32_t i = 0; i < model->sizes.classes; i++)
        scores[i] = (scores[i] + sum * model->usual[i]) / STEPS + (double)model->prior[i];
    return PyLong_FromLong(!count ? 0 : certain ? decide(model, scores, count) : -1);
}

PyObject *native_language_evidence(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *times, *rows, *prior;
    uint32_t *features;
    Model *model = read_arguments(args, &text);
    Py_ssize_t count = model ? count_features(model, text, &features) : -1;
    if (count < 0) return NULL;
    const size_t classes = model->sizes.classes, row = classes * sizeof(float);
    times = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(uint32_t));
    rows = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)row);
    prior = PyBytes_FromStringAndSize((const char *)model->prior, (Py_ssize_t)row);
    int fine = times != NULL && rows != NULL && prior != NULL;
    for (Py_ssize_t i = 0; i < count; i++) {
        const uint32_t feature = features[i];
        int32_t steps[CLASSES] = {0};
        float weights[CLASSES];
        add(model, feature, steps);
        for (size_t j = 0; j < classes; j++) weights[j] = (float)(model->usual[j] + steps[j]) / STEPS;
        if (fine) {
            memcpy(PyBytes_AS_STRING(rows) + (size_t)i * row, weights, row);
            memcpy(PyBytes_AS_STRING(times) + (size_t)i * sizeof(uint32_t), &model->counts[feature], sizeof(uint32_t));
        }
        model->counts[feature] = 0;
    }
    PyMem_Free(features);
    if (fine) return Py_BuildValue("NNN", times, rows, prior);
    Py_XDECREF(times);
    Py_XDECREF(rows);
    Py_XDECREF(prior);
    return NULL;
}
