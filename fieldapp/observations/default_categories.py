"""The default set of categories: two levels, codes that mean the same for ever. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DefaultCategory:
    """One code. Kind: D damage, O observation, P presence. Share: A cell and week, B zone and month, C never leaves."""

    code: str
    kind: str
    severity: int
    trade: str
    share: str
    name_sv: str
    name_en: str

    @property
    def group(self) -> str:
        """Return the first level."""
        return self.code[:2]


GROUPS = {
    "SK": ("Skadegörelse och fel", "Damage and faults"),
    "BR": ("Brand", "Fire"),
    "BE": ("Belysning och plats", "Lighting and place"),
    "RE": ("Renhållning", "Cleanliness"),
    "OR": ("Ordning", "Public order"),
    "NA": ("Narkotika", "Drugs"),
    "TR": ("Trafik", "Traffic"),
    "TI": ("Tillgrepp", "Break-in and theft"),
    "PO": ("Närvaro och positiva kontakter", "Presence and positive contacts"),
    "OV": ("Annat", "Other"),
}

DEFAULT_CATEGORIES = tuple(
    DefaultCategory(*row)
    for row in (
        ("SK01", "D", 3, "KLO", "A", "Klotter", "Graffiti"),
        ("SK02", "D", 3, "GLA", "A", "Krossat glas", "Broken glass/window"),
        ("SK03", "D", 3, "LAS", "A", "Skadad dörr eller port", "Damaged door or gate"),
        ("SK04", "D", 3, "LAS", "A", "Skadat lås, passage eller porttelefon", "Damaged lock, access or entry phone"),
        ("SK05", "D", 3, "BYG", "A", "Skadad inredning i trapphus/entré", "Damaged stairwell/entrance fittings"),
        ("SK06", "D", 2, "TVM", "A", "Skadad tvättstuga", "Damaged laundry room"),
        ("SK07", "D", 2, "LEK", "A", "Skadad lek- eller utemiljö", "Damaged play/outdoor equipment"),
        ("SK08", "D", 3, "HIS", "A", "Fel på eller skada i hiss", "Lift fault or damage"),
        ("SK09", "D", 4, "VVS", "A", "Läckage eller akut fel", "Leak or urgent fault"),
        ("BR01", "O", 4, "FRD", "A", "Bilbrand", "Car fire"),
        ("BR02", "D", 4, "BRD", "A", "Brand i container, soprum eller miljöhus", "Bin/waste-room fire"),
        (
            "BR03",
            "D",
            4,
            "BRD",
            "A",
            "Brand i trapphus, källare eller byggnad",
            "Fire in stairwell, cellar or building",
        ),
        ("BR04", "O", 3, "", "A", "Eldning eller pyroteknik", "Fire-setting or fireworks"),
        (
            "BR05",
            "D",
            3,
            "BRD",
            "C",
            "Blockerad utrymning eller skadat brandskydd",
            "Blocked escape or damaged fire protection",
        ),
        ("BE01", "D", 3, "EL", "A", "Trasig belysning ute", "Broken outdoor lighting"),
        ("BE02", "D", 3, "EL", "A", "Trasig belysning inne", "Broken indoor lighting"),
        ("BE03", "D", 1, "UTE", "A", "Skymd sikt eller växtlighet", "Obstructed sight/vegetation"),
        ("BE04", "O", 2, "", "A", "Otrygg plats (upplevd)", "Place felt unsafe"),
        ("BE05", "D", 3, "LAS", "C", "Olåst utrymme som ska vara låst", "Unlocked space that should be locked"),
        ("RE01", "D", 2, "STA", "A", "Nedskräpning", "Littering"),
        ("RE02", "D", 2, "AVF", "A", "Dumpat grovavfall", "Dumped bulky waste"),
        (
            "RE03",
            "D",
            3,
            "STA",
            "B",
            "Farligt avfall (sprutor, vassa föremål, kroppsvätskor)",
            "Hazard clean-up (sharps, body fluids)",
        ),
        ("RE04", "D", 1, "FRD", "A", "Övergivet fordon eller cykel", "Abandoned vehicle or bicycle"),
        ("OR01", "O", 2, "", "A", "Störande samling", "Disturbing gathering"),
        ("OR02", "O", 4, "JOU", "A", "Bråk eller slagsmål", "Brawl or fight"),
        ("OR03", "O", 4, "", "C", "Hot eller våld mot personal", "Threat/violence against staff"),
        ("OR04", "O", 4, "JOU", "B", "Hot eller våld mot annan", "Threat/violence against others"),
        (
            "OR05",
            "O",
            2,
            "LAS",
            "A",
            "Obehörigt uppehåll i trapphus, källare eller vind",
            "Unauthorised stay in stairwell, cellar or attic",
        ),
        (
            "OR06",
            "O",
            1,
            "",
            "A",
            "Störande ljud eller berusning i gemensam miljö",
            "Noise/intoxication in common area",
        ),
        ("OR07", "O", 4, "JOU", "B", "Skott, sprängning eller vapen (ring 112)", "Shots, explosion, weapon (call 112)"),
        ("NA01", "O", 3, "", "B", "Misstänkt narkotikahandel på plats", "Suspected dealing at a place"),
        ("NA02", "O", 2, "STA", "B", "Spår av narkotikabruk", "Traces of drug use"),
        ("TR01", "O", 2, "", "A", "Buskörning", "Reckless driving"),
        (
            "TR02",
            "O",
            1,
            "UTE",
            "A",
            "Obehörig fordonstrafik på gård eller gångväg",
            "Unauthorised vehicles in yard/path",
        ),
        (
            "TI01",
            "D",
            3,
            "LAS",
            "A",
            "Inbrott i källare, förråd, garage eller lokal",
            "Break-in cellar/storage/garage/premises",
        ),
        ("TI02", "D", 2, "LAS", "A", "Spår av inbrottsförsök", "Traces of attempted break-in"),
        ("PO01", "P", 1, "", "A", "Samtal med boende", "Conversation with resident"),
        ("PO02", "P", 1, "", "B", "Kontakt med barn eller ungdomar", "Contact with children/young people"),
        ("PO03", "P", 1, "", "A", "Hjälp eller service till boende", "Help or service to resident"),
        ("PO04", "P", 1, "", "A", "Förslag från boende", "Suggestion from resident"),
        ("PO05", "P", 1, "", "A", "Aktivitet genomförd (t.ex. sommarlov)", "Activity held (e.g. summer holiday)"),
        ("PO06", "P", 1, "", "A", "Lugnt – platsen kontrollerad", "Calm – place checked"),
        ("OV01", "O", 1, "", "C", "Annat (måste granskas)", "Other (must be reviewed)"),
    )
)
