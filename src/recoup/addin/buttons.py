"""What stands on the ribbon tab, and which function of ``recoup.macros`` each button calls: the one place that says so.

A click starts Recoup's own Python with the line ``-E -P -m recoup.macros FUNCTION`` and waits for it (on macOS it does
not wait). The workbook's name and Excel's window travel as environment variables, so that no text of a workbook is ever
part of a command. Exit code 0: done, or the function said itself what was wrong; with any other the VBA says so.
"""

from __future__ import annotations

from dataclasses import dataclass

MACROS = "recoup.macros"
BOOK_VARIABLE, WINDOW_VARIABLE = "RECOUP_BOOK", "RECOUP_WINDOW"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: the function it calls, its texts, and the built-in image it shows (``imageMso``)."""

    function: str
    label: str
    screentip: str
    supertip: str
    image: str
    large: bool = False
    needs_book: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Buttons under one title."""

    name: str
    label: str
    buttons: tuple[Button, ...]


GROUPS = (
    Group(
        "reports",
        "Reports",
        (
            Button(
                "import_files",
                "Import files",
                "Import report files",
                "Put downloaded Seller Central reports into the tabs they belong to.",
                "GetExternalDataFromText",
                large=True,
            ),
            Button(
                "check_reports",
                "Check reports",
                "Check the reports",
                "Read all reports and say on Checks what is wrong, what is missing and what to do about it.",
                "ErrorChecking",
            ),
            Button(
                "prepare_inputs",
                "Prepare inputs",
                "Prepare the records to fill in",
                "Add a line for every cost, measurement, receipt, shipment or document that claims wait for.",
                "TableRowsInsertBelowExcel",
            ),
            Button(
                "clear_report_tab",
                "Clear report tab",
                "Empty this report tab",
                "List what loses its source, ask, back up, and empty the report tab in front but for its headings.",
                "ClearContents",
            ),
        ),
    ),
    Group(
        "claims",
        "Claims",
        (
            Button(
                "refresh_claims",
                "Refresh claims",
                "Find claims and fill the sheets",
                "Read the reports, find what Amazon owes and update Claims, Evidence, Cases and Home. "
                "What people typed stays as it is.",
                "RefreshAll",
                large=True,
            ),
            Button(
                "explain_claim",
                "Explain",
                "Why is this a claim?",
                "Show the report rows that the selected claim stands on, and derive it again from them.",
                "TracePrecedents",
            ),
            Button(
                "take_up_claims",
                "Take up",
                "Take up the selected claims",
                "Set Decision to Take up and make a Draft on Cases at once.",
                "ReviewAcceptOrRejectChangeDialog",
            ),
            Button(
                "dismiss_claims",
                "Dismiss",
                "Dismiss the selected claims",
                "Ask for the reason and move the selected claims to Not Claimed, dismissed by you.",
                "ReviewDeleteComment",
            ),
            Button(
                "tidy_claims",
                "Tidy",
                "Sort by priority, what is finished below",
                "Sort Claims by priority, what is filed or finished below. Nothing else moves rows.",
                "SortDialog",
            ),
        ),
    ),
    Group(
        "cases",
        "Cases",
        (
            Button(
                "start_case",
                "Start case",
                "Start a case",
                "Make a Draft on Cases from the selected claims. Refuses what would be filed twice, too early or late.",
                "OutlookTaskCreate",
                large=True,
            ),
            Button(
                "copy_case_text",
                "Copy case text",
                "Copy what to write to Amazon",
                "Put the text of the selected case on the clipboard, from facts on Evidence alone.",
                "Copy",
            ),
            Button(
                "make_evidence_pack",
                "Evidence pack",
                "Make the evidence pack",
                "Write the text, rows, documents and manifest of the selected cases into a folder.",
                "FileSaveAs",
            ),
            Button(
                "record_answer",
                "Record answer",
                "Record what happened",
                "Record the case id, the stage or what Amazon answered, on Cases, Case Log and in the Journal.",
                "ReviewNewComment",
            ),
            Button(
                "show_due_today",
                "Due today",
                "What is due",
                "List what is overdue, due today and due soon: filings, follow-ups, answers, appeals, disputes.",
                "HeaderFooterCurrentDate",
            ),
        ),
    ),
    Group(
        "share",
        "Share",
        (
            Button(
                "merge_copy",
                "Merge copy",
                "Merge a colleague's copy",
                "Merge two people's work on copies of one workbook, field by field, into a new file.",
                "CompareAndMergeWorkbooks",
            ),
            Button(
                "show_journal",
                "Journal",
                "Who changed what",
                "Show the newest changes of people and Recoup.",
                "ReviewHighlightChanges",
            ),
            Button(
                "undo_last",
                "Undo last",
                "Undo what Recoup did last",
                "Put back, through the Journal, what the last button changed. Ctrl+Z does not reach back that far.",
                "Undo",
            ),
            Button(
                "freeze_functions",
                "Freeze functions",
                "Turn Recoup's functions into values",
                "Replace RECOUP_ formulas by their values, so that people without the add-in see them.",
                "PasteValues",
            ),
        ),
    ),
    Group(
        "help",
        "Help",
        (
            Button(
                "show_policy",
                "Policy",
                "Amazon's rules as Recoup applies them",
                "Show the windows, caps and values in force, with source and certainty.",
                "Thesaurus",
                needs_book=False,
            ),
            Button(
                "run_doctor",
                "Doctor",
                "Check the installation",
                "Check Python, packages, versions and Excel's settings, and say what to do.",
                "AddInManager",
                needs_book=False,
            ),
            Button(
                "show_about",
                "About",
                "About Recoup",
                "Version, licence and where to find help.",
                "Help",
                needs_book=False,
            ),
        ),
    ),
)
