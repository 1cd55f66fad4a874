"""What the officers of the demo wrote to each other. Every line is made up; names of persons are too."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Talk:
    """`founder` makes the channel; `members` maps keys of people.py to roles; `lines` (who, text) in order. Who is in `behind`
    has not read the last lines yet."""

    kind: str
    founder: str
    members: dict[str, str]
    title: str
    topic: str
    lines: tuple[tuple[str, str], ...]
    behind: tuple[str, ...] = ()
    paper: tuple[str, str, tuple[str, ...]] | None = (
        None  # (who, name of the file, its lines), shared in the middle; who comes next marks it
    )


def members(coordinators: str, writers: str = "", readers: str = "") -> dict[str, str]:
    roles = dict.fromkeys(coordinators.split(), "o")
    return roles | dict.fromkeys(writers.split(), "w") | dict.fromkeys(readers.split(), "r")


TALKS = (
    Talk(
        "network",
        "carmen",
        members(
            "ines marta",
            "ana bashir fernando beatriz julio adriana efrain grace marcus emilie yokasta delroy oscar ixchel xochitl wilfredo",
            "mauricio denise paola hana tomas",
        ),
        "Red de protección consular",
        "Avisos que interesan a todas las mesas. Los casos, en su canal.",
        (
            (
                "carmen",
                "Buenos días a todas las mesas. Recuerden: aquí solo avisos generales. Nada de nombres; para eso está el canal de cada caso.",
            ),
            (
                "ines",
                "De acuerdo. Aviso de México: el lunes es inhábil en las mesas de Tapachula y Ciudad de México. Los puentes trabajan con normalidad.",
            ),
            (
                "oscar",
                "Corinto: hay derrumbe a la altura de Cuyamelito y pasa un solo carril. Los buses del norte llegan con dos horas de atraso.",
            ),
            ("ixchel", "Tecún Umán confirma. Hoy salieron tres unidades tarde; avisé a Omoa del nuevo horario."),
            (
                "grace",
                "El Paso: from Monday our intake hours at Paso del Norte are 06:00 to 18:00 local, seven days. The directory is already updated.",
            ),
            (
                "adriana",
                "Costa Rica: Paso Canoas recibe grupos solo hasta las 16:00 esta semana por mantenimiento del albergue. Si vienen después, llamen antes.",
            ),
            ("efrain", "Panamá toma nota. Ajustamos la salida de David a las 11:00 para llegar con luz."),
            (
                "emilie",
                "Ottawa : deux collègues francophones sont disponibles cette semaine pour interpréter avec des familles haïtiennes. Écrivez-moi en direct.",
            ),
            ("yokasta", "Merci Émilie. Desde Santo Domingo podemos apoyar en kreyòl por videollamada, de lunes a viernes."),
            (
                "julio",
                "Managua: el puesto de Guasaule cambió de teléfono. Ya está en el directorio; el número viejo lo contesta otra oficina.",
            ),
            (
                "delroy",
                "Belize: Benque Viejo will be short of staff on Thursday. Please send manifests the day before, not the same morning.",
            ),
            ("beatriz", "El Salvador: gracias, Delroy. La próxima unidad por Benque es el viernes, así que no coincide."),
            (
                "marta",
                "Guatemala propone una reunión corta el miércoles a las 10:00 de Tegucigalpa para acordar el aviso de 24 horas. ¿Les sirve?",
            ),
            ("ana", "Honduras puede."),
            ("bashir", "México también."),
            ("grace", "Works for us. I will join in Spanish, slowly."),
            (
                "carmen",
                "Queda fijada. Orden del día: aviso de 24 horas, conteo en cada parada, y quién firma cuando faltan personas.",
            ),
            ("oscar", "Actualización de Corinto: ya abrieron los dos carriles."),
        ),
        ("wilfredo", "delroy", "paola"),
    ),
    Talk(
        "network",
        "ana",
        members("bashir carmen", "ines fernando beatriz adriana hana yokasta emilie lidia julio", "tomas marta"),
        "Red contra la trata",
        "Detección, protección y retorno voluntario de víctimas de trata. No es el canal del tráfico ilícito.",
        (
            (
                "ana",
                "Compañeras y compañeros: abro este canal para la red contra la trata. Primera regla: una sola entrevista por persona. Quien la hizo la comparte en el caso.",
            ),
            (
                "hana",
                "Thank you, Ana. From IOM: please do not ask for consent to everything at once. Assistance, sharing, return: each one separately, and each one can be withdrawn.",
            ),
            (
                "bashir",
                "En Tapachula vimos tres ofertas de trabajo iguales en una semana: meseras en un balneario, adelanto de dinero y retención del documento. Ojo con ese patrón.",
            ),
            ("fernando", "La misma oferta circula en Huehuetenango, con otro nombre. Aviso a la fiscalía."),
            (
                "lidia",
                "La casa tiene seis camas libres para mujeres, dos con niños. Pueden llegar de noche, pero avisen si alguien toma medicinas.",
            ),
            ("ana", "Gracias, Lidia. El lunes llevo a una persona; el caso ya está abierto."),
            ("adriana", "Pregunta: ¿quién decide la condición cuando la persona tiene 17 años y no hubo engaño visible?"),
            (
                "carmen",
                "Con menos de 18 no hace falta el medio, Adriana. Acto y fin bastan. Y consiente su tutor, con la opinión de ella.",
            ),
            (
                "hana",
                "Exactly. And write down on which basis it was decided, so that nobody interviews the child again to find out.",
            ),
            (
                "yokasta",
                "En Dajabón encontramos a dos hermanas con documentos que no son suyos. Abro caso hoy y pido apoyo de Haití por medio de la OIM.",
            ),
            (
                "emilie",
                "Si vous avez besoin d'une interprète en créole pour l'entretien, ma collègue est libre demain après-midi.",
            ),
            ("yokasta", "Parfait, demain à 15 h, heure de Saint-Domingue. Merci !"),
            (
                "beatriz",
                "El Salvador cerró ayer un caso con doble firma después de noventa días de acompañamiento. La persona trabaja y está bien. Se puede.",
            ),
            ("ana", "Esa es la mejor noticia de la semana."),
        ),
        ("ines", "julio"),
    ),
    Talk(
        "corridor",
        "ana",
        members("bashir", "carmen ines xochitl wilfredo oscar"),
        "Corredor Tapachula – Corinto",
        "Retornos por tierra de México a Honduras, con parada en Guatemala.",
        (
            ("xochitl", "Mañana salen dos unidades de Ciudad Hidalgo: 41 y 38 personas. El manifiesto va en el caso."),
            ("oscar", "Recibido. Corinto puede con 79. ¿A qué hora pasan por Entre Ríos?"),
            ("xochitl", "Calculo las 13:30. Si cambia, escribo aquí."),
            ("ana", "¿Hay menores, embarazadas o personas con tratamiento?"),
            (
                "xochitl",
                "Cinco familias con nueve menores, una señora con ocho meses y dos personas con insulina. Llevan hielera.",
            ),
            ("ana", "Gracias. La señora con ocho meses que viaje solo si el médico lo firma; si no, esperamos."),
            (
                "bashir",
                "El médico la vio hoy y pide que no viaje en bus. La saco del manifiesto y la acompaña su hermana: son familia.",
            ),
            ("oscar", "Entendido: 39 y 38. Cambio la cena y las camas."),
            (
                "wilfredo",
                "El consulado hizo diecisiete salvoconductos esta mañana. Falta uno: el registro no encuentra la partida de nacimiento.",
            ),
            ("ana", "Mándame el dato por el caso y llamo al registro de Choluteca."),
            ("wilfredo", "Enviado."),
            ("ana", "Apareció: estaba con el apellido de la abuela. Ya pueden imprimirlo."),
            ("xochitl", "Salieron las dos unidades a las 06:10. Conteo en puerta: 39 y 38."),
            ("oscar", "Entre Ríos cuenta 39 y 38. Vamos bien."),
            ("oscar", "Llegaron. Corinto cuenta 39 y 37. Falta una persona de la segunda unidad. Estoy revisando la lista."),
            ("bashir", "Aquí salieron 38, lo vi yo. ¿Alguien se quedó en la parada de Entre Ríos?"),
            (
                "oscar",
                "Sí: un muchacho se quedó en el baño y el chofer no volvió a contar. Está en la garita y lo traen en el siguiente viaje. Ya recibimos su mochila.",
            ),
            (
                "carmen",
                "Registren la diferencia en el caso y que el chofer cuente siempre antes de arrancar. Buen trabajo de los dos lados.",
            ),
        ),
        paper=(
            "xochitl",
            "Horario de unidades.pdf",
            (
                "Instituto Nacional de Migración - Ciudad Hidalgo",
                "Horario de las unidades de mañana",
                "",
                "Unidad 1   41 personas   sale 06:30   Entre Ríos 13:30   Corinto 15:00",
                "Unidad 2   38 personas   sale 07:15   Entre Ríos 14:15   Corinto 15:45",
                "",
                "Cinco familias con nueve menores van en la unidad 1, adelante.",
                "Hielera con insulina: la lleva la paramédica, asiento 2.",
            ),
        ),
    ),
    Talk(
        "corridor",
        "bashir",
        members("fernando", "ixchel xochitl ines marta"),
        "Frontera Suchiate – Tecún Umán",
        "Día a día del puente.",
        (
            (
                "ixchel",
                "Buenos días. El río subió mucho anoche y suspendimos el paso de la tarde. La unidad de las 15:00 pasa a mañana a las 07:00.",
            ),
            (
                "xochitl",
                "Enterada. Tenemos 26 personas que ya estaban listas; duermen en el albergue y mañana se vuelve a contar.",
            ),
            ("fernando", "¿Alguna expresó temor de volver?"),
            ("xochitl", "Una, después de la cena. Ya está fuera del manifiesto y hablé con COMAR."),
            ("fernando", "Bien hecho. Que nadie de nuestro lado la contacte mientras tanto."),
            ("bashir", "Así está puesto en el caso: retenido frente a Guatemala hasta que responda el organismo."),
            ("ixchel", "Mañana recibo yo. Somos dos y una psicóloga."),
            ("xochitl", "Salimos. 25 personas, contadas dos veces."),
            ("ixchel", "25 recibidas, una por una. Todo en orden."),
            ("marta", "Gracias a todas. Este es el modelo para el resto de los pasos."),
        ),
        ("marta",),
    ),
    Talk(
        "corridor",
        "grace",
        members("ruben", "marcus ana denise"),
        "El Paso – Ciudad Juárez",
        "Returns through Paso del Norte. English or Spanish, whatever is faster.",
        (
            ("grace", "Good morning. Tomorrow's group is 22 adults, no families. Arrival at the bridge at 09:30 local."),
            (
                "ruben",
                "Recibido. Estamos de 6 a 18, sin problema. ¿Traen sus pertenencias? La semana pasada faltaron siete mochilas.",
            ),
            (
                "grace",
                "You are right to ask. I checked the property room myself: 22 bags, all labelled, signed list attached to the case.",
            ),
            ("ruben", "Excelente. Eso cambia el día de la gente."),
            (
                "ana",
                "De los 22, cuatro dicen ser de Honduras. ¿Pueden hablar con el consulado antes de salir? No quiero que crucen a México sin que sepamos quiénes son.",
            ),
            ("grace", "Of course. The consulate in Houston can call them today between 14:00 and 16:00. I will open the line."),
            ("ana", "Gracias, Grace. Confirmo al consulado."),
            (
                "grace",
                "Update: one of the four asked not to speak with any consulate. I did not ask why. He stays here and sees an asylum officer.",
            ),
            ("ana", "Correcto. Nosotros no insistimos ni preguntamos por él."),
            ("marcus", "San Ysidro has the same question for Thursday, I will open a separate case."),
            ("ruben", "Llegaron 18, como decía el manifiesto corregido. Todos con su bolsa."),
            ("grace", "Thank you, Rubén. See you at the Wednesday call."),
        ),
    ),
    Talk(
        "corridor",
        "adriana",
        members("efrain", "julio paola hana tomas"),
        "Paso Canoas y Peñas Blancas",
        "Grupos extrarregionales y familias en tránsito por el sur.",
        (
            (
                "efrain",
                "Ayer entraron 312 personas por San Vicente; 190 siguen hoy hacia Costa Rica. Unas 40 vienen enfermas del estómago: mandé sueros con los buses.",
            ),
            ("adriana", "Gracias por avisar. Pongo a la Cruz Roja en Paso Canoas desde las 12."),
            ("hana", "IOM can send two nurses to Paso Canoas until Friday. Who is the contact on site?"),
            ("adriana", "Yo misma hasta las 18; de noche, el turno de la garita. El teléfono está en el directorio."),
            ("julio", "¿Cuántos siguen hacia Peñas Blancas? Necesito saber si abro la segunda carpa."),
            ("adriana", "Calculo 90 mañana por la mañana y otros 60 por la tarde."),
            (
                "julio",
                "Abro la carpa. Si llegan después de las 18, que duerman de su lado, por favor: no tenemos luz en el camino.",
            ),
            ("adriana", "De acuerdo. Nadie cruza de noche."),
            (
                "paola",
                "Colombia: dos familias venezolanas con niños pequeños preguntan por parientes que pasaron la semana pasada. ¿Los buscamos por el canal de familiares?",
            ),
            ("tomas", "Sí, pero primero el consentimiento de las dos partes. ACNUR puede hacer el puente."),
            ("efrain", "Hay un señor de Camerún con una carta en francés que nadie aquí lee bien."),
            ("hana", "Send it into the case, sealed. I read French; so does Émilie in Ottawa."),
        ),
        ("julio", "paola"),
    ),
    Talk(
        "direct",
        "ana",
        members("bashir"),
        "Ana y Bashir",
        "",
        (
            ("ana", "Bashir, buenos días. ¿Pudo ver la lista del lunes?"),
            ("bashir", "Buenos días, Ana. Sí: 41 personas, cinco familias. La revisé con Xóchitl."),
            (
                "ana",
                "Hay un nombre que me preocupa: en el papel dice Mohamed Al Hadad y en el pasaporte محمد الحداد. ¿Es la misma persona?",
            ),
            (
                "bashir",
                "Es la misma. El apellido es el mío, casi: Haddad, con dos des. La transliteración de Tapachula se comió una. Lo corrijo en el registro.",
            ),
            ("ana", "Menos mal que estaba usted. Ya lo iban a separar de su hermano."),
            ("bashir", "Mi madre se ríe siempre de cómo escriben nuestro apellido. Hoy le cuento que sirvió de algo."),
            ("ana", "¿Y la muchacha de 17? ¿Quedó con la Procuraduría?"),
            (
                "bashir",
                "Sí, desde anoche. No se mueve nada hasta que hable con alguien de su confianza. Pidió a su tía de La Ceiba.",
            ),
            ("ana", "Busco a la tía hoy mismo. Sin decir por qué, claro."),
            (
                "bashir",
                "Gracias. Una cosa más: mañana firmo el cierre del caso de las dos hermanas. ¿Lo firma usted también antes del mediodía?",
            ),
            ("ana", "Lo firmo en cuanto lo vea. Después de tres meses, con gusto."),
        ),
    ),
    Talk(
        "direct",
        "carmen",
        members("ana"),
        "Carmen y Ana",
        "",
        (
            ("carmen", "Ana, ¿cómo va el tablero? Veo dos plazos vencidos y no quiero llamarte sin saber."),
            (
                "ana",
                "Uno espera a la fiscalía desde el viernes; llamo otra vez a las 10. El otro es culpa mía: el examen de seguridad está hecho y no lo registré.",
            ),
            ("carmen", "Regístralo con la fecha en que se hizo, no con la de hoy."),
            ("ana", "Así lo hago."),
            ("carmen", "¿Necesitas a alguien más esta semana? Puedo pasarte a Reina las tardes."),
            ("ana", "Me ayudaría mucho para los manifiestos. Ella conoce Omoa mejor que nadie."),
            ("carmen", "Hecho. Y hoy sal antes de las siete, por favor."),
        ),
    ),
    Talk(
        "direct",
        "ana",
        members("grace"),
        "Ana – Grace",
        "",
        (
            (
                "grace",
                "Hi Ana, quick question: your consulate in Houston asks for the date of birth of the boy in the RT case. May I give it by phone?",
            ),
            ("ana", "Please not by phone. Put it in the case; Houston reads it there in a minute."),
            ("grace", "Done. You were faster than your own consulate."),
            ("ana", "I promised my supervisor to leave before seven today. Help me keep it."),
            ("grace", "Then go. It is only five here, I will watch the line."),
        ),
    ),
    Talk(
        "direct",
        "oscar",
        members("ana", "reina"),
        "Turnos de Corinto y Omoa",
        "",
        (
            ("oscar", "Esta noche estoy solo en Corinto. Si llega la unidad atrasada, ¿Omoa recibe hasta las 19?"),
            ("reina", "Hasta las 19, y espero media hora más si viene gente con niños."),
            ("oscar", "Vienen cuatro niños."),
            ("reina", "Entonces espero. Hay sopa."),
            ("ana", "Anoten la llegada en el caso, que si no mañana parece que no llegó nadie."),
            ("oscar", "Anotado a las 18:52: doce personas, completas."),
            ("reina", "Doce recibidas. Dos duermen aquí; las demás siguen mañana a San Pedro."),
        ),
        ("ana",),
    ),
    Talk(
        "direct",
        "emilie",
        members("yokasta", "hana"),
        "Interprétation en créole",
        "Rendez-vous et disponibilités, rien d'autre.",
        (
            (
                "emilie",
                "Bonjour à toutes les deux. Jeudi 15 h : entretien avec la famille Désir. Une heure, deux adultes, pas d'enfants dans la salle.",
            ),
            (
                "yokasta",
                "Bonjour Émilie. Confirmé. La mère parle aussi espagnol, mais elle préfère le créole pour ce qui est important.",
            ),
            ("hana", "Thank you. Please record the language with the consent, so that it holds if somebody asks later."),
            ("emilie", "C'est noté. Je ne garde aucune note de mon côté."),
            ("yokasta", "Perfecto. Gracias por hacerlo fácil."),
        ),
    ),
    Talk(
        "direct",
        "ines",
        members("carmen"),
        "Supervisión México – Honduras",
        "Plazos, firmas y lo que se atasca.",
        (
            ("ines", "Carmen, tengo tres referimientos a Tegucigalpa sin respuesta desde ayer. ¿Los ven en su tablero?"),
            (
                "carmen",
                "Los veo. Dos los contesta Ana hoy; el tercero no es nuestro: la persona es de Colón, pero pidió no volver a esa zona. Proponemos San Pedro.",
            ),
            ("ines", "Me parece bien. ¿Lo rechazan y lo mandamos de nuevo, o lo aceptan y cambian el puesto?"),
            ("carmen", "Lo aceptamos y cambiamos el puesto. Rechazar y volver a empezar son dos días de espera para ella."),
            ("ines", "De acuerdo. Por mi parte firmo hoy los dos cierres pendientes."),
            ("carmen", "Gracias. Y propongo que ningún cierre espere más de tres días, de los dos lados."),
            ("ines", "Trato hecho."),
        ),
        ("carmen",),
    ),
    Talk(
        "network",
        "tomas",
        members("hana", "ana bashir fernando adriana efrain julio beatriz", "carmen ines marta mauricio"),
        "Necesidades de protección",
        "Consultas generales sobre temor de volver y asilo. Sin datos de personas.",
        (
            (
                "tomas",
                "Recordatorio del ACNUR: si una persona expresa temor, sale del manifiesto ese mismo minuto. No hace falta que lo pruebe.",
            ),
            ("fernando", "¿Y si lo dice cuando el bus ya va en camino?"),
            (
                "tomas",
                "Se avisa a los dos lados y no se entrega hasta que responda el organismo competente. El sistema lo marca como alerta.",
            ),
            (
                "beatriz",
                "Tuvimos un caso así en La Hachadura. La persona durmió con nosotros y al día siguiente la vio el organismo. Funcionó.",
            ),
            ("hana", "And please: nobody contacts the consulate of a person who may ask for asylum."),
            ("julio", "Claro. ¿Hay una hoja corta para los turnos de noche?"),
            ("tomas", "La preparo en español y en inglés, una página."),
            ("efrain", "Y en francés, si se puede."),
            ("hana", "I will translate it."),
        ),
        ("bashir", "ana"),
    ),
    Talk(
        "corridor",
        "beatriz",
        members("ana", "oscar mauricio carmen"),
        "El Amatillo",
        "El Salvador – Honduras.",
        (
            ("beatriz", "Mañana a las 10:00 cruzan seis personas por El Amatillo hacia Choluteca. Van con salvoconducto."),
            ("ana", "Gracias, Beatriz. Las espera el bus de las 11."),
            ("beatriz", "Una toma medicina para la presión y la lleva consigo."),
            ("oscar", "Aviso al turno."),
            ("beatriz", "Cruzaron las seis. ¿Confirman?"),
            ("ana", "Confirmado: seis. Registrada la recepción, persona por persona."),
        ),
    ),
)
