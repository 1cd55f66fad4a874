"""Authorities of the Regional Conference on Migration, observers and organizations, and where their officers serve. The crossings
exist; desks, hours and capacities are made up."""

from dataclasses import dataclass, field
from typing import Any

WEEK = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WEEK, "sat", "sun")


def hours(opens: str, closes: str, days: tuple[str, ...] = WEEK) -> dict[str, Any]:
    return {day: [[opens, closes]] for day in days}


OFFICE = hours("08:00", "17:00")
LONG = hours("06:00", "18:00", EVERY_DAY)
NIGHT_AND_DAY = hours("00:00", "23:59", EVERY_DAY)
RECEPTION = hours("07:00", "19:00", EVERY_DAY)


@dataclass(frozen=True)
class Place:
    name: str
    authority: str
    kind: str
    city: str
    country: str
    tz: str
    hours: dict[str, Any] = field(default_factory=lambda: OFFICE)
    capacity: int | None = None
    networks: tuple[str, ...] = ("consular",)


AUTHORITIES = {  # code -> (Spanish, English, French, membership)
    "BZ": ("Belice", "Belize", "Belize", "member"),
    "CA": ("Canadá", "Canada", "Canada", "member"),
    "CR": ("Costa Rica", "Costa Rica", "Costa Rica", "member"),
    "DO": ("República Dominicana", "Dominican Republic", "République dominicaine", "member"),
    "SV": ("El Salvador", "El Salvador", "Salvador", "member"),
    "GT": ("Guatemala", "Guatemala", "Guatemala", "member"),
    "HN": ("Honduras", "Honduras", "Honduras", "member"),
    "MX": ("México", "Mexico", "Mexique", "member"),
    "NI": ("Nicaragua", "Nicaragua", "Nicaragua", "member"),
    "PA": ("Panamá", "Panama", "Panama", "member"),
    "US": ("Estados Unidos", "United States", "États-Unis", "member"),
    "AR": ("Argentina", "Argentina", "Argentine", "observer_country"),
    "CO": ("Colombia", "Colombia", "Colombie", "observer_country"),
    "EC": ("Ecuador", "Ecuador", "Équateur", "observer_country"),
    "JM": ("Jamaica", "Jamaica", "Jamaïque", "observer_country"),
    "PE": ("Perú", "Peru", "Pérou", "observer_country"),
    "x-iom": ("OIM", "IOM", "OIM", "observer_org"),
    "x-unhcr": ("ACNUR", "UNHCR", "HCR", "observer_org"),
}

_TGU, _MEX, _GUA = "America/Tegucigalpa", "America/Mexico_City", "America/Guatemala"
_SAL, _MGA, _SJO, _PTY = "America/El_Salvador", "America/Managua", "America/Costa_Rica", "America/Panama"
BOTH = ("consular", "trafficking")

PLACES = {
    "tegucigalpa": Place("Mesa de enlace, Tegucigalpa", "HN", "desk", "Tegucigalpa", "HN", _TGU, networks=BOTH),
    "corinto": Place("Puesto fronterizo Corinto", "HN", "border", "Omoa", "HN", _TGU, LONG, 120),
    "agua_caliente": Place("Puesto fronterizo Agua Caliente", "HN", "border", "Ocotepeque", "HN", _TGU, LONG, 90),
    "omoa": Place("Centro de atención al retornado, Omoa", "HN", "border", "Omoa", "HN", _TGU, RECEPTION, 240),
    "guasaule_hn": Place("Puesto fronterizo Guasaule, lado hondureño", "HN", "border", "El Triunfo", "HN", _TGU, LONG, 60),
    "consulado_tapachula": Place("Consulado de Honduras en Tapachula", "HN", "consulate", "Tapachula", "MX", _MEX),
    "consulado_houston": Place("Consulado de Honduras en Houston", "HN", "consulate", "Houston", "US", "America/Chicago"),
    "puerta_abierta": Place(
        "Casa Puerta Abierta", "HN", "shelter", "San Pedro Sula", "HN", _TGU, NIGHT_AND_DAY, 45, ("trafficking",)
    ),
    "ciudad_de_mexico": Place("Mesa de enlace, Ciudad de México", "MX", "desk", "Ciudad de México", "MX", _MEX, networks=BOTH),
    "tapachula": Place("Mesa de enlace, Tapachula", "MX", "desk", "Tapachula", "MX", _MEX, networks=BOTH),
    "ciudad_hidalgo": Place("Puente Suchiate II, Ciudad Hidalgo", "MX", "border", "Ciudad Hidalgo", "MX", _MEX, LONG, 200),
    "talisman": Place("Puente Talismán", "MX", "border", "Tuxtla Chico", "MX", _MEX, LONG, 120),
    "ceibo_mx": Place("El Ceibo, Tabasco", "MX", "border", "Tenosique", "MX", _MEX, hours("07:00", "17:00", EVERY_DAY), 80),
    "juarez": Place(
        "Puente Paso del Norte, Ciudad Juárez", "MX", "border", "Ciudad Juárez", "MX", "America/Ciudad_Juarez", LONG, 150
    ),
    "tijuana": Place("El Chaparral, Tijuana", "MX", "border", "Tijuana", "MX", "America/Tijuana", LONG, 150),
    "guatemala": Place("Mesa de enlace, Ciudad de Guatemala", "GT", "desk", "Guatemala", "GT", _GUA, networks=BOTH),
    "tecun_uman": Place("Tecún Umán", "GT", "border", "Ayutla", "GT", _GUA, LONG, 200),
    "el_carmen": Place("El Carmen, Malacatán", "GT", "border", "Malacatán", "GT", _GUA, LONG, 100),
    "ceibo_gt": Place("El Ceibo, Petén", "GT", "border", "La Libertad", "GT", _GUA, hours("07:00", "17:00", EVERY_DAY), 80),
    "cinchado": Place("El Cinchado, Entre Ríos", "GT", "border", "Puerto Barrios", "GT", _GUA, LONG, 120),
    "san_salvador": Place("Mesa de enlace, San Salvador", "SV", "desk", "San Salvador", "SV", _SAL, networks=BOTH),
    "amatillo": Place("El Amatillo", "SV", "border", "Pasaquina", "SV", _SAL, LONG, 80),
    "hachadura": Place("La Hachadura", "SV", "border", "San Francisco Menéndez", "SV", _SAL, LONG, 80),
    "managua": Place("Mesa de enlace, Managua", "NI", "desk", "Managua", "NI", _MGA, networks=BOTH),
    "guasaule_ni": Place("Guasaule, lado nicaragüense", "NI", "border", "Somotillo", "NI", _MGA, LONG, 60),
    "penas_blancas_ni": Place("Peñas Blancas, lado nicaragüense", "NI", "border", "Rivas", "NI", _MGA, LONG, 100),
    "san_jose": Place("Mesa de enlace, San José", "CR", "desk", "San José", "CR", _SJO, networks=BOTH),
    "penas_blancas_cr": Place("Peñas Blancas, lado costarricense", "CR", "border", "La Cruz", "CR", _SJO, LONG, 100),
    "paso_canoas_cr": Place("Paso Canoas, lado costarricense", "CR", "border", "Corredores", "CR", _SJO, LONG, 150),
    "panama": Place("Mesa de enlace, Ciudad de Panamá", "PA", "desk", "Panamá", "PA", _PTY, networks=BOTH),
    "paso_canoas_pa": Place("Paso Canoas, lado panameño", "PA", "border", "Barú", "PA", _PTY, LONG, 150),
    "san_vicente": Place("Estación San Vicente, Darién", "PA", "shelter", "Metetí", "PA", _PTY, NIGHT_AND_DAY, 500),
    "washington": Place("Liaison desk, Washington", "US", "desk", "Washington", "US", "America/New_York", networks=BOTH),
    "el_paso": Place("Paso del Norte, El Paso", "US", "border", "El Paso", "US", "America/Denver", LONG, 200),
    "san_ysidro": Place("San Ysidro", "US", "border", "San Diego", "US", "America/Los_Angeles", NIGHT_AND_DAY, 250),
    "ottawa": Place("Bureau de liaison, Ottawa", "CA", "desk", "Ottawa", "CA", "America/Toronto", networks=BOTH),
    "santo_domingo": Place(
        "Mesa de enlace, Santo Domingo", "DO", "desk", "Santo Domingo", "DO", "America/Santo_Domingo", networks=BOTH
    ),
    "dajabon": Place("Dajabón", "DO", "border", "Dajabón", "DO", "America/Santo_Domingo", hours("08:00", "18:00", EVERY_DAY), 60),
    "belmopan": Place("Liaison desk, Belmopan", "BZ", "desk", "Belmopan", "BZ", "America/Belize", networks=BOTH),
    "benque": Place("Benque Viejo del Carmen", "BZ", "border", "Benque Viejo", "BZ", "America/Belize", LONG, 40),
    "bogota": Place("Mesa de enlace, Bogotá", "CO", "desk", "Bogotá", "CO", "America/Bogota", networks=BOTH),
    "buenos_aires": Place("Mesa de enlace, Buenos Aires", "AR", "desk", "Buenos Aires", "AR", "America/Argentina/Buenos_Aires"),
    "quito": Place("Mesa de enlace, Quito", "EC", "desk", "Quito", "EC", "America/Guayaquil"),
    "kingston": Place("Liaison desk, Kingston", "JM", "desk", "Kingston", "JM", "America/Jamaica"),
    "lima": Place("Mesa de enlace, Lima", "PE", "desk", "Lima", "PE", "America/Lima"),
    "iom": Place("Oficina regional de la OIM, San José", "x-iom", "desk", "San José", "CR", _SJO, networks=BOTH),
    "unhcr": Place("Oficina del ACNUR, Ciudad de Panamá", "x-unhcr", "desk", "Panamá", "PA", _PTY),
}
