"""The people of these tests.

Ana Zelaya is a liaison officer of Honduras at the desk in Tegucigalpa, in both networks: she protects consular cases by day and
takes the trafficking calls at night. Bashir Haddad answers her from the desk in Tapachula, Mexico: his parents came from Aleppo,
and he reads Arabic names without guessing. They trust each other and the paper they write together.

Carmen Lobo supervises Ana. She wants to know what is stuck, never what was said, and she signs what needs a second signature.
Diego Funes is the Honduran focal point: he vouches for keys, in person. Elena Ruiz is his Mexican counterpart, and Ines Castro
supervises Bashir.

Fernando Xol serves Guatemala. He is honest and capable and has no part in what Ana and Bashir share: whatever he can see of it is
a fault. Gloria Tum is his focal point.

Grace Miller is an officer of the United States in El Paso; George Hall vouches for her. Hana Kebede works for the IOM (x-iom), an
organization with a root of its own, and Helga Brandt is its focal point.

Sofía Paz runs the Technical Secretariat, that is the host. She admits authorities and reads nothing.
"""

from dataclasses import dataclass

ARGON2 = (19_456, 2, 1)  # the least that clients accept; what is usual costs two seconds at each unlocking in plain JavaScript
PASSWORD = "trece puertas miran al lago 71"  # of everybody here: no test is about guessing each other's

NAMES = {
    "HN": ("Honduras", "Honduras", "Honduras"),
    "MX": ("México", "Mexico", "Mexique"),
    "GT": ("Guatemala", "Guatemala", "Guatemala"),
    "US": ("Estados Unidos", "United States", "États-Unis"),
    "x-iom": ("OIM", "IOM", "OIM"),
}
DESKS = {  # authority -> (name, time zone); open 08:00 to 17:00 from Monday to Friday
    "HN": ("Mesa de enlace Tegucigalpa", "America/Tegucigalpa"),
    "MX": ("Mesa de enlace Tapachula", "America/Mexico_City"),
    "GT": ("Mesa de enlace Guatemala", "America/Guatemala"),
    "US": ("Liaison desk Denver", "America/Denver"),
    "x-iom": ("Regional office Alajuela", "America/Costa_Rica"),
}


@dataclass(frozen=True)
class Part:
    """One of the cast. `key` names the fixture."""

    key: str
    name: str
    authority: str
    role: str = "officer"
    languages: tuple[str, ...] = ("es",)

    @property
    def username(self) -> str:
        return ".".join(self.name.lower().split())


FOCALS = (
    Part("diego", "Diego Funes", "HN", "focal"),
    Part("elena", "Elena Ruiz", "MX", "focal"),
    Part("gloria", "Gloria Tum", "GT", "focal"),
    Part("george", "George Hall", "US", "focal", ("en",)),
    Part("helga", "Helga Brandt", "x-iom", "focal", ("en",)),
)
OFFICERS = (
    Part("ana", "Ana Zelaya", "HN"),
    Part("carmen", "Carmen Lobo", "HN", "supervisor"),
    Part("bashir", "Bashir Haddad", "MX", languages=("es", "en")),
    Part("ines", "Ines Castro", "MX", "supervisor"),
    Part("fernando", "Fernando Xol", "GT"),
    Part("grace", "Grace Miller", "US", languages=("en",)),
    Part("hana", "Hana Kebede", "x-iom", languages=("en", "fr")),
)
