"""Who serves in the demo network. Everybody is made up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Serving:
    name: str
    authority: str
    posts: tuple[str, ...]
    role: str = "officer"
    languages: tuple[str, ...] = ("es",)
    organization: str = ""  # a civil-society organization, whose people are guests

    @property
    def username(self) -> str:
        plain = str.maketrans("áéíóúüñÁÉÍÓÚçè", "aeiouunAEIOUce")
        return ".".join(self.name.translate(plain).lower().split())


ORGANIZATIONS = {"Casa Puerta Abierta": "HN"}

FOCALS = {
    "diego": Serving("Diego Funes", "HN", ("tegucigalpa",), "focal"),
    "elena": Serving("Elena Ruiz", "MX", ("ciudad_de_mexico",), "focal", ("es", "en")),
    "gloria": Serving("Gloria Tum", "GT", ("guatemala",), "focal"),
    "nestor": Serving("Néstor Alvarenga", "SV", ("san_salvador",), "focal"),
    "socorro": Serving("Socorro Téllez", "NI", ("managua",), "focal"),
    "randall": Serving("Randall Quirós", "CR", ("san_jose",), "focal"),
    "yadira": Serving("Yadira Him", "PA", ("panama",), "focal"),
    "george": Serving("George Hall", "US", ("washington",), "focal", ("en",)),
    "luc": Serving("Luc Tremblay", "CA", ("ottawa",), "focal", ("fr", "en")),
    "mercedes": Serving("Mercedes Polanco", "DO", ("santo_domingo",), "focal"),
    "alma": Serving("Alma Cal", "BZ", ("belmopan",), "focal", ("en", "es")),
    "hernan": Serving("Hernán Duque", "CO", ("bogota",), "focal"),
    "helga": Serving("Helga Brandt", "x-iom", ("iom",), "focal", ("en", "es")),
    "ingrid": Serving("Ingrid Solberg", "x-unhcr", ("unhcr",), "focal", ("en", "es")),
}
OFFICERS = {
    "ana": Serving("Ana Zelaya", "HN", ("tegucigalpa",), languages=("es", "en")),
    "carmen": Serving("Carmen Lobo", "HN", ("tegucigalpa", "omoa"), "supervisor"),
    "oscar": Serving("Óscar Manzanares", "HN", ("corinto", "agua_caliente", "guasaule_hn")),
    "reina": Serving("Reina Ávila", "HN", ("omoa",)),
    "wilfredo": Serving("Wilfredo Ortez", "HN", ("consulado_tapachula",)),
    "lidia": Serving("Lidia Sosa", "HN", ("puerta_abierta",), organization="Casa Puerta Abierta"),
    "bashir": Serving("Bashir Haddad", "MX", ("tapachula", "ciudad_de_mexico"), languages=("es", "en")),
    "ines": Serving("Ines Castro", "MX", ("tapachula", "ciudad_de_mexico"), "supervisor"),
    "xochitl": Serving("Xóchitl Barrera", "MX", ("ciudad_hidalgo", "talisman")),
    "ruben": Serving("Rubén Otero", "MX", ("juarez", "tijuana"), languages=("es", "en")),
    "fernando": Serving("Fernando Xol", "GT", ("guatemala",)),
    "ixchel": Serving("Ixchel Caal", "GT", ("tecun_uman", "el_carmen")),
    "marta": Serving("Marta Ajú", "GT", ("guatemala",), "supervisor"),
    "beatriz": Serving("Beatriz Guardado", "SV", ("san_salvador", "amatillo")),
    "mauricio": Serving("Mauricio Rivas", "SV", ("san_salvador",), "supervisor"),
    "julio": Serving("Julio Mairena", "NI", ("managua", "guasaule_ni", "penas_blancas_ni")),
    "adriana": Serving("Adriana Solano", "CR", ("san_jose", "paso_canoas_cr", "penas_blancas_cr"), languages=("es", "en")),
    "efrain": Serving("Efraín Quintero", "PA", ("panama", "paso_canoas_pa")),
    "grace": Serving("Grace Miller", "US", ("el_paso",), languages=("en", "es")),
    "marcus": Serving("Marcus Tran", "US", ("san_ysidro", "washington"), languages=("en",)),
    "denise": Serving("Denise Okafor", "US", ("washington",), "supervisor", ("en",)),
    "emilie": Serving("Émilie Gagnon", "CA", ("ottawa",), languages=("fr", "en")),
    "yokasta": Serving("Yokasta Peguero", "DO", ("santo_domingo", "dajabon"), languages=("es", "fr")),
    "delroy": Serving("Delroy Usher", "BZ", ("belmopan", "benque"), languages=("en", "es")),
    "paola": Serving("Paola Arrieta", "CO", ("bogota",)),
    "hana": Serving("Hana Kebede", "x-iom", ("iom",), languages=("en", "fr")),
    "tomas": Serving("Tomás Rincón", "x-unhcr", ("unhcr",)),
}
