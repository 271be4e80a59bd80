"""What hosts write: short Swedish sentences about places and things, never about who.

A code's sentences fit wherever it is seen; where a kind of place has its own, they are under the code and the kind.
"""

NOTES: dict[str, tuple[str, ...]] = {
    "SK01": ("Nytt klotter över hela sidan, svart sprej.", "Samma motiv som tidigare i veckan."),
    "SK01 Stairwell": ("Klotter på väggen bredvid porten.", "Tuschklotter vid brevlådorna."),
    "SK02": (
        "Ruta krossad, glas på marken. Sopat undan det värsta.", "Sprucken ruta i dörren.",
        "Glassplitter vid ingången.",
    ),
    "SK03": ("Porten går inte igen av sig själv.", "Dörrstängaren hänger löst.", "Karmen är bruten vid låset."),
    "SK04": ("Porttelefonen svarar inte.", "Låskolven går trögt, dörren stod öppen.", "Läsaren lyser rött hela tiden."),
    "SK05": ("Anslagstavlan nedriven.", "Ledstången sitter löst.", "Brännmärken på väggen i entrén."),
    "SK06": (
        "Luckan till torktumlaren går inte att stänga.", "Maskin två uppbruten, myntboxen borta.",
        "Tvättmedel utspillt och låset bortbrutet.", "Bokningstavlan sönderslagen igen.",
    ),
    "SK07": ("Gungan hänger i en kedja.", "Bänken är uppbruten ur marken.", "Staketet runt lekplatsen trasigt."),
    "SK08": ("Hissen står stilla på entréplan.", "Hissdörren stänger inte helt.", "Knapparna i hissen är brända."),
    "SK09": ("Vatten rinner från taket i källargången. Ringt jouren.",),
    "BR01": ("Bil brann på parkeringen, räddningstjänsten på plats.",),
    "BR02": ("Rök från kärl i miljöhuset. Släckt, larm ringt.",),
    "BR04": ("Smällare på gården, slut när vi kom.", "Rester efter eldning i en papperskorg."),
    "BR05": (
        "Cykel och möbler blockerar utrymningsvägen.", "Brandsläckaren saknas i hållaren.",
        "Branddörren uppställd med en kil.",
    ),
    "BE01": (
        "Två stolpar släckta i rad.", "Lampan blinkar, mörkt på gångvägen.", "Släckt vid trappan ner mot stråket.",
    ),
    "BE02": ("Rörelsevakten tänder inte.", "Fortfarande mörkt, tredje kvällen.", "Armaturen sönderslagen."),
    "BE02 Stairwell": ("Lampan på våningsplanet är trasig.", "Fortfarande mörkt i trappan, tredje kvällen."),
    "BE02 BasementLevel": ("Halva källargången är mörk.", "Rörelsevakten tänder inte."),
    "BE03": ("Buskarna skymmer gångvägen.", "Grenar hänger ner framför lampan."),
    "BE04": ("Mörkt och undanskymt, känns otryggt efter sju.", "Dold ingång utan belysning."),
    "BE05": ("Dörren stod olåst. Låst efter oss.", "Dörren går inte i lås."),
    "BE05 BasementLevel": ("Källardörren stod olåst. Låst efter oss.", "Dörren till källargången uppställd."),
    "BE05 BicycleGarage": ("Dörren till cykelrummet uppställd med en sten.",),
    "BE05 Attic": ("Vindsdörren går inte i lås.",),
    "RE01": ("Papperskorgen full, skräp på marken.", "Flaskor och förpackningar kvar."),
    "RE01 Stairwell": ("Flaskor och förpackningar i trappan.", "Fimpar och skräp på avsatsen."),
    "RE01 OutdoorSpace": ("Skräp runt bänkarna.", "Engångsgrillar kvar på gräset."),
    "RE01 BasementLevel": ("Reklam och påsar längs källargången.",),
    "RE02": (
        "Soffa och madrass utanför miljöhuset.", "Kyl och byggavfall dumpat.",
        "Ny hög med grovavfall, större än sist.", "Tre däck och en hylla.",
    ),
    "RE03": ("Vassa föremål i buskaget, spärrat av med band.",),
    "RE04": ("Cykel utan hjul, stått länge.", "Bil på tre hjul, verkar övergiven."),
    "OR01": ("Större samling, lugnare när vi hälsade.", "Högljudd grupp vid bänkarna."),
    "OR02": ("Bråk vid torget, polis ringd. Över på några minuter.",),
    "OR05": ("Obehörigt uppehåll, lämnade när vi kom.", "Madrass och filtar, ingen där nu."),
    "OR05 Stairwell": ("Madrass och filtar under trappan.", "Uppehåll på översta planet, lämnade när vi kom."),
    "OR05 Attic": ("Sovplats på vinden, ingen där nu.",),
    "OR06": ("Hög musik, lugnt efter samtal.",),
    "OR06 Stairwell": ("Hög musik i trapphuset.", "Stökigt i entrén, lugnt efter samtal."),
    "NA01": ("Korta stopp av bilar med motorn igång.",),
    "NA02": ("Spår i trapphuset, städning behövs.",),
    "TR01": ("Moped i hög fart över parkeringen.", "Bil som driftar på infarten."),
    "TR02": ("Bil parkerad på gården.", "Mopedtrafik på gångvägen."),
    "TI01": ("Tre förråd uppbrutna, hänglåsen klippta.", "Gallret till förråden uppbänt."),
    "TI01 BicycleGarage": ("Inbrott i cykelrummet, kedja avklippt.",),
    "TI02": ("Brytmärken vid låset.", "Karmen skadad, men det är fortfarande låst."),
    "TI02 Garage": ("Försök att bända upp garageporten.",),
    "PO01": (
        "Bra samtal om belysningen på gården.", "Nöjd med att vi går här om kvällarna.", "Undrade när porten lagas.",
    ),
    "PO02": ("Pratade en stund vid bollplanen.", "God stämning på torget."),
    "PO03": ("Hjälpte till med kassar upp till porten.", "Visade hur felanmälan går till."),
    "PO04": ("Önskar fler bänkar vid lekplatsen.", "Föreslår spegel i gångtunneln."),
    "PO05": ("Korvgrillning på gården, omkring trettio deltog.",),
    "OV01": ("Larmsignal från fläktrummet, anmält.",),
}  # fmt: skip

CORRECTED_NOTE = "Rättad efter ny titt på platsen."


def notes_for(code: str, kind: str | None) -> tuple[str, ...]:
    """Return the sentences that fit a category at a kind of place."""
    return NOTES.get(f"{code} {kind}", NOTES[code])
