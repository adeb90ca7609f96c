"""How mail programs mark what they quote: the words and forms, in the languages our customers write.

Each pattern is tried on one line of bounded length and has no nested repetition.
"""

import re
from collections.abc import Sequence

MAX_LINE = 1_000
LONGEST_ATTRIBUTION = 400

QUOTED = re.compile(r"[ \t]{0,3}[>＞]")
FOOTER_RULE = re.compile(r"[ \t]*_{20,}[ \t]*$")
LINK = re.compile(r"https?://|www\.", re.I)
RULE = re.compile(r"[ \t]*[-_=*—‐]{5,}[ \t]*$")

_VERBS = (
    r"wrote|writes|schrieb|schreibt|a écrit|à écrit|escribió|escribio|escreveu|ha scritto|schreef|skrev|kirjoitti"
    r"|napisał(?:a|\(a\))?|pisze|napsal(?:a|\(a\))?|napísal(?:a|\(a\))?|ezt írta|a scris|έγραψε|yazdı|đã viết"
    r"|menulis|je napisa[ol](?:/la|la)?|написал(?:а|\(а\))?|пишет|писал(?:а|\(а\))?|написав|написала|пише|написа"
    r"|напиша|كتب(?:ت)?|כתב(?:ה)?|লিখেছেন|ने लिखा|quoting|zitat von|citando a?|citation de|citerar"
)
# Scripts that put no space before a verb.
_JOINED_VERBS = (
    "のメール|さんは書きました|さんが書きました|写道|寫道|写到|님이 작성|님이 쓴|작성했습니다|เขียนว่า"
)
_VERB = re.compile(rf"(?:^|[\s>,\"'.:)\d年月日時分])(?:{_VERBS})(?![^\W\d_])|{_JOINED_VERBS}", re.I)
# Marks of direction that right-to-left programs put around lines and dates.
_DIRECTIONS = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
_COLON_AT_END = re.compile(rf"[:：][\s{_DIRECTIONS}]*[\"*_]*[\s{_DIRECTIONS}]*$")
# From the beginning of a word alone: else a long word without an address costs the square of its length.
_ADDRESS = re.compile(r"(?<![^\s<>@])[^\s<>@]++@[^\s<>@]+")
_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}\s?[年년]|\b\d{1,2}[:.]\d{2}\b"
    r"|\b(?:19|20)\d\d\b"
)
_HOUR = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_STARTS = re.compile(
    rf"[*_>\s{_DIRECTIONS}]*+(?:on|at|am|le|el|il|em|op|den|dne|dnia|dňa|w dniu|på|pe|în data|na|le|ngày|pada|vào"
    r"|в|у|בתאריך|في|在|于|mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг"
    r"|пятница|суббота|воскресенье"
    r"|\d{1,4})(?![^\W\d_])",
    re.I,
)

_ORIGINAL = (
    r"original message|original appointment|reply message|ursprüngliche nachricht|originalnachricht"
    r"|ursprungligt meddelande|originalmeddelande|oprindelig meddelelse|opprinnelig melding|message d'origine"
    r"|message d’origine|message original|mensaje original|mensagem original|messaggio originale"
    r"|oorspronkelijk bericht"
    r"|(?:wiadomość|wiadomosc) oryginalna|oryginalna wiadomość|původní zpráva|pôvodná správa|eredeti üzenet"
    r"|mesaj original|alkuperäinen viesti|orijinal mesaj|özgün ileti|исходное сообщение|оригинальное сообщение"
    r"|вихідне повідомлення|оригінальне повідомлення|元のメッセージ|原始邮件|邮件原件"
    r"|原始郵件|原始信件|원본 ?메시지|원본 메일"
    r"|الرسالة الأصلية|ההודעה המקורית|ข้อความต้นฉบับ|thư gốc"
)
_FORWARDED = (
    r"forwarded message|begin forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten nachricht"
    r"|message transféré|début du message (?:réexpédié|transféré)|mensaje reenviado|inicio del mensaje reenviado"
    r"|mensagem encaminhada|messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht|vidarebefordrat"
    r"(?: meddelande)?|videresendt (?:meddelelse|melding|besked)|przekazana wiadomość|пересылаемое сообщение"
    r"|пересланное сообщение|начало переадресованного сообщения|переслане повідомлення"
    r"|転送メッセージ|転送されたメッセージ|转发邮件|转发的邮件|轉寄郵件|전달된 메(?:시지|일)"
    r"|رسالة معاد توجيهها|iletilen mesaj|edelleenlähetetty viesti"
)
_ORIGINAL_LINE = re.compile(rf"[ \t]*[-_=*—‐]{{2,}}+[ \t]*+(?:{_ORIGINAL})[ \t]*[-_=*—‐:]*[ \t]*$", re.I)
_BY_DAVID = re.compile(
    r"[ \t]*(?:original message processed by|originalnachricht (?:verarbeitet|bearbeitet) (?:von"
    r"|durch)) (?:tobit )?david",
    re.I,
)
# Of a rule, and of `Original message processed by David`.
_FIRST_SIGNS = set("-_=*—‐oO")
_FORWARD_LINE = re.compile(
    rf"[ \t]*(?:[-_=*—]{{2,}}+[ \t]*+(?:{_FORWARDED})(?: (?:by|von|from)[^\n]*)?[ \t]*[-_=*—:]*"
    rf"|(?:{_FORWARDED})[ \t]*:)[ \t]*$",
    re.I,
)

_FROM = (
    "from|von|de|da|van|från|fra|od|lähettäjä|feladó|expéditeur|remitente|mittente|afzender|kimden|gönderen"
    "|от|от кого|відправник|від кого|від|差出人|送信元|送信者|发件人|發件人|寄件者|寄件人"
    "|보낸 사람|보낸사람|من|מאת|từ|จาก|dari|de la|από"
)
_OTHERS = (
    "sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|kopie|envoyé|à|objet|enviado|enviado el|para|asunto"
    "|fecha|assunto|data|inviato|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne|wysłano|do"
    "|temat|dw|odesláno|komu|předmět|lähetetty|vastaanottaja|aihe|päivä|elküldve|címzett|tárgy|gönderildi"
    "|gönderme tarihi|kime|konu|tarih|отправлено|дата|кому|тема|копия|надіслано|送信日時|日時|宛先|件名|发送时间"
    "|發送時間|日期|收件人|收件者|主题|主旨|主題|抄送|副本|보낸 날짜|날짜|받는 사람|받는사람|제목|참조|تاريخ|التاريخ"
    "|إلى|الموضوع|נשלח|אל|נושא|trimis|către|subiect|αποστολή|προς|θέμα|đã gửi|đến|chủ đề|ถึง|เรื่อง|kepada|perihal"
)
_LABEL = re.compile(
    rf"[ \t{_DIRECTIONS}]*[*_]{{0,2}}(?:(?P<sender>{_FROM})|(?:{_OTHERS}))[ \t\u00a0]*[*_]{{0,2}}[:：][*_]{{0,2}}",
    re.I,
)
# Whatever its language: a word or two, a colon, and something behind it.
SOME_LABEL = re.compile(r"[ \t]*[*_]{0,2}[^\W\d_][^\n:：]{0,40}[:：]")


def quoted(lines: Sequence[str]) -> list[int]:
    """Return which of these lines begin with `>`."""
    return [at for at, line in enumerate(lines) if (">" in line or "＞" in line) and QUOTED.match(line)]


def telling(lines: Sequence[str]) -> list[int]:
    """Return which of these lines may say that something is quoted or forwarded: few do, so the rules are for these.

    All rules below are about a colon, a rule drawn at the beginning, or a last word `wrote`; Tobit David has neither.
    """
    return [
        at
        for at, line in enumerate(lines)
        if ":" in line
        or "：" in line
        or line.lstrip(" \t")[:1] in _FIRST_SIGNS
        or line.rstrip()[-5:].lower() == "wrote"
    ]


def may_end_attribution(line: str) -> bool:
    """Say whether a line can be the last of `On Monday, Ann wrote:`."""
    return bool(_COLON_AT_END.search(line[-10:])) or line.rstrip().lower().endswith("wrote")


def is_attribution(words: str) -> bool:
    """Say whether this is `… wrote:` in any language: a verb of writing, a day or an address, and a colon.

    `As you wrote:` names neither day nor address and is not. Without a known verb both must be there.
    """
    words = words.strip()[-LONGEST_ATTRIBUTION:]
    address, date = _ADDRESS.search(words), _DATE.search(words)
    return bool(address or date) if _VERB.search(words) else bool(address and date)


def names_day_or_address(words: str) -> bool:
    """Say whether there is a day or an address of mail in these words."""
    words = words[:MAX_LINE]
    return bool(_ADDRESS.search(words) or _DATE.search(words))


def names_hour_or_address(line: str) -> bool:
    """Say whether there is an hour or an address of mail in a line."""
    line = line[:MAX_LINE]
    return bool(_HOUR.search(line) or _ADDRESS.search(line))


def is_letter_head(words: str) -> bool:
    """Say whether an attribution is precise enough to trust without `>` below: an address, or day and hour."""
    words = words[:MAX_LINE]
    return bool(_ADDRESS.search(words)) or (bool(_HOUR.search(words)) and bool(_STARTS.match(words)))


def starts_attribution(line: str) -> bool:
    """Say whether a line can be the beginning of `On Monday, 4 March 2025 at 10:11, …`."""
    line = line[:LONGEST_ATTRIBUTION]
    return bool(_STARTS.match(line)) and bool(_DATE.search(line))


def is_original_mark(line: str) -> bool:
    """`-----Original Message-----` in any language, or the same said by Tobit David."""
    line = line[:MAX_LINE]
    return bool(_ORIGINAL_LINE.match(line) or _BY_DAVID.match(line))


def is_forward_mark(line: str) -> bool:
    """`---------- Forwarded message ---------` or `Begin forwarded message:` in any language."""
    return bool(_FORWARD_LINE.match(line[:MAX_LINE]))


def header_label(line: str) -> str:
    """Return `"sender"`, `"other"` or `""`: which line of a quoted header this is."""
    match = _LABEL.match(line[:MAX_LINE])
    if not match:
        return ""
    return "sender" if match["sender"] else "other"
