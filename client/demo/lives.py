"""The persons in the demo's cases: made up, with names as they really reach a desk (Haitian, Spanish, English, Chinese, Arabic,
West African spellings), and what officers note about them under seal."""

import random
from typing import Any

from client.cases import person

WOMEN = {
    "HN": (
        "Keyla Yamileth Mejía",
        "Dunia Suyapa Bonilla",
        "Génesis Nohemy Cálix",
        "Karla Patricia Euceda",
        "Nolvia Esperanza Zúniga",
    ),
    "GT": ("Ana Lucía Chub", "María Tomasa Ixcoy", "Floridalma Pop Caal", "Juana Mendoza Brito", "Wendy Paola Sical"),
    "SV": ("Rosa Maribel Portillo", "Xiomara Beatriz Menjívar", "Evelyn Carolina Ayala", "Sandra Noemy Orellana"),
    "NI": ("Jaritza del Carmen Obando", "Scarleth Massiel Urbina", "Fátima Auxiliadora Lacayo", "Meyling Téllez"),
    "MX": ("Rosalía Pech Canul", "Guadalupe Xicoténcatl", "Citlali Ramírez Ojeda", "María del Rocío Tún"),
    "HT": ("Marie-Ange Désir", "Rose-Laure Jean-Baptiste", "Wideline Pierre-Louis", "Guerda Saint-Fleur"),
    "CO": ("Yuliana Andrea Ospina", "Leidy Johana Cuesta", "Dayana Valentina Rentería"),
    "VE": ("Yusmary Carolina Tovar", "Génesis Andreína Colmenares"),
    "CN": ("陈秀英 (Chen Xiuying)", "林小梅 (Lin Xiaomei)"),
    "SY": ("هدى الخطيب (Huda Al-Khatib)", "ريم حداد (Reem Haddad)"),
    "CM": ("Ngono Clarisse Atangana", "Ebude Mercy Tabe"),
}
MEN = {
    "HN": (
        "Elvin Josué Padilla",
        "Wilmer Antonio Cruz",
        "Marvin Edgardo Rápalo",
        "Selvin Omar Hernández",
        "Darwin Geovany Mejía",
    ),
    "GT": ("Byron Estuardo Tzul", "Mateo Pedro Francisco", "Edy Rolando Ajanel", "Santos Domingo Raymundo"),
    "SV": ("José Nahúm Alvarado", "Kevin Ernesto Guzmán", "Saúl Antonio Cornejo"),
    "NI": ("Yader Antonio Mendoza", "Francisco Javier Blandón", "Norlan José Zeledón"),
    "MX": ("Eusebio Tzotzil Gómez", "Juan Pablo Cervantes", "Ramiro Nava Luna", "Lázaro Chan Uc"),
    "HT": ("Wilner Jean-Baptiste", "Jean Rony Désir", "Frantz Élysée Cadet"),
    "CO": ("Jhon Jairo Mosquera", "Breiner Stiven Palacios"),
    "VE": ("Yorman José Urdaneta", "Wuilker Alexander Rondón"),
    "CN": ("王建国 (Wang Jianguo)", "黄志强 (Huang Zhiqiang)"),
    "SY": ("محمد الحداد (Mohamed Al-Haddad)", "سامر درويش (Samer Darwish)"),
    "CM": ("Tabe Emmanuel Ayuk", "Abdoulaye Bouba"),
}
ADULTS = ("18-24", "25-39", "25-39", "40-59")
HOME_TOWNS = {
    "HN": "La Ceiba",
    "GT": "Huehuetenango",
    "SV": "Usulután",
    "NI": "Chinandega",
    "MX": "Frontera Comalapa",
    "HT": "Ouanaminthe",
    "CO": "Buenaventura",
    "VE": "Maracaibo",
    "CN": "福建福清 (Fuqing, Fujian)",
    "SY": "حلب (Alepo)",
    "CM": "Bamenda",
}
TONGUES = {"HT": "ht", "CN": "zh", "SY": "ar", "CM": "en"}


class Lives:
    """Draws persons, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def victim(self, ref: str, citizenship: str, *, child: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """-> (the coded half, the sealed half) of a person in a trafficking case."""
        sex = self.dice.choice(("f", "f", "f", "m"))
        age = self.dice.choice(("12-14", "15-17", "15-17")) if child else self.dice.choice(ADULTS[:3])
        flags = self.dice.sample(("violence", "medical", "medicine", "proceedings"), self.dice.randint(0, 2))
        forms = self.dice.sample(("forced_labour", "sexual", "servitude", "begging", "crime"), self.dice.randint(1, 2))
        means = [] if child else self.dice.sample(("deception", "debt", "threat", "movement", "coercion"), 2)
        coded = person(ref, sex=sex, age_band=age, citizenship=citizenship, flags=_with_tongue(flags, citizenship))
        return coded | {"exploitation": forms, "means": means}, self._sealed(sex, citizenship)

    def travellers(self, citizenship: str, count: int) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
        """-> (coded persons, {ref: sealed}). The first three of a larger group are a family with a child."""
        coded, sealed = [], {}
        for place in range(1, count + 1):
            ref, sex = f"P{place}", self.dice.choice(("f", "m", "m"))
            family = {"family": "F1"} if count >= 5 and place <= 3 else {}
            age = "6-11" if family and place == 3 else self.dice.choice(ADULTS)
            flags = self.dice.sample(("medicine", "medical", "disability"), 1) if self.dice.random() < 0.15 else []
            coded.append(
                person(ref, sex=sex, age_band=age, citizenship=citizenship, flags=_with_tongue(flags, citizenship), **family)
            )
            if place <= 12:
                sealed[ref] = self._sealed(sex, citizenship)
        return coded, sealed

    def _sealed(self, sex: str, citizenship: str) -> dict[str, Any]:
        names = (WOMEN if sex == "f" else MEN)[citizenship]
        year, month, day = self.dice.randint(1975, 2007), self.dice.randint(1, 12), self.dice.randint(1, 28)
        return {
            "name": self.dice.choice(names),
            "birth_date": f"{year}-{month:02d}-{day:02d}",
            "document": f"{citizenship} {self.dice.randint(10**7, 10**8 - 1)}",
            "address": HOME_TOWNS[citizenship],
        }


def _with_tongue(flags: list[str], citizenship: str) -> list[str]:
    return [*flags, "interpreter"] if citizenship in TONGUES else flags
