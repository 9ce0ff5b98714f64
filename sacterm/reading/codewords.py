"""Words that tell what a number or a link is, in the languages that mail is written in.

Each table is a list of words and phrases, separated by commas or line ends. They are found as whole
words, whatever their case, accents and hyphens; ``*`` at an end stands for the rest of a word.
Words of scripts that set no spaces, or write articles and prepositions as one with the word, are
found anywhere.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import decimal, normalize

_INVISIBLE: Final = re.compile(
    "[\u00ad\u0300-\u036f\u0610-\u061a\u0640\u064b-\u0655\u05b0-\u05c7\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]+"
)
_FOLDED: Final = {
    **dict.fromkeys("‐‑‒–—―−－", "-"),
    **dict.fromkeys(
        "\xa0\u2000\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "
    ),
    **dict(zip("ıłđøħßæœ’‘ʼʹأإآىیکةۀ", "ildohsao''''اااييكهه", strict=True)),
}
_UNBOUNDED: Final = re.compile(
    "[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_END: Final = "$"


def visible(text: str) -> str:
    """The text without what is not seen and without marks upon letters."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def fold(text: str) -> str:
    """The text in lower case, without accents, with ASCII digits: one character for each."""
    if text.isascii():
        return text.lower()
    return text.translate({ord(char): _fold(char) for char in set(text)})


def _fold(char: str) -> str:
    lower = char.lower()[:1]
    if lower in _FOLDED:
        return _FOLDED[lower]
    if (digit := decimal(char, None)) is not None:
        return str(digit)
    if lower < "\u2000" or "\uff00" < lower < "\uff61":
        return normalize("NFKD", lower)[0].lower()[:1]
    return lower


def words(*tables: str) -> str:
    """A regular expression for the words of tables, to be searched in what :func:`fold` gives.

    In the text, hyphens must have become spaces. The alternatives are a tree by first letters: a
    list of hundreds would be tried word by word at each place.
    """
    bounded: set[str] = set()
    unbounded: set[str] = set()
    for word in re.split(r"[,\n]", fold(visible(",".join(tables))).replace("-", " ")):
        if not (word := word.strip()):
            continue
        if _UNBOUNDED.match(word.strip("*")):
            unbounded.add(word.strip("*"))
        else:
            group = unbounded if word.startswith("*") else bounded
            group.add(word.strip("*") + ("" if word.endswith("*") else _END))
    ways = [rf"(?<![^\W\d_]){_tree(bounded)}"] if bounded else []
    return f"(?:{'|'.join((*ways, _tree(unbounded)) if unbounded else ways)})"


def _tree(endings: set[str]) -> str:
    by_first: dict[str, set[str]] = {}
    for ending in endings - {""}:
        by_first.setdefault(ending[0], set()).add(ending[1:])
    ways = [
        (r"(?![^\W\d_])" if first == _END else re.escape(first)) + _tree(rest)
        for first, rest in sorted(by_first.items(), key=lambda item: (item[0] == _END, item[0]))
    ]
    if "" in endings:
        ways.append("")  # last: the longest word counts
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


CODE: Final = """
*code, *codes, codigo*, codice, codici, codul, cod, *kod, kod, kodu, kodem, kodun*, *kode, *koden
*koodi*, kodas, код, кода, коду, кодом, коды, κωδικ*, *コード, 代码, 代碼, 코드, رمز, كود, کد, קוד
कोड, รหัส, mã của bạn, mã là, pin, token
"""
"""A code of whatever kind."""

ONE_TIME_CODE: Final = """
verification code*, verify code, security code*, login code, log in code, logon code, sign in code
signin code, sign up code, signup code, access code, authentication code, authenticator code
confirmation code*, one time, onetime, otp, totp, passcode*
pass code, 2fa code, mfa code, two factor code, two step code, activation code, temporary code
temporary pin, single use code, validation code, unlock code, reset code, recovery code
registration code, digit code, digit pin, device code, pairing code, identification code, pin code
magic code, login pin, login token, security token, verification pin
bestätigungscode*, verifizierungscode*, verifikationscode*, sicherheitscode*, anmeldecode*
zugangscode*, einmalcode*, einmalpasswort*, einmalkennwort*, freischaltcode*, aktivierungscode*
prüfcode, kontrollcode, login code, einmal code, authentifizierungscode*, registrierungscode*
stelligen code, stelliger code, tan, mtan, einmal pin
code de vérification, code de confirmation, code de sécurité, code d'accès
code d'authentification
code de connexion, usage unique, code d'activation, code de validation, code temporaire
code secret, code pin, code unique, code d'identification
código de verificación, código de seguridad, código de acceso, código de confirmación
un solo uso, código de activación, código de autenticación, código único, clave dinámica
código de inicio de sesión, código temporal
código de verificação, código de segurança, código de acesso, código de confirmação, uso único
código de ativação, código de autenticação, código temporário, código de validação
codice di verifica, codice di sicurezza, codice di conferma, codice di accesso, codice otp
monouso, codice di attivazione, codice di autenticazione, codice temporaneo, codice usa e getta
verificatiecode, bevestigingscode, beveiligingscode, inlogcode, toegangscode, eenmalige code
eenmalig wachtwoord, activeringscode, activatiecode, aanmeldcode, controlecode
verifieringskod*, engångskod*, engångslösenord*, säkerhetskod*, bekräftelsekod*, inloggningskod*
aktiveringskod*, bekræftelseskode*, engangskode*, sikkerhedskode*, verifikationskode*
verificeringskode*, loginkode, bekreftelseskode*, sikkerhetskode*, verifiseringskode*
innloggingskode*, engangspassord*, engangsadgangskode*
vahvistuskoodi*, kertakäyttö*, turvakoodi*, tunnistuskoodi*, kirjautumiskoodi*, varmennuskoodi*
kod weryfikacyjny, kodu weryfikacyjnego, kod potwierdzający, kod jednorazowy, jednorazowy kod
hasło jednorazowe, jednorazowe hasło, kod bezpieczeństwa, kod aktywacyjny, kod dostępu
kod autoryzacyjny, kod logowania, kod uwierzytelniający
ověřovací kód, potvrzovací kód, jednorázový kód, jednorázové heslo, bezpečnostní kód
přihlašovací kód, aktivační kód, overovací kód, jednorazový kód, bezpečnostný kód
potvrdzovací kód
ellenőrző kód*, megerősítő kód*, biztonsági kód*, egyszer használatos, belépési kód*
hitelesítő kód*
cod de verificare, codul de verificare, cod de confirmare, codul de confirmare, cod de securitate
cod de acces, codul de acces, parolă unică, codul de autentificare
κωδικος επαληθευσης, κωδικος επιβεβαιωσης, κωδικος ασφαλειας, κωδικος μιας χρησης
κωδικο επαληθευσης, κωδικο επιβεβαιωσης, κωδικος προσβασης
код подтверждения, код проверки, проверочный код, код доступа, одноразов*, код безопасности
код для входа, код авторизации, код активации, пин код, пин, код верификации, код входа
код підтвердження, код перевірки, код безпеки, код доступу, код для входу, код активації
код за потвърждение, код за вход, код за сигурност, еднократ*, код верифікації
doğrulama kodu*, onay kodu*, güvenlik kodu*, tek kullanımlık, giriş kodu*, aktivasyon kodu*
認証コード, 確認コード, 検証コード, ワンタイム, セキュリティコード, 認証番号, 暗証番号
ログインコード, パスコード, 認証キー, 認証用コード, 本人確認コード, 二段階認証コード, 登録コード
验证码, 驗證碼, 校验码, 校驗碼, 动态码, 動態碼, 动态密码, 動態密碼, 确认码, 確認碼, 安全码, 安全碼
一次性密码, 一次性密碼, 一次性代码, 验证代码, 驗證代碼, 登录码, 登入碼, 认证码, 激活码
인증번호, 인증 번호, 인증코드, 인증 코드, 확인코드, 확인 코드, 보안코드, 보안 코드, 일회용, 인증키
mã xác minh, mã xác nhận, mã xác thực, mã otp, mã bảo mật, mã kích hoạt, mã đăng nhập
kode verifikasi, kode otp, kode keamanan, kode konfirmasi, kode aktivasi, kode akses
kod pengesahan, sekali pakai, kode masuk
รหัสยืนยัน, รหัส otp, รหัสผ่านครั้งเดียว, सत्यापन कोड, ओटीपी, पुष्टिकरण कोड, सुरक्षा कोड
رمز التحقق, رمز التأكيد, رمز الدخول, كود التحقق, رمز الأمان, رمز المرور, لمرة واحدة, رمز التفعيل
کد تایید, کد تأیید, کد فعال سازی, یکبار مصرف, رمز پویا
קוד אימות, קוד האימות, חד פעמי, קוד כניסה, קוד הכניסה, קוד גישה
"""
"""A code that is used once, or that proves who one is."""

OTHER_CODE: Final = """
approval code*, survey code*, participant code, student code, class code, course code, group code
game code, friend code, room code, stock code, vendor code, supplier code, batch code, lot code
icd code*, naics code*, sic code, mcc code, cpt code, support pin, telephone pin, customer pin
card pin, conference pin, meeting pin, pin this, pin it
zip code*, zipcode*, postcode*, post code*, postal code*, area code*, country code*, dialing code*
error code*, exit code*, status code*, response code*, reason code*, return code*, result code*
source code, code review*, code of conduct, code of practice, code coverage, code freeze
code style, code owner*, code change*, code base, codebase, code editor, code sample*, code block*
code scanning
code quality, vs code, vscode, no code, low code, qr code*, bar code*, barcode*, dress code
building code*, tax code*, sort code*, swift code*, bank code*, routing code, branch code
colour code*
color code*, morse code, unicode, encode*, decode*, geocode*, opcode*, product code*, item code*
order code, booking code*, reservation code*, tracking code*, customer code*, reference code*
penal code, civil code, hs code, iata code, airport code, machine code, pincode*, xcode, hex code*
one time payment*, one time offer*, one time purchase*, one time donation*, one time fee*
plan code
offer code, style code, department code, cost code, model code, merchant code, party code
team code, project code, fault code*, http code*
fehlercode*, statuscode*, quellcode*, strichcode*, buchungscode*, farbcode*, bankleitzahl
postleitzahl
plz, code postal, codes postaux, code barres, code à barres, code source, code d'erreur
code retour, code client, code article, code produit, code de commande, code commande
code couleur, código postal, código de barras, código fuente, código de error, código de pedido
código de cliente
código de producto, código de reserva, código de localizador, código qr, código de rastreio
código fonte, código de erro, código do pedido, código do produto, código de rastreamento
codice postale, codice fiscale, codice a barre, codice sorgente, codice di errore, codice ordine
codice cliente, codice prodotto, codice prenotazione, codice iban, codice destinatario
streepjescode, foutcode*, broncode, boekingscode, felkod*, streckkod*, källkod*, kundkod
fejlkode*, feilkode*, stregkode*, strekkode*, kildekode*, postikoodi*, viivakoodi*, virhekoodi*
kod pocztowy, kod kreskowy, kod błędu, kod źródłowy, kod qr, kod produktu, kod zamówienia
kod swift, kod odbioru, směrovací číslo, čárový kód, chybový kód, vonalkód*, hibakód*
irányítószám*, cod poștal, cod de bare, cod fiscal, ταχυδρομικος κωδικ*, γραμμωτος κωδικ*
исходный код*, исходного кода, код товара, код заказа, код ошибки, код города, код страны
код отслеживания, штрихкод*, штрих код*
почтовый код, код товару, код замовлення, код помилки, код міста, поштовий код, код єдрпоу
posta kodu*, hata kodu*, ürün kodu*, takip kodu*, alan kodu*, sipariş kodu*
バーコード, qrコード, エラーコード, 郵便番号, 商品コード, ソースコード, 国コード, 銀行コード
二维码, 条形码, 错误代码, 邮政编码, 源代码, 商品代码, 우편번호, 바코드, qr코드, 오류 코드
상품코드
mã vạch, mã bưu chính, mã lỗi, mã đơn hàng, mã sản phẩm, kode pos, kode batang, kode produk
kode pesanan, kode booking, الرمز البريدي, رمز الخطأ, קוד שגיאה, קוד מוצר, पिन कोड
"""
"""A code of another kind, or no code at all."""

PROMOTION: Final = """
promo*, coupon*, voucher*, discount*, off your, % off, gift card*, giftcard*, referral code*
redeem*, at checkout, black friday, cyber monday, sale ends, save up to, free shipping, sitewide
shop now, gutschein*, rabatt*, aktionscode*, einlösen, an der kasse, geschenkkarte*, sparen
vorteilscode
code de réduction, remise*, bon d'achat, code avantage, carte cadeau, réduction, soldes
descuento*, cupón*, código promocional, tarjeta regalo, rebajas, vale de, desconto*, cupom, cupão
sconto, sconti, codice promozionale, buono, buoni, korting*, kortingscode, actiecode, cadeaubon*
kupong*, erbjudande, presentkort, tilbud, rabat, rabaty, rabatowy, kupon*, zniżk*, zniżek
alennus*, kampanjakoodi*, tarjouskoodi*, slev*, slevový, poukaz*, kedvezmény*, reducere, εκπτωσ*
промокод*, купон*, скидк*, знижк*, акци*, indirim*, クーポン*, 割引, プロモーション*, セール
优惠*, 折扣, 促销, 優惠*, 折價, 쿠폰, 할인, 프로모션, giảm giá, khuyến mãi, diskon, خصم, كوبون
قسيمة, קופון, הנחה, छूट, कूपन
"""
"""What makes a code the price of something."""

OTHER_NUMBER: Final = """
order, orders, order number, order no, order id, invoice*, ticket*, case number, case id, case no
request number, request id, request no, tracking
tracking number, track, reference*, ref, booking, reservation, itinerary, customer number
customer no, customer id, client number, account number, account no, account ending, member number
membership*
member id, user id, policy, policy number, parcel, shipment, consignment, waybill, awb, receipt*
bill, transaction*, payment id, po number, purchase order, serial, serial number, sku, model
build, commit, pull request, pr, mr, merge request, issue, pipeline, revision, version, changeset
phone*, telephone, tel, fax, call, call us, hotline, dial, extension, ext, text us, sms, whatsapp
ending in, ending with, ends in, card number, visa, mastercard, amex, paid with, approval, iban
bic, vat, vat no, amount, total
balance, sum, price, subtotal, copyright, since, established, ip, ip address, port, address, suite
room, apt, box, po box, street, floor, gate, seat, flight, train, company number, reg no
company no, license*, licence*, number, id, uuid, year, zip, meter, vin, isbn, ean, error
meeting id, conference id, dial in, incident, rma, return number, registration number
confirmation number
bestellung*, bestellnummer*, bestell nr, auftrag*, auftragsnummer*, rechnung*, rechnungsnummer*
kundennummer*, kunden nr, sendungsnummer*, sendung, vorgang*, vorgangsnummer*, ticketnummer*
kontonummer*, telefon*, tel, handy, hotline, rufnummer, steuernummer, ust idnr, hrb, betrag
gesamtbetrag
summe, endziffern, endet auf, buchungsnummer*, buchung*, referenz*, artikelnummer, hausnummer, az
commande*, facture*, n° de commande, numéro, numéro de commande, numéro de suivi, suivi, colis
dossier, référence, réf, téléphone, tél, appelez, siret, siren, rcs, tva, montant, réservation
numéro de client, se terminant par, n° de compte, numéro client, billet, abonné, reçu
pedido*, factura*, número de pedido, número, núm, número de seguimiento, seguimiento, envío
referencia
teléfono, tfno, tlf, llame, importe, reserva*, terminada en, recibo*, cif, nif, localizador
encomenda*, fatura, nota fiscal, número do pedido, rastreio, rastreamento, telefone, ligue, cnpj
cpf, nif, valor, referência, entidade, protocolo
ordine, ordini, fattura, numero, numero ordine, spedizione, tracciamento, prenotazione, telefono
chiama, importo, p iva, partita iva, riferimento, pratica, terminante con, ricevuta, scontrino
bestelling*, bestelnummer*, ordernummer*, factuur*, factuurnummer*, klantnummer*, telefoonnummer
bel, zending, pakket, track & trace, kvk, btw, bedrag, kenmerk, reservering*, rekeningnummer
order*, ordrenummer*, ordrenr, ordernr, faktura*, fakturanummer*, kundnummer*, kundenummer*
ärendenummer*
telefonnummer, ring, belopp, beløb, beløp, sporingsnummer*, sändningsnummer*, kollinummer*, cvr
org nr, tilaus*, tilausnumero*, lasku*, puhelin*, asiakasnumero*, seuranta*, lähetys*, summa
viitenumero*
zamówieni*, numer, nr, numer zamówienia, faktur*, przesyłk*, numer przesyłki, telefon*, infolinia
nip, regon, kwota, rezerwacj*, zgłoszeni*, krs, paczk*
objednávk*, číslo objednávky, faktúr*, zásilk*, zásielk*, částka, ičo, dič, číslo
variabilní symbol
rendelés*, rendelésszám*, számla*, csomag*, telefonszám*, összeg, adószám, comand*, factur*
telefon*, awb, παραγγελι*, τιμολογι*, αποστολ*, τηλεφων*, ποσο, αριθμ*, αφμ
заказ*, номер заказа, номер, счет*, чек, квитанци*, посылк*, отправлени*, трек номер, телефон*
тел, инн, огрн, кпп, сумма, бронировани*, обращени*, договор*, карт*, заявк*
замовлення, номер замовлення, рахун*, відправлення, посилк*, сума, картк*, договір, єдрпоу, заявк*
звернення, поръчк*, фактур*, пратк*
sipariş*, sipariş no, fatura*, kargo, takip no, takip numarası, telefon*, tutar, müşteri no
rezervasyon*, vergi no
注文, ご注文番号, 注文番号, 請求書, 請求番号, 伝票番号, お問い合わせ番号, 追跡番号, 予約
予約番号, 電話*, tel
お客様番号, 会員番号, 受付番号, 金額, 合計, 口座, 配送, 確認番号, 管理番号, 問い合わせ番号
订单, 訂單, 单号, 單號, 发票, 發票, 物流, 快递, 快遞, 电话, 電話, 客服, 热线, 熱線, 尾号, 尾號
金额, 金額, 余额, 账号, 编号, 編號, 取件码, 运单, 流水号, 工单, 备案
주문, 주문번호, 송장, 운송장, 전화, 고객센터, 금액, 예약, 예약번호, 접수번호, 사업자, 카드, 계좌
번호는
đơn hàng, hóa đơn, điện thoại, hotline, mã vận đơn, số tiền, số điện thoại, pesanan, faktur, resi
telepon, nomor, jumlah, nombor, tempahan
طلب رقم, الطلب رقم, رقم الطلب, رقم, فاتورة, الفاتورة, هاتف, اتصل, شحنة, التتبع, مبلغ, المبلغ, حجز
سفارش, فاکتور, تلفن, شماره, הזמנה, מספר, חשבונית, טלפון, משלוח, סכום, ऑर्डर, चालान, फोन, संख्या
राशि, नंबर, คำสั่งซื้อ, ใบแจ้งหนี้, โทร, หมายเลข, จำนวน
"""
"""What gives its name to a number that is no code."""

BOOKING: Final = """
reservation*, itinerary, flight*, boarding, passenger*, check in, nights, guests, hotel*
buchung*, reservierung*, flug, fluggast*, anreise, übernachtung*, vol, réservation*, passager*
séjour
reserva*, vuelo*, pasajero*, localizador, habitación, voo*, passageiro*, hóspede*, prenotazion*
volo, passegger*, soggiorno, boeking*, vlucht*, reservering*, bokning*, flygning*, fly
bestillingsnummer
varaus*, lento, rezerwacj*, lot, pasażer*, rezervac*, letenk*, foglalás*, repülő*, rezervare*
zbor
κρατηση*, πτηση*, бронировани*, рейс*, пассажир*, бронюванн*, рейсу, rezervasyon*, uçuş*, yolcu*
予約, 搭乗, フライト, 宿泊, 预订, 航班, 入住, 訂房, 예약, 항공, 탑승, đặt phòng, chuyến bay
penerbangan, حجز, رحلة, הזמנת חדר, טיסה
"""
"""What makes a code the name of a booking."""

DETERMINERS: Final = """
your, this, the, a, following, new, latest, our, with, use, enter, code, here's, and, or, of, is
our
ihr, ihren, ihrem, dein, deinen, diesen, dieser, der, den, dem, folgenden, neuer, votre, ton, ce
le, tu, su, este, el, siguiente, seu, o, esse, este, teu, il, tuo, questo, suo, je, uw, deze, de
din, denna
denne, den, twój, ten, poniższy, váš, tvůj, tento, az, a, ваш, твой, этот, ваш, цей, bu, kode
ini, mã
introduce, ingresa, utiliza, usa, inserisci, saisissez, wpisz, ange, indtast, zadejte, введите
введіть
"""
"""What stands before "code" and says nothing of it."""
