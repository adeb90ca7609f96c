"""Who answers and who asks: three colleagues of Fennel, and the bakeries that run on its software.

Every address ends in `.example`, which leads nowhere in the world (RFC 2606).
"""

from dataclasses import dataclass

from harken.agents.models import Agent
from harken.lib.addresses import domain_of


@dataclass(frozen=True)
class Colleague:
    """Somebody who answers; `key` is how the stories name them."""

    key: str
    name: str
    role: str
    signature: str

    @property
    def email(self) -> str:
        return f"{self.key}@fennel.example"


@dataclass(frozen=True)
class Person:
    """Somebody who asks: how they sign, and how we address them."""

    key: str
    name: str
    called: str
    email: str
    company: str
    language: str

    @property
    def domain(self) -> str:
        return domain_of(self.email)


COLLEAGUES = (
    Colleague("maya", "Maya Lindqvist", Agent.Role.OWNER, "Maya Lindqvist\nFennel, software for bakeries"),
    Colleague("tomas", "Tomás Herrera", Agent.Role.AGENT, "Tomás Herrera\nFennel support"),
    Colleague("olga", "Olga Sokolova", Agent.Role.AGENT, "Olga Sokolova\nFennel support"),
)


def _people(language: str, table: str) -> list[Person]:
    rows = (line.split("|") for line in table.strip().splitlines())
    return [
        Person(
            key=email.partition("@")[0],
            name=name,
            called=called,
            email=email,
            company=company,
            language=language,
        )
        for name, called, email, company in ([cell.strip() for cell in row] for row in rows)
    ]


PEOPLE = (
    *_people(
        "en",
        """
        Priya Raman       | Priya    | priya@crumbandco.example           | Crumb & Co
        Dan Okafor        | Dan      | dan@crumbandco.example             | Crumb & Co
        Sunita Wells      | Sunita   | sunita@crumbandco.example          | Crumb & Co
        Dieter Brandt     | Dieter   | dieter@brandt-backhaus.example     | Brandt Backhaus
        Jonas Weber       | Jonas    | jonas@cafe-weber.example           | Café Weber
        Sofia Marques     | Sofia    | sofia@padaria-lisboa.example       | Padaria Lisboa
        Hannah Osei       | Hannah   | hannah@goldencrust.example         | Golden Crust
        Kwame Mensah      | Kwame    | kwame@goldencrust.example          | Golden Crust
        Ewa Kowalska      | Ewa      | ewa@piekarnia-kowalski.example     | Piekarnia Kowalski
        Liam Byrne        | Liam     | liam@byrnes.example                | Byrne’s
        Marta Nilsen      | Marta    | marta@fjordbakeri.example          | Fjord Bakeri
        Grace Whitfield   | Grace    | grace@whitfieldbakery.example      | Whitfield & Daughters
        Tom Hale          | Tom      | tom@haleandrye.example             | Hale & Rye
        Aoife Brennan     | Aoife    | aoife@brennansloaf.example         | Brennan’s Loaf
        Rosa Delgado      | Rosa     | rosa@hornodelgado.example          | Horno Delgado
        Bram de Wit       | Bram     | bram@dewit-banket.example          | De Wit Banket
        """,
    ),
    *_people(
        "ru",
        """
        Анна Ковалёва     | Анна     | anna@sever-bread.example           | Пекарня «Север»
        Игорь Мельников   | Игорь    | igor@kolos-hleb.example            | Булочная «Колос»
        Наталья Орлова    | Наталья  | orlova@karamel-cake.example        | Кондитерская «Карамель»
        Тимур Сафин       | Тимур    | timur@hlebny-dvor.example          | «Хлебный двор»
        Людмила Зайцева   | Людмила  | zaytseva@hlebny-dvor.example       | «Хлебный двор»
        Павел Дорохов     | Павел    | pavel@pechka-omsk.example          | Пекарня «Печка»
        Вера Лаптева      | Вера     | vera@rzhanoy.example               | «Ржаной»
        """,
    ),
    *_people(
        "ja",
        """
        中村 由美         | 中村様   | nakamura@hiiragi-pan.example       | ひいらぎ製パン
        佐藤 健一         | 佐藤様   | sato@muginooka.example             | 麦の丘ベーカリー
        小林 さくら       | 小林様   | kobayashi@komugido.example         | こむぎ堂
        高橋 誠           | 高橋様   | takahashi@takahashi-seika.example  | 高橋製菓
        森田 恵           | 森田様   | morita@bakery-morita.example       | ベーカリー森田
        井上 大輔         | 井上様   | inoue@muginooka.example            | 麦の丘ベーカリー
        """,
    ),
    *_people(
        "ar",
        """
        Khalid Al Mansouri | خالد    | khalid@alnoor-bakery.example       | Al Noor Bakery
        سارة الزهراني     | سارة     | sara@alsham-sweets.example         | حلويات الشام
        محمد العتيبي      | محمد     | mohammed@riyadh-ovens.example      | أفران الرياض
        فاطمة بن علي      | فاطمة    | fatma@makhbazat-tunis.example      | مخبزة تونس
        ليث حمدان         | ليث      | laith@khubz-amman.example          | خبز عمّان
        نورة السبيعي      | نورة     | noura@addar-bakery.example         | مخبز الدار
        """,
    ),
    *_people(
        "yo",
        """
        Adébáyọ̀ Ọláwálé  | Adébáyọ̀ | adebayo@buredi-ade.example         | Ilé Búrẹ́dì Adé
        Folúkẹ́ Akíntọ́lá | Folúkẹ́  | foluke@owuro-buredi.example        | Búrẹ́dì Òwúrọ̀
        Táíwò Ògúnbìyí    | Táíwò    | taiwo@ibadan-buredi.example        | Búrẹ́dì Ìbàdàn
        Ṣadé Oyèlẹ́yẹ      | Ṣadé     | sade@oyeleye.example               | Ilé Àkàrà Oyèlẹ́yẹ
        Kọ́lá Adéyẹmí     | Kọ́lá    | kola@osun-bakers.example           | Ọ̀ṣun Bakers
        """,
    ),
)

# Those nobody waited for.
STRANGERS = tuple(
    _people(
        "en",
        """
        Growth Partners   | Growth   | growth@rank-higher.example         | Rank Higher
        Flour Direct      | Flour    | offers@flour-direct.example        | Flour Direct
        Neil Barrow       | Neil     | neil@kirkgate-market.example       | Kirkgate Market
        Pay desk          | Pay desk | care@paydesk.example               | Paydesk Terminals
        Mill orders       | Mill     | orders@aire-mill.example           | Aire Mill
        """,
    )
)

COLLEAGUE = {colleague.key: colleague for colleague in COLLEAGUES}
PERSON = {person.key: person for person in (*PEOPLE, *STRANGERS)}


def speakers_of(language: str) -> list[Person]:
    """Return those who write in this language, in the order of the cast."""
    return [person for person in PEOPLE if person.language == language]
