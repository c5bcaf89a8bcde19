/* Lines of a page without the marks of its tags. */
#include "native.h"

/* `sentences.plain_by_replacing`. */
PyObject *native_plain(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *text, *glue;
    if (!PyArg_ParseTuple(args, "UU", &text, &glue)) return NULL;
    Py_UCS4 glued = PyUnicode_GET_LENGTH(glue) ? PyUnicode_READ_CHAR(glue, 0) : BREAK; /* BREAK: nothing */
    if (PyUnicode_GET_LENGTH(glue) > 1 || glued > 127 || (glued == BREAK && PyUnicode_GET_LENGTH(glue)))
        return PyErr_Format(PyExc_ValueError, "a character of ASCII or none is put in place of a mark, not %R", glue);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), made = 0;
    int kind = PyUnicode_KIND(text), blank = 0;
    const void *data = PyUnicode_DATA(text);
    byte *to = PyMem_Malloc((size_t)(size + 1) * (size_t)kind);
    if (to == NULL) return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 code = PyUnicode_READ(kind, data, i);
        if (code == BREAK) code = ' ';
        else if (code == GLUE && (code = glued) == BREAK) continue;
        if (code == ' ' && blank) continue;
        blank = code == ' ';
        PyUnicode_WRITE(kind, to, made++, code);
    }
    PyObject *result = PyUnicode_FromKindAndData(kind, to, made);
    PyMem_Free(to);
    return result;
}
