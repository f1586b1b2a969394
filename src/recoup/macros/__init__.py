"""The functions behind the ribbon's buttons: one file per group of the ribbon, named like the group.

A click starts ``python -m recoup.macros FUNCTION`` (``__main__``); ``clicks`` finds the function and tells what went
wrong; ``desk`` is what a function gets: the person, the run and the workbook that is open in Excel. Each function is a
thin door over what the commands call.
"""
