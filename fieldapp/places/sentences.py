"""What a person reads about a faulty register or outline: one plain sentence for each code."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from fieldapp.places.imports import Fault


def sentence(fault: Fault) -> str:
    """Return the sentence for one fault of a register."""
    return _SENTENCES[fault.code]().format(**fault.facts)


def outline_sentence(code: str) -> str:
    """Return the sentence for an outline that cannot be used."""
    return _SENTENCES[f"outline_{code}"]()


def refusal_sentence(code: str) -> str:
    """Return the sentence for a change that was refused."""
    words: dict[str, str] = {
        "code_taken": _("Det är upptaget, kanske av något avslutat. Ett id betyder samma sak för alltid."),
        "unknown_parent": _("Det finns ingen plats med det id:t."),
        "unknown_zone": _("Området finns inte eller är avslutat."),
        "circle": _("Platsen kan inte ligga i sig själv eller i något som ligger i den."),
        "path_too_short": _("Vägen är kortare än 15 meter. Så korta stycken räknas inte för sig."),
        "path_too_long": _("Vägen är längre än 3 kilometer. Rita den i flera delar."),
        "path_there": _("Där går redan en väg i nätet. Lämna den utanför först om den ska ritas om."),
    }
    return words[code]


def what_word(what: str) -> str:
    """Say what becomes of a place."""
    words: dict[str, str] = {
        "added": _("ny"),
        "changed": _("ändras"),
        "ended": _("avslutas"),
        "resumed": _("tas i bruk igen"),
        "unchanged": _("oförändrad"),
    }
    return words[what]


def counted_word(what: str, count: int) -> str:
    """Say what becomes of so many places or zones."""
    many = {"added": _("nya"), "unchanged": _("oförändrade")}
    return many[what] if count != 1 and what in many else what_word(what)


def source_word(source: str) -> str:
    """Say where a piece of the path network comes from."""
    words: dict[str, str] = {
        "osm": "OpenStreetMap",
        "nvdb": "NVDB",
        "drawn": _("ritat för hand"),
        "register": _("register"),
    }
    return words[source]


def path_word(what: str) -> str:
    """Say what becomes of pieces of the path network."""
    words: dict[str, str] = {
        "added": _("nya"),
        "succeeding": _("därav ärver"),
        "ended": _("avslutas"),
        "unchanged": _("oförändrade"),
    }
    return words[what]


def ground_word(what: str) -> str:
    """Say what becomes of what a map is read by."""
    words: dict[str, str] = {
        "added": _("nya"),
        "changed": _("ändras"),
        "unchanged": _("oförändrade"),
        "removed": _("tas bort"),
    }
    return words[what]


def map_word(source: str) -> str:
    """Say what a map file is."""
    words: dict[str, str] = {
        "osm": _("Utdrag ur OpenStreetMap"),
        "nvdb": _("Vägnät ur NVDB"),
        "zones": _("Områden"),
    }
    return words[source]


def field_word(name: str) -> str:
    """Name what is known of a place."""
    words: dict[str, str] = {
        "parent_id": _("del av"),
        "zone_id": _("område"),
        "owner_id": _("ägare"),
        "kind": _("slag"),
        "name": _("namn"),
        "lat": _("latitud"),
        "lon": _("longitud"),
        "outline": _("gräns"),
        "external_id": _("id"),
        "map_ref": _("på kartan"),
        "fastighet_beteckning": _("fastighetsbeteckning"),
        "fastighet_nr": _("fastighetsnummer"),
        "byggnad_nr": _("byggnadsnummer"),
        "adress": _("adress"),
        "postnr": _("postnummer"),
        "postort": _("postort"),
        "uppgang": _("uppgång"),
        "plan": _("plan"),
    }
    return words[name]


_SENTENCES: dict[str, Callable[[], str]] = {
    # the file
    "too_large": lambda: _("Filen är större än {megabytes} MB. Dela upp den."),
    "no_text": lambda: _("Filen är ingen textfil. Spara den som CSV (UTF-8) och försök igen."),
    "no_rows": lambda: _("Filen har inga platser."),
    "too_many_rows": lambda: _("Filen har fler än {rows} platser. Dela upp den."),
    "broken_quotes": lambda: _("Raden går inte att läsa: ett citattecken saknas eller står fel."),
    # its first line
    "unknown_column": lambda: _("Kolumnen är okänd."),
    "column_twice": lambda: _("Kolumnen finns två gånger."),
    "column_missing": lambda: _("Kolumnen saknas."),
    # a line
    "too_many_cells": lambda: _("Raden har {cells} celler men filen {columns} kolumner."),
    "place_twice": lambda: _("Platsen står redan på rad {line}."),
    "own_parent": lambda: _("Platsen kan inte vara del av sig själv."),
    "unknown_parent": lambda: _("Platsen {parent} finns varken i filen eller bland platserna."),
    "circle": lambda: _("Kedjan av platser uppåt går i cirkel eller är längre än {depth} steg."),
    "unknown_zone": lambda: _("Området {zone} finns inte. Lägg till det först."),
    "ended_zone": lambda: _("Området {zone} är avslutat."),
    "unknown_owner": lambda: _("Organisationen {owner} finns inte."),
    # a cell
    "empty": lambda: _("Cellen är tom men måste ha ett värde."),
    "too_long": lambda: _("Texten är längre än {chars} tecken."),
    "line_break": lambda: _("Texten har radbrytningar eller tecken som inte kan sparas."),
    "unknown_kind": lambda: _("Slaget är okänt. Det ska vara ett av: {kinds}."),
    "no_number": lambda: _("Värdet är inget tal."),
    "not_degrees": lambda: _("Värdet är inga grader. Ange WGS84, från -{limit:.0f} till {limit:.0f}, inte SWEREF 99."),
    "half_position": lambda: _("Ange både lat och lon, eller ingen av dem."),
    "swapped": lambda: _("Latitud och longitud verkar ha bytt plats."),
    "no_yes_or_no": lambda: _("Ange 1 eller 0, ja eller nej."),
    # a map
    "no_map": lambda: _(
        "Filen är ingen karta som kan läsas: OpenStreetMap (.osm, .osm.pbf), GeoPackage eller GeoJSON."
    ),
    "broken_map": lambda: _("Filen går inte att läsa: {message}"),
    "broken_xml": lambda: _("Filen är trasig på rad {line}, tecken {column}. Hämta eller skär ut den på nytt."),
    "broken_json": lambda: _("Filen är ingen GeoJSON: den är trasig på rad {line}, tecken {column}."),
    "cut_off": lambda: _("Filen är avhuggen: slutet saknas. Hämta den på nytt."),
    "no_geopackage": lambda: _("Filen är en SQLite-databas men ingen GeoPackage."),
    "reader_fell": lambda: _("Filen är skadad: läsaren föll på den. Hämta eller skär ut den på nytt."),
    "reader_busy": lambda: _("Just nu läses en annan karta. Försök igen om en stund."),
    "too_heavy": lambda: _("Kartan tar mer minne att läsa än den får. Skär ut ett mindre område."),
    "too_many_positions": lambda: _("Kartans vägar har fler än {positions} punkter. Skär ut ett mindre område."),
    "too_many_faulty": lambda: _("Fler än {objects} objekt i kartan är trasiga. Skär ut den på nytt, med hela vägar."),
    "nothing_found": lambda: _("Kartan har inga platser och inga vägar som någon går."),
    "too_many_objects": lambda: _("Kartan har fler än {objects} objekt. Skär ut ett mindre område."),
    "too_many_places": lambda: _("Kartan har fler än {places} platser. Skär ut ett mindre område."),
    "too_many_ways": lambda: _("Kartan har fler än {ways} vägar. Skär ut ett mindre område."),
    "too_many_shapes": lambda: _("Kartan har fler än {shapes} gator, vatten och grönytor. Skär ut ett mindre område."),
    "too_many_zones": lambda: _("Filen har fler än {zones} områden. Dela upp den."),
    "too_slow": lambda: _("Kartan tar mer än {seconds} sekunder att läsa. Skär ut ett mindre område."),
    "no_network_layer": lambda: _("Filen har inget lager med gångvägar eller gator (GCM_vagtyp, Gatutyp)."),
    "no_features": lambda: _("Filen har inga områden. Den ska vara en GeoJSON FeatureCollection."),
    "unknown_crs": lambda: _("Koordinatsystemet är okänt. Ange dess EPSG-nummer."),
    "other_network": lambda: _("Där finns redan ett vägnät från en annan källa ({source}). Det skulle räknas dubbelt."),
    # an object of a map
    "nodes_missing": lambda: _("Några av objektets punkter finns inte i filen."),
    "too_short": lambda: _("Objektet har färre än två punkter."),
    "not_closed": lambda: _("Ytans gräns är inte sluten."),
    "no_line": lambda: _("Objektet har ingen linje."),
    "no_code": lambda: _("Området har ingen kod. Säg vilken egenskap som är koden. Det har: {fields}."),
    "bare": lambda: _("Området har ingen egenskap som kan vara dess kod."),
    "zone_twice": lambda: _("Området {zone} finns två gånger."),
    "zone_scattered": lambda: _(
        "Området är {parts} skilda ytor och ingen är tre fjärdedelar av det. Gör dem till områden var för sig."
    ),
    "zone_holes": lambda: _("Området har ett hål som är mer än en tiondel av det. Rita det utan hål."),
    "parts_left_off": lambda: _("{parts} mindre ytor är inte med: {percent} procent av området."),
    # an outline
    "outline_broken": lambda: _("Gränsen hänger inte ihop."),
    "outline_unreadable": lambda: _("Gränsen går inte att läsa."),
    "outline_no_polygon": lambda: _("Gränsen är ingen yta (Polygon)."),
    "outline_many_polygons": lambda: _("Gränsen har flera ytor. Det ska vara en."),
    "outline_holes": lambda: _("Ytan har hål. Ange bara dess yttre gräns."),
    "outline_not_degrees": lambda: _("Gränsen är inte i grader. Ange WGS84 (longitud, latitud), inte SWEREF 99."),
    "outline_too_many_points": lambda: _("Gränsen har för många punkter. Förenkla den."),
    "outline_crosses_itself": lambda: _("Gränsen korsar sig själv eller har ingen yta."),
}
