"""Names of months in 35 languages, full and short, in lower case.

Standard: CLDR (as in Babel 2.18), formats "wide" and "abbreviated", both within a date and alone; also spellings on
real pages that CLDR lacks. A name that two languages use for different months is left out: "listopad" is November in
Czech, October in Croatian. The names are listed here because Babel takes a sixth of a second to read them; a test
compares both.
"""

from __future__ import annotations

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "de_gen de_gener ene enero gen gener gennaio ian ianuarie jaan jaanuar jan janeiro januar januari january "
            "január januára janv janvier janvāris led leden ledna oca ocak saus sausio sausis sij siječanj siječnja "
            "sty styczeń stycznia tammi tammikuu tammikuuta xan xaneiro ιαν ιανουάριος ιανουαρίου січ січень січня "
            "янв январь января яну януари јан јануар جنوری يناير ژانویه ژانویهٔ जनवरी जन॰",
            "de_febr de_febrer feb febbraio febr febreiro febrer febrero februar februari februarie february február "
            "februára februāris fev fevereiro fevrier fév févr février helmi helmikuu helmikuuta lut lutego luty vas "
            "vasario vasaris veebr veebruar velj veljača veljače úno únor února şub şubat φεβ φεβρουάριος φεβρουαρίου "
            "лют лютий лютого феб фебруар фев февр февраль февраля февруари فبراير فروری فوریه فوریهٔ फ़रवरी फ़र॰",
            "bře březen března de_març kov kovas kovo maalis maaliskuu maaliskuuta maart mac maerz mar marca march "
            "marco marec maret mars mart martie marts marzec marzo març março mrt mrz márc március mär märts märz ožu "
            "ožujak ožujka μάρ μάρτιος μαρ μαρτίου бер березень березня мар март марта مارس مارچ मार्च",
            "abr abril apr april aprile aprilie aprill apríl apríla aprīlis avr avril bal balandis balandžio dub "
            "duben dubna d’abr d’abril huhti huhtikuu huhtikuuta kwi kwiecień kwietnia nis nisan tra travanj travnja "
            "ápr április απρ απρίλιος απριλίου апр апрель апреля април квіт квітень квітня آوریل أبريل اپریل अप्रैल",
            "de_maig geg gegužė gegužės kvě květen května mag maggio mai maig maijs maio maj maja may mayo mayıs mei "
            "máj mája május svi svibanj svibnja touko toukokuu toukokuuta μάι μάιος μαΐ μαΐου май мая мај трав "
            "травень травня مئی مايو مه مهٔ मई",
            "birž birželio birželis cze czerwca czerwiec de_juny giu giugno haz haziran iun iunie juin jun june junho "
            "juni junij junio juny juuni jún júna június jūn jūnijs kesä kesäkuu kesäkuuta lipanj lipnja xuño červen "
            "června čvn ιουν ιουνίου ιούν ιούνιος июн июнь июня черв червень червня юни јун جون يونيو ژوئن जून",
            "de_jul de_juliol heinä heinäkuu heinäkuuta iul iulie juil juillet jul julai julho juli julij julio "
            "juliol july juuli júl júla július jūl jūlijs liep liepa liepos lipca lipiec lug luglio srpanj srpnja tem "
            "temmuz xul xullo července červenec čvc ιουλ ιουλίου ιούλ ιούλιος июл июль июля лип липень липня юли јул "
            "جولائی يوليو ژوئیه ژوئیهٔ जुलाई जुल॰",
            "ag ago agost agosto agu agustus aout août aug august augusta augusti augusts augustus augusztus avg "
            "avgust ağu ağustos d’ag d’agost elo elokuu elokuuta kol kolovoz kolovoza ogo ogos rugp rugpjūtis "
            "rugpjūčio sie sierpień sierpnia srpen srpna αυγ αυγούστου αύγ αύγουστος авг август августа серп серпень "
            "серпня أغسطس اوت اگست अगस्त अग॰",
            "de_set de_setembre eyl eylül rugs rugsėjis rugsėjo ruj rujan rujna sep sept september septembra "
            "septembre septembrie septembris septiembre set setembre setembro settembre syys syyskuu syyskuuta szept "
            "szeptember wrz wrzesień września zář září σεπ σεπτέμβριος σεπτεμβρίου вер вересень вересня сен сент "
            "сентябрь сентября сеп септембар септември سبتمبر ستمبر سپتامبر सितंबर सित॰",
            "d’oct d’octubre eki ekim loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktober "
            "oktobris oktoober október októbra ott ottobre out outubro paź październik października spal spalio "
            "spalis říj říjen října οκτ οκτωβρίου οκτώβριος жовт жовтень жовтня окт октобар октомври октябрь октября "
            "أكتوبر اکتبر اکتوبر अक्टूबर अक्टू॰",
            "de_nov de_novembre kas kasım lapkr lapkritis lapkričio listopadu marras marraskuu marraskuuta noiembrie "
            "nov november novembra novembre novembris novembro noviembre stu studeni studenoga νοέ νοέμβριος νοε "
            "νοεμβρίου лист листопад листопада нов новембар ное ноември ноя нояб ноябрь ноября نوامبر نوفمبر نومبر "
            "नवंबर नव॰",
            "ara aralık de_des de_desembre dec december decembra decembre decembrie decembris decembro des desember "
            "desembre dets detsember dez dezember dezembro dic dicembre diciembre dis disember déc décembre gru "
            "grudnia grudzień gruod gruodis gruodžio joulu joulukuu joulukuuta pro prosinac prosinca prosince "
            "prosinec δεκ δεκέμβριος δεκεμβρίου груд грудень грудня дек декабрь декабря декември дец децембар دسامبر "
            "دسمبر ديسمبر दिसंबर दिस॰",
        ),
        1,
    )
    for name in (written.replace("_", " ") for written in names.split())
}
"""Name of a month to its number."""
