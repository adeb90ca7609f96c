"""`Sent from my iPhone` and its kin: a device or a program and the verb of sending, in one short line of its own.

Each pattern is tried on one line of bounded length and has no nested repetition.
"""

import re

MAX_LINE = 200

_DEVICES = (
    r"i-?phon[eu]|i-?pad|i-?pod|i-?os|apple watch|mac(?:book)?|android|blackberry|windows|samsung|galaxy|huawei"
    r"|honor"
    r"|xiaomi|redmi|mi phone|oneplus|oppo|vivo|realme|pixel \d|nexus|nokia|lumia|motorola|moto|lg \w|htc|sony"
    r"|xperia|zte"
    r"|fairphone|smart-?phone\w*|phone|handy|mobile|mobiel|mobil\w*|telefon\w*|téléphone|teléfono|telefone|celular"
    r"|cellulare|móvil|telemóvel|portable|tablet\w*|tablette|телефон\w*|смартфон\w*|планшет\w*|мобильн\w*"
    r"|outlook|hotmail|gmail|google mail|inbox|yahoo|aol|proton ?mail|tutanota|tuta|posteo|gmx|web\.de|t-online"
    r"|1&1|freenet|mail\.ru|mymail|почт\w*|пошт\w*|яндекс\w*|yandex\w*|rambler|icloud|zoho|fastmail|mailbird|spark"
    r"|sparrow|airmail|newton|bluemail|blue mail|aqua ?mail|k-9|fairemail|thunderbird|superhuman"
    r"|mailspring|postbox|em client|the bat!?|polymail|mail (?:for|für|pour|para|per|voor|для|dla) windows"
    r"|foxmail|qq邮箱\w*|网易邮箱\w*|邮箱\w*|手机\w*|手機\w*"
    r"|スマートフォン|携帯|아이폰|휴대폰|آيفون|الآيفون|ايفون|هاتفي|هاتف|جوالي|אייפון|ไอโฟน"
)
_WORDS_BETWEEN = r"(?:[^\s,;:?!]{1,30}[ \u00a0]+){0,4}"
_FEW_MORE = r"[^\s?!,]*(?:, swiss-based)?(?:[ \u00a0]+[^\s?!,]{1,40}){0,4}[ \t.!]*"
_SENT = (
    r"(?:sent|written|typed|composed) (?:from|with|via|using|on|through)|this (?:e-?mail|message) was sent"
    r" (?:from|with|via|using)|gesendet (?:von|mit|über|aus|vom)|(?:diese (?:nachricht|e-?mail"
    r"|mail) wurde )(?:von|mit|über)"
    r"|verschickt (?:von|mit)|geschrieben (?:von|mit)|mobil gesendet(?: von| mit)?"
    r"|envoyé (?:de|depuis|à partir d[eu'’]|avec|par|via)|enviado (?:desde|do|da|de|con|com|por|pelo|pela"
    r"|a partir d[eoa]|via)"
    r"|inviato (?:da|dal|con|tramite|via)|verzonden (?:vanaf|met|via|van)|verstuurd (?:vanaf|met|via|van)"
    r"|lähetetty|skickat från|skickat med|sendt fra|sendt med|sendt via|odesláno z|odoslané z|elküldve|küldve"
    r"|trimis (?:de pe|din|cu)"
    r"|wysłan[eo] (?:z|za pomocą|przez|ze)|poslano (?:iz|z|s)|изпратено от|στάλθηκε από|εστάλη από"
    r"|отправлено (?:с|со|из|от|через)|отправлена с|надіслано (?:з|із|зі|через)|відправлено (?:з|із|зі|через)"
    r"|адпраўлена з"
    r"|发自(?:我的)?|發自(?:我的)?|从我的|從我的|发送自|來自|来自|dikirim dari|đã gửi từ|được gửi từ|ส่งจาก"
    r"|[أا]ُ?رسلت? (?:من|عبر|بواسطة)|مرسل(?:ة)? من|تم الإرسال من|تم الارسال من|נשלח (?:מה?-?|באמצעות)"
)
_SENT_AFTER = (
    r"gesendet|verschickt|geschrieben|から送信(?:されました)?|より送信|から送信しました"
    r"|发送|發送|傳送|传送|寄出|에서 보냄|에서 전송"
    r"|gönderildi|üzerinden gönderildi|अपने से भेजा गया|से भेजा गया|lähetetty|küldve"
)
_SENT_WITH = re.compile(
    rf"[ \t\u00a0>*_~-]*(?:{_SENT})[ \u00a0]*(?:{_WORDS_BETWEEN})?[^\s,;:?!\w]?(?:{_DEVICES}){_FEW_MORE}$",
    re.I,
)
_AFTER_VERB = " \t.。!"
# The last letters of those that end in ASCII: the pattern looks for a device at every letter, few lines need it.
_ENDS_OF_VERBS = {"et", "kt", "en", "di", "ty", "ve"}
_WRITTEN_ON = re.compile(
    rf"[ \t\u00a0*_]*(?:{_WORDS_BETWEEN})[^\s,;:?!]{{0,20}}(?:{_DEVICES})[^\s,;:?!。、]{{0,20}}"
    rf"[ \u00a0]*(?:{_WORDS_BETWEEN})(?:{_SENT_AFTER})[{_AFTER_VERB}]*$",
    re.I,
)
_SENT_IN_CHINESE = re.compile(
    r"[ \t]*(?:发自|發自)(?:我的)?[ ]?[^\s，。？！,?!]{2,14}(?:[ ]\S{1,12}){0,2}[ \t]*$"
)
_GET_OUTLOOK = re.compile(
    r"[ \t]*(?:get|download|try|obtenir|obtenez|téléchargez?|obtener|obtén|obtenga|descarg\w+|obter|obtenha|baix\w+"
    r"|transferir|ottieni|scarica|pobierz|uzyskaj|hent|få|skaffa|hämta|lataa|hanki|hol(?:en|e)?(?: sie)?(?: sich)?"
    r"|laden sie|получить|получите|скачать|скачайте|отримати|отримайте|завантажити|завантажте|获取|下载|取得|下載"
    r"|الحصول على|احصل على|تنزيل)[ \u00a0]*[^\n?!]{0,25}outlook(?:[^\n?!]{0,14}(?:ios|android|mac"
    r"|windows))?[ \t.]*$"
    r"|[^\n?!]{0,15}outlook[^\n?!]{0,25}(?:beziehen|herunterladen|abrufen|downloaden|ophalen|を入手|をダウンロード"
    r"|다운로드|받기|edinin|indirin|letöltése|beszerzése)[ \t.]*$",
    re.I,
)
_CHECKERS = r"avast|avg|norton|mcafee|eset|kaspersky|mailscanner|antivirus|virus|viren|вирус|wirus"
_CHECKED = re.compile(
    r"[ \t]*(?:virus-free|virenfrei|sans virus|libre de virus|senza virus|virusvrij|sem v[ií]rus|без вирусов"
    r"|wolny od wirusów)"
    r"[. \t]*(?:www\.\S{1,60})?[ \t]*$|[ \t]*no virus found in this (?:incoming |outgoing )?message"
    r"|[ \t]*checked by avg"
    r"|[ \t]*(?:this|diese|ce|cet|este|esta|questa|questo|deze|dit|данное|это|ta)\b[^\n]{0,25}(?:mail|message"
    r"|nachricht|courriel|correo"
    r"|mensaje|mensagem|messaggio|bericht|письмо|сообщение|wiadomość)[^\n]{0,80}(?:checked|scanned|geprüft"
    r"|überprüft|vérifié|comprobado"
    rf"|verificad|controllat|gecontroleerd|проверен|sprawdzon)[^\n]{{0,60}}(?:{_CHECKERS})"
    rf"|[ \t]*(?:this|diese)\b[^\n]{{0,25}}(?:mail|message"
    rf"|nachricht)[^\n]{{0,40}}(?:{_CHECKERS})[^\n]{{0,40}}(?:checked|scanned|geprüft|überprüft)",
    re.I,
)
_ADDRESS_BESIDE = re.compile(r"[<(\[](?:https?://|www\.)[^\s<>()\[\]]*[>)\]]")


def is_sent_with(line: str) -> bool:
    """`Sent from my iPhone` and its kin: a mail program says how the letter was written."""
    if len(line) > MAX_LINE:
        return False
    line = _ADDRESS_BESIDE.sub("", line).rstrip()
    patterns = (_SENT_WITH, _SENT_IN_CHINESE, _GET_OUTLOOK, _CHECKED)
    return any(pattern.match(line) for pattern in patterns) or _is_written_on(line)


def _is_written_on(line: str) -> bool:
    end = line.rstrip(_AFTER_VERB)[-2:].lower()
    return (end in _ENDS_OF_VERBS or not end.isascii()) and bool(_WRITTEN_ON.match(line))
