/* Long strings in the source of a script. */
#include "native.h"

/* `embedded.next_string_by_pattern`. */
PyObject *native_next_string(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *source;
    Py_ssize_t begin, shortest;
    if (!PyArg_ParseTuple(args, "Unn", &source, &begin, &shortest)) return NULL;
    int kind = PyUnicode_KIND(source), escaped = 0;
    const void *data = PyUnicode_DATA(source);
    Py_ssize_t size = PyUnicode_GET_LENGTH(source);
    if (begin < 0) return PyErr_Format(PyExc_ValueError, "a string begins at 0 or later, not at %zd", begin);
    for (Py_ssize_t at = begin; at < size; at++) {
        Py_UCS4 code = PyUnicode_READ(kind, data, at);
        if (code == '"' && !escaped) {
            if (at - begin >= shortest) return Py_BuildValue("nn", begin, at);
            begin = at + 1;
        }
        escaped = code == '\\' && !escaped;
    }
    Py_RETURN_NONE;
}
