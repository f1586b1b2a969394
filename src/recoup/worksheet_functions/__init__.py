"""The worksheet functions RECOUP_…: how they are called, and what each of them answers.

`declared` names the functions, their arguments and their help: the door, the VBA of the add-in and the README follow
it. `answers` is asked with whatever stands in cells and answers in cells. Nothing here knows Excel or the clock.
"""
