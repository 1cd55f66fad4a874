"""The cases of the demo: between which desks, how far they came, and what the officers call them under seal."""

from client.demo.casework import Route, Story

ROUTES = {
    # into Honduras
    "tap-teg": Route("bashir", "tapachula", "ana", "tegucigalpa", "ines", "carmen"),
    "gua-teg": Route("fernando", "guatemala", "ana", "tegucigalpa", "marta"),
    "was-teg": Route("marcus", "washington", "ana", "tegucigalpa", "denise", "carmen"),
    "hid-cor": Route("xochitl", "ciudad_hidalgo", "oscar", "corinto", "ines", "ana"),
    "tap-omo": Route("bashir", "tapachula", "reina", "omoa", "xochitl", "ana"),
    "tec-agu": Route("ixchel", "tecun_uman", "oscar", "agua_caliente", "marta", "ana"),
    "elp-omo": Route("grace", "el_paso", "reina", "omoa", "denise", "ana"),
    # out of Honduras
    "teg-tap": Route("ana", "tegucigalpa", "bashir", "tapachula", "carmen"),
    "teg-sal": Route("ana", "tegucigalpa", "beatriz", "san_salvador", "carmen", "mauricio"),
    "teg-mga": Route("ana", "tegucigalpa", "julio", "managua", "carmen"),
    "cor-ama": Route("oscar", "corinto", "beatriz", "amatillo", "ana"),
    "gua-nic": Route("oscar", "guasaule_hn", "julio", "guasaule_ni", "ana"),
    # elsewhere
    "tap-gua": Route("bashir", "tapachula", "fernando", "guatemala", "ines", "marta"),
    "tap-sal": Route("bashir", "tapachula", "beatriz", "san_salvador", "ines"),
    "sjo-mga": Route("adriana", "san_jose", "julio", "managua"),
    "pty-bog": Route("efrain", "panama", "paola", "bogota"),
    "sdq-iom": Route("yokasta", "santo_domingo", "hana", "iom"),
    "ott-mex": Route("emilie", "ottawa", "bashir", "ciudad_de_mexico", "", "ines"),
    "bel-gua": Route("delroy", "belmopan", "fernando", "guatemala"),
    "elp-jua": Route("grace", "el_paso", "ruben", "juarez", "denise"),
    "ysi-tij": Route("marcus", "san_ysidro", "ruben", "tijuana", "denise"),
    "hid-tec": Route("xochitl", "ciudad_hidalgo", "ixchel", "tecun_uman", "bashir"),
    "can-can": Route("efrain", "paso_canoas_pa", "adriana", "paso_canoas_cr"),
    "nic-cos": Route("julio", "penas_blancas_ni", "adriana", "penas_blancas_cr"),
}
ASKED = (
    ("s", "Les dejo la entrevista completa en los datos sellados. Por favor, no la repitan."),
    ("s", "¿Pueden confirmar hoy quién la recibe?"),
)
AGREED = (
    ("r", "Recibido. Leí la entrevista; no hace falta preguntarle nada más por ahora."),
    ("s", "Gracias. Ella pide que la acompañe una mujer durante el viaje."),
    ("r", "Así será. El nombre de quien la recibe queda en el caso."),
)
LISTED = (
    ("s", "La lista está revisada dos veces. Hay una familia que viaja junta."),
    ("r", "Vista. ¿Traen sus pertenencias y medicinas en mano?"),
    ("s", "Sí, con lista firmada."),
)
LISTED_EN = (
    ("s", "The list was checked twice against the property room."),
    ("r", "Recibido, gracias. Contamos al bajar y les aviso."),
    ("s", "Thank you. I will stay on the line until everybody is in."),
)
MISSING = (
    ("r", "Contamos dos veces y falta una persona respecto de la salida. Avisamos a los dos turnos."),
    ("s", "Aquí salieron todos, lo vi en la puerta. Llamo al chofer."),
    ("r", "Mientras no aparezca no cierro la recepción."),
)

# kind, route, where it stands, citizenship, title, persons, twist, what was said
_TRAFFICKING = (
    ("tap-teg", "referred", "HN", "Dos ofertas de mesera, Tapachula", "", ASKED),
    ("tap-teg", "referred", "HN", "Retención de documentos en finca", "", ASKED),
    ("gua-teg", "referred", "HN", "Rescate en bar de la zona 18", "overdue", ASKED),
    ("was-teg", "referred", "HN", "Domestic work, Fairfax", "", ()),
    ("tap-teg", "accepted", "HN", "Traslado desde Huixtla", "", AGREED),
    ("tap-teg", "chosen", "HN", "Quiere volver con su hermana", "", AGREED),
    ("gua-teg", "documented", "HN", "Salvoconducto pendiente de imprimir", "", AGREED),
    ("tap-teg", "travelled", "HN", "Vuelo a San Pedro Sula", "overdue", AGREED),
    ("was-teg", "travelled", "HN", "Flight to Tegucigalpa, escorted", "", AGREED),
    ("tap-teg", "reintegrating", "HN", "Curso de panadería en La Ceiba", "", AGREED),
    ("tap-teg", "signing", "HN", "Las dos hermanas", "", AGREED),
    ("gua-teg", "signing", "HN", "Noventa días después", "theirs to sign", AGREED),
    ("tap-teg", "closed", "HN", "Vive con su tía y trabaja", "", AGREED),
    ("teg-tap", "detected", "MX", "Llamada de la línea 911, Choluteca", "overdue", ()),
    ("teg-tap", "detected", "HN", "Denuncia de una vecina, Comayagua", "", ()),
    ("teg-sal", "screened", "SV", "Retén de Santa Rosa de Copán", "overdue", ()),
    ("teg-mga", "decided", "NI", "Maquila sin salario, Choloma", "", ()),
    ("teg-tap", "protected", "MX", "Hallazgo en la terminal de San Pedro", "", ()),
    ("teg-sal", "consented", "SV", "Pide que no se entere su familia", "withheld", ()),
    ("teg-tap", "referred", "MX", "Reclutada por mensajes, Danlí", "", ASKED),
    ("teg-sal", "accepted", "SV", "Adolescente en El Paraíso", "child", AGREED),
    ("teg-tap", "planned", "MX", "Regreso a Mérida", "", AGREED),
    ("teg-mga", "received", "NI", "Llegó bien a Chinandega", "", AGREED),
    ("tap-gua", "accepted", "GT", "Cosecha de café, Soconusco", "", AGREED),
    ("tap-sal", "referred", "SV", "Mendicidad en el parque central", "child", ASKED),
    ("sjo-mga", "assessed", "NI", "Trabajo doméstico en Heredia", "", AGREED),
    ("pty-bog", "consented", "CO", "Contrato falso de modelaje", "", ()),
    ("pty-bog", "accepted", "VE", "Club nocturno, David", "", AGREED),
    ("sdq-iom", "accepted", "HT", "Deux sœurs de Ouanaminthe", "child", ()),
    ("ott-mex", "referred", "MX", "Ferme de Leamington", "", ()),
    ("bel-gua", "detected", "GT", "Plantation near Orange Walk", "", ()),
    ("tap-gua", "closed", "GT", "Regresó a Huehuetenango", "declined once", AGREED),
    ("tap-gua", "declined", "GT", "Sin cupo en la capital", "", ()),
    ("tap-teg", "declined", "HN", "Busca albergue en la costa norte", "", ()),
)
_LAND = (
    ("hid-cor", "referred", "HN", "Unidad del lunes, Ciudad Hidalgo", 12, "", ()),
    ("hid-cor", "referred", "HN", "Segunda unidad del lunes", 8, "overdue", ()),
    ("tap-omo", "referred", "HN", "Familias de la Siglo XXI", 9, "", ()),
    ("elp-omo", "referred", "HN", "El Paso, adults", 6, "", ()),
    ("hid-cor", "accepted", "HN", "Unidad del martes", 10, "", ()),
    ("tap-omo", "proposed", "HN", "Unidad del miércoles", 14, "", LISTED),
    ("hid-cor", "agreed", "HN", "Familia Cruz y otras", 7, "", LISTED),
    ("tec-agu", "ready", "HN", "Lista para salir, Tecún Umán", 6, "", LISTED),
    ("hid-cor", "departed", "HN", "En camino por Entre Ríos", 11, "", LISTED),
    ("tap-omo", "arrived", "HN", "Cuarenta y uno salieron", 41, "missing", MISSING),
    ("elp-omo", "arrived", "HN", "Charter from El Paso", 16, "", LISTED_EN),
    ("hid-cor", "received", "HN", "Recibidos en Corinto", 9, "", LISTED),
    ("tap-omo", "signing", "HN", "Grupo del 12, todo en orden", 8, "theirs to sign", LISTED),
    ("tec-agu", "signing", "HN", "Grupo pequeño, Agua Caliente", 3, "", LISTED),
    ("hid-cor", "closed", "HN", "Grupo del 9", 10, "", LISTED),
    ("tap-omo", "closed", "HN", "Grupo del 5", 7, "", LISTED),
    ("cor-ama", "identified", "SV", "Encontrados en Puerto Cortés", 4, "overdue", ()),
    ("cor-ama", "informed", "SV", "Pescadores de La Unión", 3, "", ()),
    ("gua-nic", "screened", "NI", "Temporeros de Choluteca", 5, "", ()),
    ("cor-ama", "referred", "SV", "Hacia El Amatillo el viernes", 6, "", ()),
    ("gua-nic", "accepted", "NI", "Dos familias de Somotillo", 6, "", ()),
    ("cor-ama", "departed", "SV", "Cruce de las diez", 6, "", LISTED),
    ("elp-jua", "referred", "MX", "Thursday group, Paso del Norte", 12, "", ()),
    ("elp-jua", "agreed", "MX", "Tuesday group, adults only", 10, "", LISTED_EN),
    ("elp-jua", "arrived", "MX", "Monday group", 15, "", LISTED_EN),
    ("ysi-tij", "informed", "MX", "San Ysidro, Thursday", 6, "overdue", ()),
    ("ysi-tij", "departed", "MX", "San Ysidro, this morning", 9, "", LISTED_EN),
    ("hid-tec", "screened", "GT", "Una persona teme volver", 5, "fear", ()),
    ("hid-tec", "received", "GT", "Puente del Suchiate, 07:00", 12, "", LISTED),
    ("hid-tec", "closed", "GT", "Las veinticinco del viernes", 25, "", LISTED),
    ("can-can", "identified", "CM", "Estación San Vicente, mareados", 4, "", ()),
    ("can-can", "accepted", "VE", "Dos buses desde David", 12, "", ()),
    ("can-can", "referred", "CN", "Familia de Fujian", 3, "overdue", ()),
    ("can-can", "declined", "VE", "Bus del domingo", 9, "", ()),
    ("nic-cos", "confirmed", "HT", "Famille Désir et Cadet", 4, "", ()),
    ("nic-cos", "signing", "SY", "Dos hermanos de Alepo", 2, "theirs to sign", LISTED),
)

STORIES = (
    *(Story("trafficking", ROUTES[way], stop, who, title, 1, twist, said) for way, stop, who, title, twist, said in _TRAFFICKING),
    *(
        Story("land_return", ROUTES[way], stop, who, title, count, twist, said)
        for way, stop, who, title, count, twist, said in _LAND
    ),
)
