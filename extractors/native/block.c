/* Tries as blocks of bytes, which can be kept in a file and mapped into memory: a header, then the arrays.
 *
 * A block is used only if its header is of this format and byte order, the sizes of its arrays add up to its length, and
 * the checksum of all of it is right. That finds damage, not forgery: numbers in the arrays that point into other arrays
 * are trusted, so blocks must come from a place that nobody else may write to (`flows.workers.compiled_rules`).
 */
#include <stddef.h>

#include "trie.h"

enum { ORDER = 0x54726965, FORMAT = 1, STEP = 16 /* arrays begin at multiples of this */ };
typedef struct {
    uint32_t order;  /* another number on a machine with the other byte order */
    uint32_t format; /* goes up with each change of the arrays or of what they mean */
    uint64_t checksum; /* of everything behind it */
    uint32_t bytes[ARRAYS];
    Bounds bounds[KINDS];
} Header;
_Static_assert(sizeof(Header) % STEP == 0, "the first array begins at a multiple of STEP");

static size_t padded(size_t bytes) { return (bytes + STEP - 1) / STEP * STEP; }

/* A hash of `size` bytes, a multiple of `STEP`. A change of a single piece of eight bytes always changes it. */
static uint64_t checksum_of(const byte *at, size_t size) {
    uint64_t sums[2] = {size, ~(uint64_t)size}, pieces[2];
    for (const byte *end = at + size; at < end; at += STEP) {
        memcpy(pieces, at, STEP);
        for (int i = 0; i < 2; i++) {
            sums[i] = (sums[i] ^ pieces[i]) * 0x9e3779b97f4a7c15u;
            sums[i] ^= sums[i] >> 29;
        }
    }
    return sums[0] * 0xbf58476d1ce4e5b9u + sums[1];
}

static uint64_t checksum_in(const byte *block, size_t size) {
    size_t from = offsetof(Header, bytes);
    return checksum_of(block + from, size - from);
}

PyObject *block_of(const Trie *trie, const size_t bytes[ARRAYS]) {
    Header header = {.order = ORDER, .format = FORMAT};
    size_t size = sizeof header;
    for (int i = 0; i < ARRAYS; i++) {
        if (bytes[i] > INT32_MAX) return PyErr_NoMemory();
        header.bytes[i] = (uint32_t)bytes[i];
        size += padded(bytes[i]);
    }
    for (int i = 0; i < SCRIPTS; i++) {
        header.bounds[i] = trie->begins[i].bounds;
        header.bounds[SCRIPTS + i] = trie->inside[i].bounds;
    }
    PyObject *block = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (block == NULL) return NULL;
    byte *start = (byte *)PyBytes_AS_STRING(block), *at = start + sizeof header;
    const size_t *next = bytes;
    memset(start, 0, size);
    memcpy(start, &header, sizeof header);
#define WRITE(array)                \
    memcpy(at, trie->array, *next); \
    at += padded(*next++);
    EACH_ARRAY(WRITE)
#undef WRITE
    header.checksum = checksum_in(start, size);
    memcpy(start, &header, sizeof header);
    return block;
}

/* Why a block cannot be used; NULL if it can. */
static const char *fault_of(const Py_buffer *block) {
    const Header *header = block->buf;
    size_t size = sizeof *header;
    if ((size_t)block->len < size) return "it is cut short";
    if ((uintptr_t)block->buf % sizeof(uint64_t)) return "it lies at an odd address";
    if (header->order != ORDER) return "it is none, or of a machine with another byte order";
    if (header->format != FORMAT) return "its format is of another version";
    for (int i = 0; i < ARRAYS; i++) size += padded(header->bytes[i]);
    if ((size_t)block->len != size) return "its length is wrong";
    return checksum_in(block->buf, size) == header->checksum ? NULL : "its checksum is wrong";
}

static void close_trie(PyObject *capsule) {
    Trie *trie = PyCapsule_GetPointer(capsule, NAME);
    PyBuffer_Release(&trie->block);
    PyMem_Free(trie);
}

PyObject *native_open_trie(PyObject *Py_UNUSED(module), PyObject *args) {
    int unbroken;
    Py_buffer block;
    if (!PyArg_ParseTuple(args, "y*p", &block, &unbroken)) return NULL;
    const char *fault = fault_of(&block);
    Trie *trie = fault == NULL ? PyMem_Calloc(1, sizeof *trie) : NULL;
    if (fault != NULL) PyErr_Format(PyExc_ValueError, "not a block of a trie: %s", fault);
    else if (trie == NULL) PyErr_NoMemory();
    else {
        const Header *header = block.buf;
        byte *at = (byte *)block.buf + sizeof *header;
        const uint32_t *next = header->bytes;
#define PLACE(array)           \
    trie->array = (void *)at;  \
    at += padded(*next++);
        EACH_ARRAY(PLACE)
#undef PLACE
        for (int i = 0; i < SCRIPTS; i++) {
            trie->begins[i].entries = trie->begins[0].entries;
            trie->inside[i].entries = trie->inside[0].entries;
            trie->begins[i].bounds = header->bounds[i];
            trie->inside[i].bounds = header->bounds[SCRIPTS + i];
        }
        trie->unbroken = unbroken;
        trie->block = block;
        PyObject *capsule = PyCapsule_New(trie, NAME, close_trie);
        if (capsule != NULL) return capsule;
        PyMem_Free(trie);
    }
    PyBuffer_Release(&block);
    return NULL;
}
