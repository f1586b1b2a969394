"""What a cell shows when a function got no answer: the fixed words of each such sentence.

The VBA of the add-in writes all but the first, where no Python can be asked; a test holds both together. A formula that
shows one of them is asked again, and is never turned into that sentence.
"""

NO_ANSWER = "Recoup could not answer: "

FAILURES = (
    NO_ANSWER,
    "Recoup's functions answer cells of a sheet only.",
    "Recoup's Python did not answer (",
    "Recoup's functions need Excel on Windows; on a Mac use the ribbon.",
    "Functions cannot be started from such a path: ",
    " is missing beside Recoup's Python. ",
    "Recoup is not set up for Excel on this computer: ",
    "The add-in's interpreter is not the full path of a program: ",
    "The Python that Recoup was installed in is gone: ",
)
