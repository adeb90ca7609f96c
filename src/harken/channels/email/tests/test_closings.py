"""Signatures, devices and legal notices, folded apart from the words above them."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harken.channels.email import closing_marks, device_marks
from harken.channels.email.folding import fold

WORDS = "The printer works again, and so does the second one."

DEVICES = """
Sent from my iPhone
Sent from my Verizon Wireless BlackBerry
Sent from my Samsung Galaxy smartphone.
Sent from Mail for Windows 10
Sent from Yahoo Mail on Android
Sent with Proton Mail secure email.
Sent from ProtonMail, Swiss-based encrypted email.
Sent via BlackBerry from T-Mobile
Sent from Gmail Mobile
Sent with Sparrow (http://www.sparrowmailapp.com/?sig)
Get Outlook for iOS<https://aka.ms/o0ukef>
Get Outlook for Android
Von meinem iPhone gesendet
Gesendet von meinem Samsung Galaxy Smartphone
Gesendet von Mail für Windows
Gesendet mit der GMX Mail App
Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.
Holen Sie sich Outlook für Android
Outlook für iOS<https://aka.ms/o0ukef> beziehen
Envoyé de mon iPhone
Envoyé depuis mon smartphone Samsung Galaxy.
Envoyé à partir d'Outlook pour iOS
Télécharger Outlook pour iOS
Enviado desde mi iPhone
Obtener Outlook para Android
Enviado do meu iPhone
Obter o Outlook para iOS
Inviato da iPhone
Ottieni Outlook per Android
Verstuurd vanaf mijn iPhone
Verzonden vanaf Outlook voor iOS
Outlook voor iOS downloaden
Wysłane z iPhone'a
Pobierz aplikację Outlook dla systemu iOS
Отправлено с iPhone
Отправлено из мобильной Почты Mail.ru
Отправлено из мобильной Яндекс.Почты
Отправлено из Почты для Windows 10
Скачайте Outlook для iOS
Надіслано з iPhone
Відправлено з мобільної Пошти
Отримати Outlook для iOS
iPhoneから送信
Outlook for iOS を入手
iOS版Outlookを入手
发自我的 iPhone
发自我的华为手机
从我的 iPhone 发送
获取 Outlook for iOS
أُرسلت من الـ iPhone
مرسل من الآيفون
الحصول على Outlook لـ iOS
iPhone'umdan gönderildi
iOS için Outlook'u edinin
Skickat från min iPhone
Sendt fra min iPhone
Lähetetty iPhonesta
Odesláno z iPhonu
나의 iPhone에서 보냄
נשלח מה-iPhone שלי
Virus-free.www.avast.com<https://www.avast.com/sig-email>
""".strip().split("\n")

NOT_DEVICES = """
Sent from my desk, is much easier than my mobile phone.
Sent from a magnificent torch of pixels
Sent my phone to repair
Sent by mail yesterday
Outlook for iOS crashes on my phone
How can I get Outlook for iOS?
Get Outlook for iOS to work please
My iPhone does not print
Von Samsung bekam ich keine Antwort
Sent from my phone yesterday, no answer since.
The virus was checked by Norton yesterday but it is still here and I cannot print anything
""".strip().split("\n")

SIGN_OFFS = (
    """
Best regards|Kind regards,|Regards|Best,|Best wishes,|Sincerely,|Yours faithfully|Cheers,|All the best
Thanks & Regards,
Many thanks and kind regards,|Mit freundlichen Grüßen|Mit freundlichem Gruß|Freundliche Grüße
Viele Grüße aus Berlin
LG|MfG|VG
Herzliche Grüße|Cordialement,|Bien cordialement|Meilleures salutations|Bien à vous|Cdlt|Un saludo
Saludos cordiales
Atentamente,|Reciba un cordial saludo,|Atenciosamente|Com os melhores cumprimentos|Att.|Abraços
Cordiali saluti|Distinti saluti
Met vriendelijke groet|Groeten|Mvg|Pozdrawiam serdecznie|Z poważaniem|Mvh|Med vänlig hälsning|Med venlig hilsen
Hilsen|Kh|Terveisin|S pozdravem|Üdvözlettel|Cu stimă|Saygılarımla|İyi çalışmalar|С уважением,
С наилучшими пожеланиями|З повагою
敬具|此致|祝好|مع تحياتي|مع أطيب التحيات|وتفضلوا بقبول فائق الاحترام|בברכה|Με εκτίμηση
Veuillez agréer, Madame, Monsieur, mes salutations distinguées.
""".strip()
    .replace("\n", "|")
    .split("|")
)

NOT_SIGN_OFFS = (
    """
Best choice would be blue|Regards the invoice|Thanks|Best Buy has it|Regards Invoice 4711|Cheers to that idea
以上、よろしくお願いいたします|Sincerely I do not understand
""".strip()
    .replace("\n", "|")
    .split("|")
)

NAMES = {"敬具": "田中", "此致": "王伟", "祝好": "王伟", "בברכה": "אן"}

NOTICES = {
    "English": "This e-mail is confidential and intended solely for the use of the addressee. If you are not the "
    "intended recipient, please notify the sender and delete this message. Any disclosure is prohibited.",
    "German": "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Empfänger sind, "
    "informieren Sie bitte den Absender und vernichten Sie diese Mail. Das unbefugte Kopieren ist nicht gestattet.",
    "French": "Ce message est confidentiel et destiné à l'usage exclusif de ses destinataires. Si vous l'avez reçu par "
    "erreur, toute divulgation est strictement interdite.",
    "Spanish": "Este mensaje es confidencial. Si usted no es el destinatario o lo ha recibido por error, queda "
    "prohibida su divulgación.",
    "Russian": "Это сообщение является конфиденциальным. Если вы не являетесь получателем и получили его по ошибке, "
    "любое распространение запрещено.",
    "Japanese": "このメールには機密情報が含まれています。誤って受信された場合は破棄してください。"
    "無断転載を禁止します。",
}


@pytest.mark.parametrize("line", DEVICES)
def test_the_line_of_a_device_folds(line: str):
    folded = fold(f"{WORDS}\n\n{line}")

    assert folded.visible_text == WORDS
    assert folded.signature == line


@pytest.mark.parametrize("line", NOT_DEVICES)
def test_what_only_speaks_of_a_device_stays(line: str):
    assert fold(f"{WORDS}\n\n{line}").visible_text == f"{WORDS}\n\n{line}"


@pytest.mark.parametrize("sign_off", SIGN_OFFS)
def test_a_sign_off_and_the_name_below_fold(sign_off: str):
    closing = f"{sign_off}\n{NAMES.get(sign_off, 'Ann Smith')}"

    folded = fold(f"{WORDS}\n\n{closing}\n")

    assert folded.visible_text == WORDS
    assert folded.signature == closing


@pytest.mark.parametrize("line", NOT_SIGN_OFFS)
def test_what_only_begins_like_a_sign_off_stays(line: str):
    assert fold(f"{WORDS}\n\n{line}\nAnn").visible_text == f"{WORDS}\n\n{line}\nAnn"


def test_a_whole_business_card_folds_with_its_sign_off():
    card = (
        "Mit freundlichen Grüßen\n\nDr. Ann Smith\nLeiterin Einkauf\n\nAcme GmbH & Co. KG\nHauptstr. 5, 12345 Berlin\n"
        "Tel.: +49 30 123456-0\nE-Mail: ann@acme.example\nwww.acme.example"
    )

    folded = fold(f"{WORDS}\n\n{card}\n\nOn 23/11/2026 10:11, Olga wrote:\n> Does it work?")

    assert folded.visible_text == WORDS
    assert folded.signature == card


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES.keys())
def test_a_legal_notice_folds_below_a_signature(notice: str):
    folded = fold(f"{WORDS}\n\nRegards\nAnn\n\n{notice}")

    assert folded.visible_text == WORDS
    assert notice in folded.signature


def test_a_legal_notice_folds_below_a_rule_and_below_a_device():
    notice = NOTICES["English"]

    assert fold(f"{WORDS}\n\n-----------\n{notice}").visible_text == WORDS
    assert fold(f"{WORDS}\n\nSent from my iPhone\n\n{notice}").visible_text == WORDS


def test_what_nothing_parts_from_the_words_stays():
    text = f"{WORDS}\n\n{NOTICES['English']}"

    assert fold(text).visible_text == text


def test_the_signature_folds_and_a_long_text_below_a_line_does_not():
    below = "\n".join(f"Point {number}" for number in range(20))

    assert fold("It works.\n\n-- \nAnn\nHead of Printing\n+1 555 0100").visible_text == "It works."
    assert fold(f"It works.\n-- \n{below}").visible_text == f"It works.\n--\n{below}"


def test_a_name_behind_a_dash_folds_and_a_point_of_a_list_does_not():
    assert fold(f"{WORDS}\n\n-Ann Smith").visible_text == WORDS
    assert fold(f"{WORDS}\n\n— Ann").visible_text == WORDS
    assert fold("We need these:\n\n-Blue Paper").visible_text == "We need these:\n\n-Blue Paper"
    assert fold("- one two\n\n-Three Four").visible_text == "- one two\n\n-Three Four"


@pytest.mark.parametrize(
    "words",
    [
        "PS: please call me before noon.",
        "Please call me before noon.",
        "Call me tomorrow",
        "Is that all right with you?",
        "The number is on the box",
        "See https://acme.example/error for the details",
        "Please call me before noon\n+49 30 1234567",
        "Please ring me at +49 30 1234567",
    ],
)
def test_words_below_a_signature_stay(words: str):
    first = words.partition("\n")[0]

    assert first in fold(f"{WORDS}\n\nRegards,\nAnn\n\n{words}").visible_text
    assert first in fold(f"{WORDS}\n\nRegards,\nAnn\n{words}").visible_text


def test_a_sign_off_with_a_sentence_below_is_none():
    text = f"{WORDS}\n\nRegards,\nplease send it to the address below."

    assert fold(text).visible_text == text


def test_a_letter_of_a_single_word_keeps_what_stands_below():
    assert fold("Yes.\n\nSent from my iPhone").visible_text == "Yes.\n\nSent from my iPhone"
    assert fold("Yes.\n\n-- \nAnn\nSent with Sparrow").visible_text == "Yes.\n\n--\nAnn\nSent with Sparrow"


def test_a_letter_that_is_only_a_signature_stays():
    assert fold("Regards,\nAnn Smith\n+49 30 1234567").visible_text == "Regards,\nAnn Smith\n+49 30 1234567"


def test_the_banner_of_a_server_folds():
    banner = "CAUTION: This email originated from outside of the company. Do not click links."

    assert fold(f"{banner}\n\n{WORDS}").visible_text == WORDS
    assert fold(f"Warning: the outside unit is broken.\n\n{WORDS}").visible_text.startswith("Warning")


def test_letters_in_a_script_without_spaces_close_as_well():
    assert fold("プリンターは動きました。\n\niPhoneから送信").visible_text == "プリンターは動きました。"
    assert fold("はい\n\niPhoneから送信").visible_text == "はい\n\niPhoneから送信"


@pytest.mark.parametrize(
    "card",
    [
        "С уважением,\nИван Петров\nменеджер отдела закупок\nООО «Ромашка»\nтел. +7 (495) 123-45-67",
        "Cordiali saluti\nAnna Rossi\nUfficio acquisti",
        "Atenciosamente,\nAna Silva\nDepartamento de Compras\n(11) 91234-5678",
        "Cordialement,\n\nAnne Martin\nService achats\nTél. : 01 23 45 67 89",
        "此致\n敬礼\n王伟\n电话：010-12345678",
        "مع تحياتي\nأحمد علي\nهاتف: +966 11 123 4567",
        "------------\n株式会社サンプル\n田中太郎\nTEL: 03-1234-5678\nMail: tanaka@sample.example\n------------",
        "=======================\nAnn Smith\nTel. 030 1234567\nann@acme.example",
    ],
)
def test_the_card_of_every_country_folds(card: str):
    folded = fold(f"{WORDS}\n\n{card}\n")

    assert folded.visible_text == WORDS
    assert folded.signature == card


def test_what_stands_below_a_line_and_is_no_card_stays():
    text = f"{WORDS}\n\n-----------\nPlease call me there:\n030 1234567\n-----------"

    assert "030 1234567" in fold(text).visible_text


def test_thanks_are_words():
    assert fold(f"{WORDS}\n\nThanks,\nAnn").visible_text == f"{WORDS}\n\nThanks,\nAnn"


def test_every_term_of_a_legal_notice_has_one_of_the_stems_that_are_looked_for_first():
    pieces = (
        re.sub(r"\\w[*+]|\\\.\?|\?:|[()?]", "", piece) for piece in closing_marks._LEGAL.pattern.split("|")
    )
    terms = [piece.replace("[sz]", "s").replace("\\s", " ") for piece in pieces]

    missed = [
        term
        for term in terms
        if closing_marks._LEGAL.search(term)
        and not any(stem in term.lower().replace("ı", "i") for stem in closing_marks._LEGAL_STEMS)
    ]

    assert not missed


@given(st.from_regex(closing_marks._SIGN_OFF, fullmatch=True))
def test_every_sign_off_begins_as_one(line: str):
    match = closing_marks._SIGN_OFF.fullmatch(line)
    assume(match and len(line) <= closing_marks.MAX_LINE)

    assert closing_marks.is_sign_off(line[: match.start("rest")])


@pytest.mark.parametrize("pattern", [closing_marks._SHORT_SIGN_OFF, closing_marks._VALEDICTION])
@given(data=st.data())
def test_short_and_long_ones_begin_so_too(pattern: re.Pattern[str], data: st.DataObject):
    line = data.draw(st.from_regex(pattern, fullmatch=True))
    assume(len(line) <= closing_marks.MAX_LINE)

    assert closing_marks.is_sign_off(line)


@given(st.from_regex(device_marks._WRITTEN_ON, fullmatch=True))
def test_a_verb_behind_a_device_is_known_by_its_end(line: str):
    assume(len(line) <= device_marks.MAX_LINE and line == line.rstrip())

    assert device_marks.is_sent_with(line)
