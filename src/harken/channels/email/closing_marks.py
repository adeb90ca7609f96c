"""What stands below a letter and is none of its words: names, devices, legal notices, in many languages.

Each pattern is tried on one line of bounded length and has no nested repetition.
"""

import re

MAX_LINE = 200

SIGNATURE = re.compile(r"--[ \t\u00a0]?$|-- \*?$|[—–][ \t]?$")
RULE = re.compile(r"[ \t]*[-_=*—–·•~]{3,}[ \t]*$")

# --- Sign-offs. ---

_THANKS_AND = (
    r"(?:(?:many |best |with )?thanks|thank you|danke|vielen dank|besten dank|merci|gracias|grazie|bedankt"
    r"|dank(?: u)?|obrigad[oa]"
    r"|dziękuję|tack|tak|спасибо|дякую)[ ,]*(?:in advance|im voraus|d'avance)?[ ,]*(?:and|&|\+|und|et|y|en|e|i"
    r"|och|og|и|та|,)[ ]+"
)
# Long enough to be nothing else: words may follow ("Viele Grüße aus Berlin, Ann").
_CLEAR = (
    r"(?:with )?(?:my |our )?(?:kind(?:est)?|best|warm(?:est)?|many|sincere"
    r"|personal)(?:,? (?:and )?\w{4,9})? regards|regards|best wishes"
    r"|(?:yours|very) (?:sincerely|faithfully|truly)(?: yours)?|sincerely(?: yours)?|respectfully(?: yours)?"
    r"|cordially(?: yours)?"
    r"|with (?:kind |best |warm )?(?:regards|wishes)|warmly|rgds|all the best"
    r"|(?:mit )?(?:ganz )?(?:freundlich|viel|lieb|best|schön|herzlich|sonnig|freundschaftlich)(?:en?|em|st?en?|er)?"
    r"(?: \w{3,12}e[nm]?)? (?:grüßen?|grüssen?|gruessen?|gruß|gruss)|(?:schöne |beste |liebe )?(?:grüße|grüsse"
    r"|gruesse|gruß|gruss)|mfg|hochachtungsvoll"
    r"|mit besten empfehlungen"
    r"|(?:bien |très |tres )?cordialement(?: vôtre)?|(?:meilleures|sincères|cordiales|mes) salutations"
    r"|salutations(?: distinguées| cordiales)?"
    r"|bien à (?:vous|toi)|sincèrement|amicalement|respectueusement|cdlt|cdt|bien amicalement"
    r"|(?:un |muchos |cordiales |atentos )?(?:cordial |afectuoso |atento )?saludos?(?: cordiales| atentos)?"
    r"|atentamente|cordialmente|atte"
    r"|(?:reciba|reciban) un [^\n]{0,20}saludo"
    r"|atenciosamente|(?:com )?(?:os )?(?:meus |nossos )?(?:melhores )?cumprimentos|saudações(?: cordiais)?"
    r"|respeitosamente"
    r"|(?:cordiali|distinti|cari|migliori|tanti|i migliori) saluti|(?:un )?(?:cordiale )?saluto|saluti|in fede"
    r"|(?:met )?(?:hartelijke|vriendelijke|de beste|beste|warme) groet(?:en|jes)?|groet(?:en|jes)?|m\.?v\.?g\.?"
    r"|hoogachtend"
    r"|(?:serdecznie |z góry dziękuję i )?pozdrawiam(?:y)?(?: serdecznie)?|(?:serdeczne )?pozdrowienia"
    r"|z (?:poważaniem|powazaniem|wyrazami szacunku)"
    r"|(?:med )?(?:vänliga?|bästa|varma|hjärtliga) hälsning(?:ar)?|hälsningar|mvh|m\.v\.h\."
    r"|(?:med )?(?:de )?(?:venlige?|bedste|kærlige?|mange|vennlige?|hjertelige?|beste) hilsen(?:er)?"
    r"|(?:de bedste )?hilsner|m\.v\.h|dbh"
    r"|(?:parhain |ystävällisin |terveisin )?terveisin|s pozdravem|s přátelským pozdravem|s pozdravom"
    r"|(?:sok )?üdvözlettel|tisztelettel"
    r"|cu (?:stimă|stima|respect)|lep pozdrav|s poštovanjem|srdačan pozdrav|с уважение|με εκτίμηση|φιλικά"
    r"|με φιλικούς χαιρετισμούς"
    r"|(?:en iyi dileklerimle|saygılarım(?:la|ızla)|saygılar|iyi çalışmalar|sevgiler|sevgi ve saygılarımla)"
    r"|(?:с (?:глубоким |искренним )?уважением|с наилучшими(?: пожеланиями)?|с пожеланиями|всего (?:доброго"
    r"|хорошего|наилучшего)|искренне ваш)"
    r"|(?:з (?:глибокою |щирою )?повагою|з найкращими побажаннями|усього найкращого)"
    r"|敬具|草々|早々|此致|敬礼|敬禮|此致敬礼|祝好|顺祝商祺|順頌商祺|敬上|谨启"
    r"|(?:و?تقبلوا|وتفضلوا)[^\n]{0,40}(?:الاحترام|التحية|تحياتي)|مع (?:خالص |أطيب |اطيب |فائق )?(?:تحياتي"
    r"|التحية|التحيات|تحياتنا|الاحترام|التقدير)"
    r"(?: والتقدير| والاحترام)?|(?:خالص )?تحياتي|تحية طيبة وبعد|أطيب التحيات|بברכה|בברכה|בכבוד רב|trân trọng"
    r"|thân mến|hormat saya|salam hormat|드림|올림|배상"
)
# So short that they say something else as soon as a word follows.
_SHORT = (
    r"best|cheers|rgs|br|kr|wr|bw|vg|lg|hg|bg|gr|grtz|mvrgr|vh|kh|dvh|hilsen|att|abs|abraços?|abrazos?|bisous"
    r"|bises|salut|saludos|ciao|sincerely|ts|t|úd|üdv|poz|pozdr"
)
_SIGN_OFF = re.compile(rf"[ \t\u00a0]*(?:{_THANKS_AND})?(?:{_CLEAR})(?P<rest>(?:[^\w\n][^\n]*)?)$", re.I)
_SHORT_END = " \t.,!;:–-"
_SHORT_SIGN_OFF = re.compile(rf"[ \t\u00a0]*(?:{_SHORT})[{_SHORT_END}]*$", re.I)
_VALEDICTION = re.compile(
    r"[ \t]*(?:veuillez (?:agréer|recevoir|accepter|croire)|je vous prie d'(?:agréer|accepter)"
    r"|nous vous prions d'agréer"
    r"|dans l'attente de votre (?:réponse|retour), (?:veuillez|je vous)|sin otro particular)[^\n?]{0,170}$",
    re.I,
)
# How all of these begin that begin in ASCII, by three letters (`_`: a space between): few other lines do.
_BEGINNINGS = """
    abr abs afe all ami ate att bed bes bg bie bis br bw car cdl cdt che cia com cor cu cum dan dbh de
    dis dvh dzi en fre gan gr gra gro grt gru har her hg hil hje hoc hoo hor i_m in iyi je kh kin kr lep
    lg lie m.v man med mei mel mer mes met meu mfg mig mit muc mv mvg mvh mvr my nos nou obr os our par
    per poz rec reg res rgd rgs s_p sal sau say sch ser sev sin sok son srd t tac tak tan ter tha tis
    tre ts un var ven ver veu vg vh vie vri war wit wr you yst z_g z_p z_w
"""
_BEGINS = frozenset(letters.replace("_", " ") for letters in _BEGINNINGS.split())
_PUNCTUATION = " \t\u00a0.,!;:–—-*_~"
_CONNECTORS = {
    *(
        "aus",
        "from",
        "fra",
        "från",
        "uit",
        "dal",
        "da",
        "de",
        "di",
        "du",
        "des",
        "d",
        "of",
        "for",
        "the",
        "and",
        "at",
        "in",
        "im",
        "bei",
    ),
    *(
        "für",
        "und",
        "der",
        "die",
        "den",
        "van",
        "von",
        "vom",
        "zu",
        "zur",
        "et",
        "la",
        "le",
        "les",
        "el",
        "y",
        "e",
        "do",
        "dos",
        "das",
    ),
    *(
        "al",
        "bin",
        "ibn",
        "voor",
        "en",
        "och",
        "og",
        "för",
        "til",
        "z",
        "w",
        "i",
        "и",
        "по",
        "з",
        "та",
        "из",
        "отдела",
        "&",
        "|",
        "/",
    ),
}

# --- What a signature is made of. ---

_CONTACT = re.compile(
    r"[^\s<>@]{1,80}@[^\s<>@]{1,80}\.\w[\w.-]*|(?:https?://|\bwww\.)[^\s<>]*"
    r"|\(\d{1,4}\)[ ]?\d[\d .-]{4,}\d|(?:\+|\b00|\(0|\b0)[\d\s()/.\u00a0-]{6,}\d"
    r"|\d{2,4}[ .-]\d{3}[ .-]\d{2,}(?:[ .-]\d+)*|<[^<>\s]*>"
)
_LABELS = {
    *(
        "tel",
        "telefon",
        "telephone",
        "téléphone",
        "teléfono",
        "telefone",
        "telefono",
        "phone",
        "ph",
        "mobile",
    ),
    *(
        "mobil",
        "mob",
        "cell",
        "cellphone",
        "handy",
        "gsm",
        "fax",
        "email",
        "e-mail",
        "mail",
        "web",
        "website",
    ),
    *("direct", "office", "desk", "skype", "whatsapp", "voice", "work", "home", "or", "direkt", "durchwahl"),
    *(
        "portable",
        "fixe",
        "móvil",
        "correo",
        "cel",
        "celular",
        "cellulare",
        "mobiel",
        "kom",
        "тел",
        "моб",
        "факс",
    ),
    *("телефон", "почта", "сайт", "пошта"),
}
# Positions and departments, which many languages write small.
_JOB = re.compile(
    r"(?:\w{3,20} )?(?:manager|director|engineer|developer|assistant|officer|consultant|specialist|accountant"
    r"|secretary"
    r"|responsable|directeur|directrice|ingénieur|comptable|chargée? d|cheffe? d|service|gérante?|gerente"
    r"|jef[ea]|departamento"
    r"|responsabile|direttore|ufficio|reparto|impiegat[oa]|medewerker|afdeling|inkoop|kierownik|specjalista|dział"
    r"|менеджер|директор|специалист|инженер|бухгалтер|начальник|руководитель|заведующ|помощник|секретарь|отдел"
    r"|фахівець|спеціаліст|керівник|інженер|відділ|müdür|uzman|sorumlu|mühendis|chef|avdelning|afdeling|osasto)",
    re.I,
)
_NOT_A_WORD = re.compile(r"[^\w'’-]+|_+|-+(?!\w)|(?<!\w)-+")
_SENTENCE_END = re.compile(r"[?!？！。؟…:：]\s*$|\.{3}\s*$")
_NAMED_BY_DASH = re.compile(r"[ \t]{0,2}(?:-|--[ ]?|[—–~][ ]?)(?P<name>[^\W\d_][^\n]{0,40})$")

# --- Legal notices. ---

_LEGAL = re.compile(
    r"(?:strictly |legally )?(?:confidential|privileged)|intended (?:solely |only |recipient|for)"
    r"|intended recipient|unauthori[sz]ed"
    r"|delete (?:it|this|the|all)|notify (?:the sender|us)|disseminat\w+|disclos\w+|prohibited|copying"
    r"|received (?:this|it) in error|liability"
    r"|virus|environment before print|think before you print|registered (?:office|in)"
    r"|vertraulich\w*|irrtümlich|unbefugt\w*|nicht gestattet|vernichten|rechtlich geschützt|empfänger|absender"
    r"|registergericht|amtsgericht"
    r"|geschäftsführer\w*|handelsregister|ust-?id"
    r"|confidentiel\w*|destinataires?|par erreur|strictement|interdit\w*|divulgation|usage exclusif"
    r"|confidencial\w*|destinatari\w*|por error|prohibid\w*|divulgación|por engano|proibid\w*|legalmente"
    r"|privilegiad\w*|protección de datos"
    r"|riservat\w*|per errore|vietat\w*|d\.?\s?lgs|gdpr|rgpd|dsgvo"
    r"|vertrouwelijk\w*|geadresseerde|uitsluitend bestemd|ten onrechte|aansprakelijk\w*"
    r"|poufn\w*|adresat\w*|omyłkowo|zabronion\w*|wyłącznie"
    r"|конфиденциальн\w*|получател\w*|адресат\w*|запрещен\w*|по ошибке|ошибочно|конфіденційн\w*|одержувач\w*"
    r"|помилково|заборонен\w*"
    r"|gizli\w*|alıcı\w*|yetkisiz|yasaktır|yanlışlıkla"
    r"|機密|受信者|誤って|破棄|开示|開示|無断|保密|机密|收件人|误收|禁止|删除|刪除|機密資訊"
    r"|سري\w*|المرسل إليه|بطريق الخطأ|محظور|غير مصرح",
    re.I,
)
# One of these is in every such term: nearly all paragraphs have none, and the long pattern need not be tried.
_LEGAL_STEMS = (
    *("confidential", "privileged", "intended", "unauthori", "delete", "notify", "disseminat", "disclos"),
    *("prohibited", "copying", "liability", "virus", "registered", "vertraulich", "irrtümlich", "unbefugt"),
    *("gestattet", "vernichten", "rechtlich", "empfänger", "absender", "registergericht", "amtsgericht"),
    *("geschäftsführer", "handelsregister", "confidentiel", "destinataire", "erreur", "strictement"),
    *("interdit", "divulgation", "exclusif", "confidencial", "destinatari", "prohibid", "divulgación"),
    *("engano", "proibid", "legalmente", "privilegiad", "protección", "riservat", "errore", "vietat", "gdpr"),
    *("rgpd", "dsgvo", "vertrouwelijk", "geadresseerde", "uitsluitend", "onrechte", "aansprakelijk", "poufn"),
    *("adresat", "omyłkowo", "zabronion", "wyłącznie", "конфиденциальн", "получател", "адресат", "запрещен"),
    *("ошибке", "ошибочно", "конфіденційн", "одержувач", "помилково", "заборонен", "gizli", "alici"),
    *(
        "yetkisiz",
        "yasaktir",
        "yanlişlikla",
        "機密",
        "受信者",
        "誤って",
        "破棄",
        "開示",
        "开示",
        "無断",
        "保密",
        "机密",
        "收件人",
        "误收",
    ),
    *("禁止", "删除", "刪除", "المرسل", "محظور", "مصرح", "الخطأ", "in error", "por error", "print", "ust-"),
    *("ustid", "d.lgs", "dlgs", "d. lgs", "d lgs", "سري"),
)
_MAX_NOTICE = 4_000
_BANNER = re.compile(
    r"[ \t*_\[]*(?:caution|warning|external(?: e-?mail| sender| message)?(?: warning)?|attention|achtung"
    r"|vorsicht|externe? (?:e-?mail|mail|nachricht)|extern"
    r"|prudence|précaución|precaución|atenção|cuidado|attenzione|let op|waarschuwing|uwaga|внимание"
    r"|увага)\b[^\n]{0,60}"
    r"(?:outside|external|extern\w*|außerhalb|ausserhalb|extérieur\w*|fuera|fora|esterna?o?|esterno|buiten"
    r"|spoza|zewnętrz\w*|внешн\w*|извне|ззовні)",
    re.I,
)
_LETTER = re.compile(
    r"mail|message|sender|nachricht|absender|courriel|expéditeur|correo|mensaje|mensagem|messaggio|mittente"
    r"|bericht|afzender"
    r"|wiadomoś\w+|письм\w+|сообщени\w+|лист",
    re.I,
)


def is_sign_off(line: str) -> bool:
    """`Kind regards,`, with or without the name behind it, in many languages. Thanks are words, and are none."""
    line = line.strip()
    if len(line) > MAX_LINE or not _begins_as_sign_off(line):
        return False
    if _SHORT_SIGN_OFF.match(line) or _VALEDICTION.match(line):
        return True
    match = _SIGN_OFF.match(line)
    return match is not None and _may_follow(match["rest"])


def _begins_as_sign_off(line: str) -> bool:
    head = line[:3].rstrip(_SHORT_END).lower()
    return head in _BEGINS or not head.isascii()


def _may_follow(rest: str) -> bool:
    rest = rest.strip(_PUNCTUATION)
    return len(rest) <= 50 and (not rest or is_title(rest))


def is_title(line: str) -> bool:
    """A name, a position or a firm: a few words, written large, or a position that is written small."""
    words = [word.strip(".,()&|/\"'’„“*_-–—+") for word in line.split()]
    words = [word for word in words if word]
    if not 0 < len(words) <= 8 or len(line) > 60 or _SENTENCE_END.search(line):
        return False
    if len(words) <= 5 and _JOB.match(line.strip()):
        return True
    return all(_is_large(word) for word in words) and any(word[0].isupper() for word in words)


def _is_large(word: str) -> bool:
    return word[0].isupper() or word.lower() in _CONNECTORS


def is_name(line: str) -> bool:
    """The line right below a sign-off: a name, also a small one, also in a script that knows no capitals."""
    line = line.strip().strip(",.*_")
    if is_title(line):
        return True
    words = line.split()
    if len(words) == 1:
        return len(line) <= 30 and line.replace("-", "").isalpha()
    has_cases = any(letter.islower() or letter.isupper() for letter in line)
    return 0 < len(words) <= 4 and len(line) <= 40 and not has_cases and not _SENTENCE_END.search(line)


def is_named_by_dash(line: str) -> bool:
    """`-Ann Smith` or `— Ann`: a name behind a dash, as people sign a note."""
    match = _NAMED_BY_DASH.match(line[:MAX_LINE])
    return (
        match is not None
        and len(line.split()) <= 4
        and is_title(match["name"])
        and not any(map(str.isdigit, line))
    )


def is_contact(line: str) -> bool:
    """A telephone number, an address of mail or web, with hardly a word beside it: what stands in a signature."""
    if len(line) > MAX_LINE or not _CONTACT.search(line):
        return False
    words = _NOT_A_WORD.sub(" ", _CONTACT.sub(" ", line)).split()
    return len(words) <= 8 and all(_is_label(word) for word in words) and _few_without_case(words)


def _is_label(word: str) -> bool:
    return len(word) <= 2 or word.lower() in _LABELS or _is_large(word) or not word.islower()


def _few_without_case(words: list[str]) -> bool:
    return sum(not word.islower() and not word[0].isupper() for word in words) <= 2


def is_beside_contacts(line: str) -> bool:
    """What may stand between a name and a telephone number: a firm, a street, anything written large."""
    if is_title(line):
        return True
    words = [word for word in _NOT_A_WORD.sub(" ", line).split() if not _is_large(word)]
    is_sentence = _SENTENCE_END.search(line) or (line.rstrip().endswith(".") and len(line.split()) > 5)
    return len(line) <= 110 and not is_sentence and sum(word.islower() for word in words) <= 1


def is_legal(paragraph: str) -> bool:
    """A legal notice: a paragraph with three different terms of that trade, or two in a short one."""
    paragraph = paragraph[:_MAX_NOTICE]
    # The dotless i, as a pattern without regard to case takes it.
    plain = paragraph.lower().replace("ı", "i")
    if not any(stem in plain for stem in _LEGAL_STEMS):
        return False
    terms = {match[0].lower() for match in _LEGAL.finditer(paragraph)}
    return len(terms) > 2 or (len(terms) == 2 and len(paragraph) < 300)


def is_banner(line: str) -> bool:
    """`CAUTION: this email comes from outside`, which a server of the reader's house writes on top."""
    return bool(_BANNER.match(line[:MAX_LINE]) and _LETTER.search(line[:MAX_LINE]))
