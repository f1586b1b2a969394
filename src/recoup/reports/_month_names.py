"""Names of the months in the languages Amazon writes reports in, in full and shortened."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# January to December; the forms of one month are joined by "/". A dot after a short form is left out.
MONTHS = {
    "English": "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug "
    "september/sept/sep october/oct november/nov december/dec",
    "German": "januar/jan/jänner/jän februar/feb märz/mär/mrz april/apr mai juni/jun juli/jul august/aug "
    "september/sept/sep oktober/okt november/nov dezember/dez",
    "French": "janvier/janv/jan février/févr/fév mars avril/avr mai juin juillet/juil août "
    "septembre/sept octobre/oct novembre/nov décembre/déc",
    "Italian": "gennaio/gen febbraio/feb/febbr marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug "
    "agosto/ago settembre/set/sett ottobre/ott novembre/nov dicembre/dic",
    "Spanish": "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago "
    "septiembre/sept/sep/setiembre/set octubre/oct noviembre/nov diciembre/dic",
    "Portuguese": "janeiro/jan fevereiro/fev março/mar abril/abr maio/mai junho/jun julho/jul agosto/ago "
    "setembro/set outubro/out novembro/nov dezembro/dez",
    "Dutch": "januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug "
    "september/sept/sep oktober/okt november/nov december/dec",
    "Swedish": "januari/jan februari/feb mars/mar april/apr maj juni/jun juli/jul augusti/aug "
    "september/sept/sep oktober/okt november/nov december/dec",
    "Polish": "stycznia/styczeń/sty lutego/luty/lut marca/marzec/mar kwietnia/kwiecień/kwi maja/maj "
    "czerwca/czerwiec/cze lipca/lipiec/lip sierpnia/sierpień/sie września/wrzesień/wrz "
    "października/październik/paź listopada/listopad/lis grudnia/grudzień/gru",
    "Turkish": "ocak/oca şubat/şub mart/mar nisan/nis mayıs/may haziran/haz temmuz/tem ağustos/ağu eylül/eyl "
    "ekim/eki kasım/kas aralık/ara",
}
_LOST = re.compile("[?\ufffd]+")  # what Amazon or a program left of a letter that it could not write


@cache
def month_number(word: str) -> int:
    """1 to 12, also without accents or with ``?`` for a lost letter; 0 for no month or more than one."""
    word = _simple(word)
    if not _LOST.search(word):
        return _numbers().get(word, 0)
    pattern = re.compile(".{1,2}".join(re.escape(part) for part in _LOST.split(word)))
    fits = {number for name, number in _numbers().items() if pattern.fullmatch(name)}
    return fits.pop() if len(fits) == 1 else 0


@cache
def _numbers() -> dict[str, int]:
    """Every simple form of a name, with the number of its month."""
    return {
        _simple(form): number
        for names in MONTHS.values()
        for number, month in enumerate(names.split(), 1)
        for form in month.split("/")
    }


def _simple(word: str) -> str:
    """Lower case without accents and dots; the Turkish dotless ı is an i."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).strip(".").replace("ı", "i")
