"""Which kind of file it is: what is no workbook that can be edited without loss is named, with the remedy."""

from __future__ import annotations

from collections.abc import Collection

from recoup.books.base import BookUnsupported

_OLE = b"\xd0\xcf\x11\xe0"
_OLD_EXCEL = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
MACROS = b"macroEnabled"  # in the content type of the workbook part


def what_it_is(data: bytes, name: str) -> str:
    """The sentence about a file that is no zip file."""
    if data[:4] == _OLE and "EncryptedPackage".encode("utf-16-le") in data:
        return f"{name} is protected with a password to open; remove it in Excel (File > Info) and save it again."
    if data[:4] == _OLE or data[:2] in _OLD_EXCEL:
        return f"{name} is an old Excel file (.xls); save it in Excel as Excel workbook (.xlsx)."
    if not data.strip():
        return f"{name} is empty; take the newest backup, or make a workbook with `recoup new`."
    if data.lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"<":
        return f"{name} is an XML or web page under the name of a workbook; open it in Excel and save it as .xlsx."
    return f"{name} is no Excel workbook or is damaged; open it in Excel and save it as .xlsx."


def refuse_other_formats(parts: Collection[str], name: str) -> None:
    """Raise ``BookUnsupported`` for other kinds of documents; ``parts`` are lower-case part names."""
    if "xl/workbook.bin" in parts:
        raise BookUnsupported(f"{name} is a binary workbook (.xlsb); save it in Excel as .xlsx.")
    if "content.xml" in parts and "mimetype" in parts:
        raise BookUnsupported(
            f"{name} is an OpenDocument spreadsheet (.ods); save it as Excel workbook (.xlsx)."
        )
    if "[content_types].xml" not in parts or "_rels/.rels" not in parts:
        raise BookUnsupported(f"{name} is a zip file but no Excel workbook; give the .xlsx file itself.")
    if any(part.startswith("_xmlsignatures/") and not part.endswith("/") for part in parts):
        raise BookUnsupported(
            f"{name} is signed, and any change breaks the signature; remove it in Excel "
            "(File > Info > View Signatures) or give a copy without it."
        )


def refuse_wrong_ending(macros: bool, target: str) -> None:
    """Raise ``BookUnsupported`` when Excel would not open the workbook under this file name."""
    ending = target.lower().rpartition(".")[2]
    if macros and ending == "xlsx":
        raise BookUnsupported(f"{target}: the workbook holds macros; let the copy's name end in .xlsm.")
    if not macros and ending == "xlsm":
        raise BookUnsupported(f"{target}: the workbook holds no macros; let the copy's name end in .xlsx.")
