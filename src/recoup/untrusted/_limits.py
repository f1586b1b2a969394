"""The limits of a workbook file. Real ones stay far below; beyond them a file is refused before it is unpacked."""

MOST_MEMBERS = 20_000  # parts of one workbook; the largest with pictures and pivot tables have a few thousand
MOST_UNPACKED = 4 << 30  # bytes of all parts together; a million report rows are about 0.8 GB
MOST_PART = 2 << 30  # bytes of one part; a full sheet of 15 columns is about 0.6 GB
MOST_RATIO = 200  # unpacked to packed bytes of a part above RATIO_FROM; cells compress about 20 to 1
RATIO_FROM = 20 << 20
MOST_CELLS = (
    40_000_000  # rows times columns of a used range: reading takes about 32 bytes for each, blank ones too
)
LAST_COLUMN = "ZZ"  # no report is that wide
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of an Excel sheet
