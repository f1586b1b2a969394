-- What the ribbon calls on macOS; it lies in ~/Library/Application Scripts/com.microsoft.Excel. The request holds a line
-- each for the interpreter, the function of recoup.macros and the workbook's name; each is quoted for the shell.
on RunRecoup(request)
	set {interpreter, macroName, bookName} to paragraphs of request
	do shell script "RECOUP_BOOK=" & quoted form of bookName & " " & quoted form of interpreter & ¬
		" -E -P -m recoup.macros " & quoted form of macroName & " > /dev/null 2>&1 &"
	return "0"
end RunRecoup
