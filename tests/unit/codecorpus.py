"""Mails as services send them, each with the code and the link that a person would take from it."""

from __future__ import annotations

from typing import Final, NamedTuple


class Mail(NamedTuple):
    """One mail, as plain text or as HTML, and what is to be found in it."""

    language: str
    subject: str
    body: str
    code: str | None = None
    link: str | None = None

    @property
    def is_html(self) -> bool:
        """Whether the body is HTML."""
        return self.body.lstrip().startswith("<")


MAILS: Final = (
    # Codes in English.
    Mail(
        "en",
        "Your Larkspur verification code",
        """\
Hi Dana,

Your verification code is 493021.

It expires in 10 minutes. Never share it with anyone.

Larkspur, 1600 Harbor Blvd, Suite 2200, Oakland, CA 94607
""",
        code="493021",
    ),
    Mail("de", "NC02 Ihr Bestätigungscode", "Ihr Bestätigungscode lautet 48 21 93.\n", "482193"),
    Mail("en", "QA-17: your code", "TC3 of the run. Your code is 7731.\n", "7731"),
    Mail("en", "G-493021 is your Gandolf verification code", "Enter it on your phone.", "493021"),
    Mail(
        "en",
        "Confirm your sign-in",
        """\
<html><body><table><tr><td><img src="l.png" alt="Pinyon"></td></tr>
<tr><td><h1>Sign in to Pinyon</h1><p>We noticed a sign-in from a new device. Enter this code to
continue:</p></td></tr>
<tr><td style="font-size:32px;letter-spacing:8px">4 9 3 0 2 1</td></tr>
<tr><td><p>This code expires at 14:35 UTC on November 20, 2026.</p>
<p>Device: Chrome 131 on Windows 11<br>IP: 203.0.113.77</p></td></tr>
<tr><td><p style="color:#999999">© 2026 Pinyon Inc. · 548 Market St #35410, San Francisco</p>
</td></tr></table></body></html>""",
        code="493021",
    ),
    Mail(
        "en",
        "Complete your registration",
        """\
<div>Hello,</div><div>To finish creating your Quillfeather account, confirm your email
address.</div>
<div style="text-align:center"><a href="https://app.quillfeather.example/verify?token=8fK2mQz71LxW"
style="background:#06c;padding:12px 20px;border-radius:4px;color:#fff">Verify email</a></div>
<div>Or type this code:</div><div style="font-size:28px"><b>7731</b></div>
<div>Questions? Call +1 (555) 010-4477 or visit our
<a href="https://quillfeather.example/help">help center</a>.</div>
<div><a href="https://quillfeather.example/unsubscribe?u=99123812">Unsubscribe</a></div>""",
        code="7731",
        link="https://app.quillfeather.example/verify?token=8fK2mQz71LxW",
    ),
    Mail(
        "en",
        "Order 48213377: confirm with a code",
        """\
You placed order 48213377 on 11/20/2026 for $1,249.00 with the card ending in 4242.

Because this is a large order we ask you to confirm it. Your one-time passcode: 660 184

If you did not place order 48213377, call 1-800-555-0134 now.
""",
        code="660184",
    ),
    Mail(
        "en",
        "Your device code",
        """\
Go to the sign-in page on your TV and type in the device code below

    K7QX-29MB

The code is valid until 2026-11-20 15:00. Request ID 7f3a9c1e-22d1-4b7e-9f10-2b1f6a0c9d11
""",
        code="K7QX-29MB",
    ),
    Mail(
        "en",
        "Vapor Guard access from new computer",
        """\
<p>Dear marlow_88,</p><p>Here is the Vapor Guard code you need to log in to account marlow_88:</p>
<p><strong>R4K9P</strong></p><p>This email was generated because of a login attempt from a computer
located at 198.51.100.23 (US).</p><p>The Vapor Guard code is required to complete the login.</p>""",
        code="R4K9P",
    ),
    Mail(
        "en",
        "Tidewater Credit Union: your PIN",
        "Dear member,\n\nYour PIN is 0000. Change it at the next machine you use.\n\nTidewater\n",
        code="0000",
    ),
    Mail(
        "en",
        "493021",
        "Use the number in the subject as your login code. It is good for five minutes.\n",
        code="493021",
    ),
    Mail(
        "en",
        "Finish setting up multi-factor sign-in",
        """\
Hello Sam,

An OTP was requested for sam@shop.msdc.co at 09:41:07 on 20-11-2026 from 192.0.2.14.

OTP: 83920147

Reference: TXN-55120093. Helpline: 1800 209 4324.
""",
        code="83920147",
    ),
    Mail(
        "en",
        "Two codes for two accounts",
        """\
Two accounts use this address.

Verification code for the account "north": 118 204
Verification code for the account "south": 940 377
""",
        code="118204",
    ),
    Mail(
        "en",
        "Your temporary login code for Marmot is mint-481516",
        "Copy and paste this temporary login code:\n\n481516\n\nIf you didn't try to log in, "
        "ignore "
        "this mail.\n\nMarmot, the everything app for teams, 2300 Harrison St, CA 94110\n",
        code="481516",
    ),
    Mail(
        "en",
        "Kestrel confirmation code: QWK-7RT",
        """\
<p>Confirm your email address</p><p>There's one quick step before you create your Kestrel
workspace. Enter this confirmation code in the open browser window:</p><p>QWK-7RT</p>
<p>Questions? Email <a href="mailto:help@kestrel.example">help@kestrel.example</a></p>""",
        code="QWK-7RT",
    ),
    Mail(
        "en",
        "Sign in to Fernleaf",
        """\
<table><tr><td><a href="https://fernleaf.example/"><img src="x" alt="Fernleaf"></a></td></tr>
<tr><td>Click the button below to log in. This link expires in 15 minutes and can be used once.</td>
</tr><tr><td><table><tr><td bgcolor="#000000"><a style="display:inline-block;padding:10px 18px"
href="https://click.mail.fernleaf.example/ls/click?upn=u001.AbC9xQ81kLmN-2Fd7s8QwErTy">
Log in to Fernleaf</a></td></tr></table></td></tr>
<tr><td>Or paste this code: <b>552-019</b></td></tr>
<tr><td><a href="https://fernleaf.example/privacy">Privacy</a> <a
href="https://x.com/fernleaf">X</a></td></tr></table>""",
        code="552019",
        link="https://click.mail.fernleaf.example/ls/click?upn=u001.AbC9xQ81kLmN-2Fd7s8QwErTy",
    ),
    Mail(
        "en",
        "[staging] Password reset",
        """\
Someone asked for a new password for qa-7@shop.msdc.co.

Reset it here: https://staging.acme.example/users/password/edit?reset_password_token=xY3_pQ9-zzKd81

or type the reset code 902 116 2 hours at most from now.
""",
        code="902116",
        link="https://staging.acme.example/users/password/edit?reset_password_token=xY3_pQ9-zzKd81",
    ),
    Mail(
        "en",
        "Verify your new device",
        """\
<div style="font-family:Arial"><p>Your Oxbow security code is:</p>
<table cellspacing="8"><tr><td>8</td><td>0</td><td>3</td><td>5</td><td>5</td><td>9</td></tr></table>
<p>Requested 20 Nov 2026, 08:14 by 2001:db8:85a3::8a2e:370:7334.</p>
<p>Oxbow Ltd, registered in England no. 08812345, VAT GB 123 4567 89</p></div>""",
        code="803559",
    ),
    Mail(
        "en",
        "Here's your code",
        "<html><head><title>554433</title></head><body><h2>Almost there</h2><p>Use the following "
        "code to verify your email.</p><h1>&#8203;2&#8203;0&#8203;2&#8203;7&#8203;1&#8203;9</h1>"
        "<p>Copyright 2019-2026</p></body></html>",
        code="202719",
    ),
    Mail(
        "en",
        "Your code",
        "Your sign-in code is 2024.\n\nCopyright 2026 Bramble. All rights reserved since 1998.\n",
        code="2024",
    ),
    Mail(
        "en",
        "Activate your account",
        """\
Welcome to Sundial!

Please activate your account by opening this link:
https://sundial.example/activate/5f1c9a7e-93b2-4e1d-8f77-0a3d5b1c2e4f

The link works once, within 48 hours. Your user ID is 20441187.

Unsubscribe: https://sundial.example/u/5f1c9a7e
""",
        link="https://sundial.example/activate/5f1c9a7e-93b2-4e1d-8f77-0a3d5b1c2e4f",
    ),
    Mail(
        "en",
        "Sign-in code inside",
        """\
Hello,

thanks for trying Wren. In about a minute you will be ready to go; all we need to know is that it
is really you who owns this mailbox, so we made up a few digits that only you can read here. Please
type them into the field that is open in your browser, then press the green arrow on the right.

48 20 93

They work for a quarter of an hour.
""",
        code="482093",
    ),
    # Other languages.
    Mail(
        "de",
        "Ihr Sicherheitscode",
        """\
Guten Tag Frau Weiß,

Ihr Sicherheitscode für die Anmeldung lautet: 771 904

Er ist 10 Minuten gültig. Ihre Kundennummer 30492218 brauchen Sie dafür nicht.

Sternwald Versand GmbH, Lindenweg 12, 79100 Freiburg, HRB 701244, Tel. 0761 4455667
""",
        code="771904",
    ),
    Mail(
        "de",
        "Bitte bestätigen Sie Ihre E-Mail-Adresse",
        """\
<p>Guten Tag,</p><p>bitte bestätigen Sie Ihre Anmeldung zum Newsletter:</p>
<p><a class="btn" style="background-color:#165;padding:10px" href=
"https://news.sternwald.example/doi/a81f22c09be14">Anmeldung bestätigen</a></p>
<p>Sie haben sich nicht angemeldet? <a href="https://news.sternwald.example/doi/a81f22c09be14/nein">
Dann klicken Sie hier.</a></p><p><a
href="https://sternwald.example/datenschutz">Datenschutz</a></p>""",
        link="https://news.sternwald.example/doi/a81f22c09be14",
    ),
    Mail(
        "de",
        "Ihre TAN",
        "Die TAN für Ihre Überweisung über 1.250,00 EUR auf DE89 3704 0044 0532 0130 00 ist 408832."
        "\nGeben Sie sie nie weiter. Rückfragen: 069 1234567.\n",
        code="408832",
    ),
    Mail(
        "fr",
        "Votre code de vérification",
        """\
Bonjour Inès,

Voici votre code de vérification :

582 193

Il expire dans 15 minutes. Service client : 09 69 39 00 11 (prix d'un appel local).
Café Lumière, SIREN 552 100 554, 3 rue des Tilleuls, 69002 Lyon
""",
        code="582193",
    ),
    Mail(
        "fr",
        "Réinitialisez votre mot de passe",
        """\
<p>Bonjour,</p><p>Cliquez sur le bouton ci-dessous, valable 1 heure.</p>
<a href="https://compte.lumiere.example/r?jeton=Zk81bQ0pLw72" style="display:block;background:#000">
Réinitialiser mon mot de passe</a>
<p>Si le bouton ne fonctionne pas, copiez ce lien :
<a href="https://compte.lumiere.example/r?jeton=Zk81bQ0pLw72">
https://compte.lumiere.example/r?jeton=Zk81bQ0pLw72</a></p>
<p><a href="https://lumiere.example/aide">Aide</a> ·
<a href="https://lumiere.example/desabonnement?id=Zk81bQ0pLw73">Se désabonner</a></p>""",
        link="https://compte.lumiere.example/r?jeton=Zk81bQ0pLw72",
    ),
    Mail(
        "es",
        "Tu código de un solo uso",
        "Hola, Lucía:\n\nTu código de un solo uso para el pedido 9921834 es 6042. Caduca a las "
        "18:30.\n\nTeléfono de atención: 900 123 456\n",
        code="6042",
    ),
    Mail(
        "es",
        "Confirma tu correo",
        """\
¡Hola!

Para activar tu cuenta, confirma tu dirección de correo:

https://girasol.example/confirmar?c=0b7f4e19aa

Si no has sido tú, ignora este mensaje.
""",
        link="https://girasol.example/confirmar?c=0b7f4e19aa",
    ),
    Mail(
        "pt",
        "Código de verificação: 315870",
        "Olá, Tiago,\n\no seu código de verificação está no assunto. É válido durante 5 minutos.\n"
        "\nAzulejo Pay, Rua das Flores 88, 4050-265 Porto, NIF 509 123 457\n",
        code="315870",
    ),
    Mail(
        "pt",
        "Redefina sua senha",
        """\
<p>Oi, Bia</p><p>Recebemos um pedido para redefinir sua senha.</p>
<p><a href="https://conta.azulejo.example/senha/redefinir/Qm9aXz81LkPw">Criar nova senha</a></p>
<p>Protocolo 20261120-88213. <a href="https://azulejo.example/ajuda">Ajuda</a></p>""",
        link="https://conta.azulejo.example/senha/redefinir/Qm9aXz81LkPw",
    ),
    Mail(
        "it",
        "Codice di verifica Ulivo",
        """\
<div><p>Ciao Giulia,</p><p>inserisci questo codice per completare l'accesso:</p>
<div style="font-size:40px">093&nbsp;518</div><p>Il codice scade tra 10 minuti.</p>
<p>Bottega Ulivo S.r.l., P. IVA 01234567890, tel. 055 123456, 50124 Firenze</p></div>""",
        code="093518",
    ),
    Mail(
        "nl",
        "Je verificatiecode",
        "Hoi Sanne,\n\nGebruik 27 41 96 als verificatiecode om in te loggen bij Tulp.\n\n"
        "Vragen? Bel 020 123 4567. Tulp B.V., KvK 34123456, 1016 DP Amsterdam\n",
        code="274196",
    ),
    Mail(
        "nl",
        "Uitnodiging voor Tulp",
        """\
Bram heeft je uitgenodigd voor het team "Winkel".

Uitnodiging accepteren:
https://tulp.example/uitnodiging/accept?t=Lk29sQpW77

De uitnodiging is geldig tot 4 december 2026.
""",
        link="https://tulp.example/uitnodiging/accept?t=Lk29sQpW77",
    ),
    Mail(
        "sv",
        "Din engångskod",
        "Hej!\n\nDin engångskod är 5518 2094. Den gäller i 10 minuter.\n\nOrg.nr 556677-8899\n",
        code="55182094",
    ),
    Mail(
        "da",
        "Bekræft din e-mail",
        "Hej Freja\n\nIndtast koden\n\n\t640155\n\nfor at bekræfte din e-mail. Koden udløber kl. "
        "14.30.\n\nHygge ApS, CVR 12345678, Vesterbrogade 12, 1620 København V\n",
        code="640155",
    ),
    Mail(
        "fi",
        "Vahvistuskoodisi on 90817",
        "Hei!\n\nVahvistuskoodisi on 90817. Se on voimassa 10 minuuttia.\n\nPuhelin 09 123 4567\n",
        code="90817",
    ),
    Mail(
        "pl",
        "Kod jednorazowy",
        """\
<p>Dzień dobry,</p><p>Twój kod jednorazowy do logowania:</p><p><b>704-982</b></p>
<p>Zamówienie 2026/11/4471, infolinia 801 123 456.</p>""",
        code="704982",
    ),
    Mail(
        "cs",
        "Ověřovací kód",
        "Dobrý den,\n\nváš ověřovací kód je 318 442. Platí 10 minut.\n\nIČO 27082440, 110 00 "
        "Praha 1"
        "\n",
        code="318442",
    ),
    Mail(
        "ru",
        "Код подтверждения",
        "Здравствуйте, Анна!\n\n5839 — ваш код для входа. Никому его не сообщайте.\n\n"
        "Если это были не вы, позвоните 8 800 555-35-35. ООО «Ромашка», ИНН 7701234567, 2026\n",
        code="5839",
    ),
    Mail(
        "uk",
        "Підтвердження пошти",
        "Вітаємо!\n\nВаш код підтвердження: 260 713.\nДійсний 15 хвилин.\n\nтел. 0 800 123 456\n",
        code="260713",
    ),
    Mail(
        "ja",
        "【カワセミ】認証コードのお知らせ",
        """\
山田 太郎 様

ログインに必要な認証コードは次のとおりです。

【認証コード】１８３９２０

有効期限：2026年11月20日 15時30分
お問い合わせ：0120-123-456（受付 9:00〜18:00）
""",
        code="183920",
    ),
    Mail(
        "ja",
        "メールアドレスの確認",
        """\
<p>ご登録ありがとうございます。</p><p>下のボタンを押して、登録を完了してください。</p>
<p><a style="background:#0e7490;padding:8px" href="https://kawasemi.example/verify/9Qk2LmX0w1">
メールアドレスを認証する</a></p><p>会員番号 10293847</p>
<p><a href="https://kawasemi.example/stop?m=9Qk2LmX0w1">配信停止</a></p>""",
        link="https://kawasemi.example/verify/9Qk2LmX0w1",
    ),
    Mail(
        "zh",
        "登录验证",
        "您好：\n\n您的动态验证码是 640 882，5 分钟内有效。订单号 202611200088123 与此无关。\n"
        "如有疑问请致电 400-820-8820。\n",
        code="640882",
    ),
    Mail(
        "zh",
        "【云杉】246813 为您的登录验证码",
        "<div>尊敬的用户</div><div>246813</div><div>验证码 10 分钟内有效。</div>",
        code="246813",
    ),
    Mail(
        "ko",
        "[나래] 인증번호 안내",
        "안녕하세요.\n\n요청하신 인증번호는 [739105]입니다. 3분 이내에 입력해 주세요.\n\n"
        "고객센터 1588-1234, 사업자등록번호 123-45-67890\n",
        code="739105",
    ),
    Mail(
        "tr",
        "Giriş doğrulama kodunuz",
        "Merhaba Deniz,\n\nDoğrulama kodunuz: 417 230\n\nKod 3 dakika geçerlidir. Sipariş no: "
        "88120344"
        "\nMersis: 0123456789012345, Tel: 0850 222 33 44\n",
        code="417230",
    ),
    Mail(
        "ar",
        "رمز الدخول",
        "مرحبًا عمر،\n\nرمز التحقق الخاص بك هو ٤٨٢٩١٧\n\nصالح لمدة ١٠ دقائق. رقم الطلب ٩٩١٢٠٣٣\n",
        code="482917",
    ),
    Mail(
        "he",
        "קוד אימות",
        "שלום,\n\nקוד האימות שלך: 620-471\n\nהקוד תקף ל-10 דקות. טלפון: 03-1234567\n",
        code="620471",
    ),
    Mail(
        "hi",
        "सत्यापन कोड",
        "नमस्ते,\n\nआपका सत्यापन कोड 851206 है। यह 10 मिनट में समाप्त हो जाएगा।\nऑर्डर 4471203\n",
        code="851206",
    ),
    Mail(
        "vi",
        "Mã xác minh của bạn",
        "Xin chào,\n\nMã xác minh của bạn là 307 558. Mã có hiệu lực trong 5 phút.\nHotline 1900 "
        "6789\n",
        code="307558",
    ),
    Mail(
        "id",
        "Kode verifikasi",
        "Halo,\n\nKode verifikasi Anda: 195 402\nBerlaku 10 menit. Pesanan INV/20261120/8812345\n",
        code="195402",
    ),
    Mail(
        "el",
        "Κωδικός επαλήθευσης",
        "Γεια σας,\n\nΟ κωδικός επαλήθευσης είναι 774 210.\nΤηλέφωνο 210 1234567, ΑΦΜ 099999999\n",
        code="774210",
    ),
    Mail(
        "hu",
        "Megerősítő kód",
        "Kedves Réka!\n\nA megerősítő kódod: 448 160\nRendelésszám: 20261120-44\n",
        code="448160",
    ),
    # Nothing to copy.
    Mail(
        "en",
        "Invoice INV-204417",
        """\
Invoice number  INV-204417
Customer no.    30044182
PO number       450012873
Date            2026-11-20
Due             2026-12-04

Hosting, November   1   $1,204.00
VAT 20 %                  $240.80
Total                   $1,444.80

IBAN GB33 BUKB 2020 1555 5555 55, sort code 20-20-15, account 55555555
Questions? Call 0800 555 0199.
""",
    ),
    Mail(
        "en",
        "Your autumn treat: 15 % off",
        """\
<h1>15 % off everything</h1><p>Use code <b>AUTUMN15</b> at checkout. Ends November 30, 2026.</p>
<p><a style="background:#c00;padding:9px" href=
"https://click.news.northwind.example/c/8823?t=Qw8Er7Ty6Ui5">Shop now</a></p>
<p>Your member number: 5520 1187. <a
href="https://northwind.example/unsub?x=1">Unsubscribe</a></p>""",
    ),
    Mail(
        "en",
        "Save with code 202611",
        "This week only: enter voucher code 202611 at the checkout and save $20 on orders over "
        "$100.\n"
        "\nGift card PINs cannot be combined. Terms apply. 4120 Freidrich Lane, Austin TX 78744\n",
    ),
    Mail(
        "en",
        "Your parcel is out for delivery",
        """\
Tracking number: 1Z999AA10123456784
Order 114-3941689-8772232 · 2 items · 3.4 kg

Delivery today between 14:00 and 16:00 at 221 Baker Street.

Track it: https://track.parcel.example/1Z999AA10123456784?utm_source=mail
""",
    ),
    Mail(
        "en",
        "[northwind/storefront] Run failed: CI - main (4be1c02)",
        """\
CI: some jobs were not successful

Run #48213 · attempt 2 · commit 4be1c02d
Error code: 500123 (exit code 1370)
Code coverage 81.42 %, code review #4821 pending, colour #493021

View it: https://ci.example/northwind/storefront/actions/runs/118204993
""",
    ),
    Mail(
        "en",
        "Security alert: new sign-in",
        """\
<p>New sign-in to your account</p><table><tr><td>Time</td><td>November 20, 2026, 08:14:02
UTC</td></tr>
<tr><td>IP address</td><td>203.0.113.204</td></tr><tr><td>Device</td><td>Pixel 9, build
20261104</td>
</tr></table><p>If this was not you, <a href="https://accounts.acme.example/lock/5Tq8ZmP01x">secure
your account</a> and change your password.</p>""",
    ),
    Mail(
        "en",
        "Transaction alert",
        "A purchase of USD 1,842.55 was made with your card ending in 4242 on 11/20/2026 at "
        "09:12.\n"
        "Approval 773201. Merchant 55120984. Available balance: $10,284.91\n\n"
        "Not you? Call 1-888-555-0175.\n",
    ),
    Mail(
        "en",
        "Invitation: Code review @ Fri 20 Nov 2026 10:00",
        """\
Code review for release 2026

When   Fri 20 Nov 2026, 10:00 to 11:00 (WET)
Where  Room 4410
Dial in +44 20 7946 0958, meeting ID 812 3456 7890

Yes / No / Maybe
""",
    ),
    Mail(
        "en",
        "Your receipt from Blue Heron Cafe",
        """\
<table><tr><td>Receipt</td><td>#2210-4471</td></tr><tr><td>Amount</td><td>$48.20</td></tr>
<tr><td>Paid with</td><td>Visa 4242</td></tr><tr><td>Auth code</td><td>00217Z</td></tr></table>
<p>555 Pier Ave, Hermosa Beach, CA 90254</p>""",
    ),
    Mail(
        "en",
        "Booking confirmed: 3 nights in Porto",
        """\
Your booking is confirmed.

Booking number: 4120.993.281
Reservation PIN is not needed at this hotel.
Check-in Fri 20 Nov 2026 from 15:00, check-out Mon 23 Nov 2026
Rua das Flores 88, 4050-265 Porto, +351 22 200 1234
Total price: € 412.50
""",
    ),
    Mail(
        "en",
        "Weekly digest: 1204 new answers",
        """\
<h2>Top questions</h2><ul><li>How do I generate a 6-digit code in Python? (2048 views)</li>
<li>What does HTTP status code 1020 mean?</li><li>Postal code 94043 validation with a
regex</li></ul>
<p>You have 15 320 points. <a href="https://qa.example/settings/email">Email settings</a></p>""",
    ),
    Mail(
        "en",
        "Your two-factor authentication was turned on",
        "Two-factor authentication is now on for your account. From now on we ask for a code from "
        "your"
        " authenticator app each time you sign in.\n\nTurned on 20 November 2026 at 08:14 from"
        " 198.51.100.8.\nTicket 553120 was closed.\n",
    ),
    Mail(
        "en",
        "Re: code does not arrive",
        """\
Hi Jordan,

thanks for ticket #884120. The verification code mail leaves us within 2000 ms, so I suspect your
filter. Could you check for mail from 198.51.100.20, port 2525?

Best,
Robin
Northwind Support · 555-0142
""",
    ),
    Mail(
        "de",
        "Ihre Rechnung 2026-11834",
        "Rechnungsnummer 2026-11834, Kundennummer 4471203, Betrag 1.204,90 €, fällig am 04.12.2026."
        "\nIBAN DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX, HRB 4711, 79100 Freiburg\n",
    ),
    Mail(
        "de",
        "10 € Gutschein für Sie",
        "Lösen Sie Ihren Gutscheincode HERBST2026 bis 30.11.2026 ein. Mindestbestellwert 5000 Cent."
        "\nAbbestellen: https://sternwald.example/abmelden?k=88Qw7Er6\n",
    ),
    Mail(
        "fr",
        "Votre commande 402-5518823 est expédiée",
        "Numéro de suivi : 6A12345678901\nCode postal de livraison : 69002\n"
        "Montant : 1 249,00 €\nSuivre mon colis : https://poste.example/suivi/6A12345678901\n",
    ),
    Mail(
        "fr",
        "-20 % avec le code NOEL2026",
        "<p>Profitez de 20 % de réduction avec le code promo <b>NOEL2026</b>, jusqu'au "
        "24/12/2026.</p>"
        '<p><a href="https://lumiere.example/?utm_campaign=noel">J\'en profite</a></p>',
    ),
    Mail(
        "es",
        "Factura 2026/0481",
        "Número de factura: 2026/0481\nNúmero de cliente: 5512093\nImporte: 1.482,00 €\n"
        "Código postal: 46003\nTeléfono: 963 123 456\n",
    ),
    Mail(
        "it",
        "Il tuo ordine 30041882",
        "Ordine 30041882 del 20/11/2026. Codice fiscale RSSMRA85T10A562S. Totale € 1.204,00.\n"
        "CAP 50124, tel. 055 123456. Codice prodotto 771204.\n",
    ),
    Mail(
        "pl",
        "Kod rabatowy na listopad",
        "Kod rabatowy: LISTOPAD26\nRabat 15 % do 30.11.2026. Kod pocztowy sklepu 80-831.\n",
    ),
    Mail(
        "ru",
        "Заказ 48213377 отправлен",
        "Номер заказа: 48213377\nТрек-номер: RA123456789RU\nСумма: 12 490 руб.\n"
        "Промокод на следующий заказ: OSEN2026\nТелефон 8 800 555-35-35\n",
    ),
    Mail(
        "ja",
        "ご注文ありがとうございます（注文番号 250-4471203）",
        "注文番号：250-4471203\n合計金額：12,490円\nお届け予定日：2026年11月23日\n"
        "郵便番号：6048101\n"
        "クーポンコード：AKI2026\nお問い合わせ 0120-123-456\n",
    ),
    Mail(
        "zh",
        "您的订单已发货",
        "订单编号：202611204471203\n运单号：SF1029384756\n金额：￥1249.00\n邮政编码：310012\n"
        "优惠券代码：QIU2026\n客服电话 400-820-8820\n",
    ),
    Mail(
        "ko",
        "주문이 접수되었습니다",
        "주문번호 20261120-4471203\n결제금액 124,900원\n우편번호 06236\n고객센터 1588-1234\n",
    ),
    Mail(
        "en",
        "Download your export",
        """\
Your export of 20 November 2026 is ready (4821 rows, 2.4 MB).

Download it within seven days:
https://console.umbra.example/exports/e3a027ce91/download?sig=Kd81mQz0Lw

Job 5512093
""",
        link="https://console.umbra.example/exports/e3a027ce91/download?sig=Kd81mQz0Lw",
    ),
    Mail(
        "en",
        "Nora invited you to Globex",
        """\
<p>Nora Quinn invited you to the workspace “billing”.</p>
<a href="https://app.globex.example/join/71185950?invite=aY0C9xfEFh" role="button"
style="background:#1d4ed8;padding:12px">Accept the invitation</a>
<p>Not expecting this? <a href="https://app.globex.example/report/71185950?invite=aY0C9xfEFh">Report
it</a>.</p>
<a href="https://apps.apple.com/app/id493021">Download on the App Store</a>
<a href="https://www.linkedin.com/company/globex">LinkedIn</a>
<a href="https://globex.example/">globex.example</a>""",
        link="https://app.globex.example/join/71185950?invite=aY0C9xfEFh",
    ),
)
"""Written with the rules at hand."""

HELD_OUT: Final = (
    Mail(
        "en",
        "Action required: verify it's you",
        """\
<!doctype html><html><body><div style="display:none">Use 318820 to sign in. Expires soon.</div>
<table width="600"><tr><td><img alt="Harrow Bank" src="cid:logo"></td></tr><tr><td>
<p>Hi Jo,</p><p>We received a request to sign in to Harrow Online ending 0042.</p>
<p>Enter this verification code when prompted:</p>
<table><tr><td style="border:1px solid #ccc;font-size:30px">318820</td></tr></table>
<p>It's valid for 10 minutes. We'll never call you to ask for it. If you didn't request it, call us
on 0345 600 1234.</p></td></tr><tr><td style="font-size:10px">Harrow Bank plc. Registered office: 25
Gresham Street, London EC2V 7HN. Registered in England no. 2065. Ref: 20261120081402-77120</td></tr>
</table></body></html>""",
        code="318820",
    ),
    Mail(
        "en",
        "Your Peregrine login code is 08-41-77",
        "08-41-77 is your login code. It lasts 5 minutes and works once.\n",
        code="084177",
    ),
    Mail(
        "en",
        "Welcome to Thistle! Please verify your email",
        """\
Hi there,

Thanks for signing up for Thistle. Click the link below to verify your email address:

<https://thistle.example/auth/verify-email?id=20441&hash=b1946ac92492d2347c6235b4>

Trouble with the link? Enter the code TH-90418 on the verification page instead.

You signed up on 2026-11-20 from 198.51.100.77.
Manage preferences: https://thistle.example/preferences
""",
        code="TH-90418",
        link="https://thistle.example/auth/verify-email?id=20441&hash=b1946ac92492d2347c6235b4",
    ),
    Mail(
        "en",
        "Password changed",
        "The password for your account 55120983 was changed at 08:14 on 20 November 2026. If you "
        "did"
        " not change it, reset it now: https://id.thistle.example/reset\n",
    ),
    Mail(
        "en",
        "Flight reminder: LH 1172 to Lisbon",
        """\
<p>Booking code <b>X4K9PQ</b></p><p>Flight LH1172, 21 November 2026, gate B42, seat 14C</p>
<p>Ticket number 220-4471203998</p><p><a href="https://air.example/checkin?pnr=X4K9PQ"
style="background:#023;padding:10px">Check in online</a></p>""",
    ),
    Mail(
        "en",
        "Pick up your parcel at locker 4471",
        "Hello, your parcel 00340434161094 is in locker 4471. Collect it by 23 November 2026 at "
        "17:00.\n"
        "Opening hours: https://locker.example/4471\n",
    ),
    Mail(
        "en",
        "[GitHaven] A third-party application has been added to your account",
        """\
Hey dana88!

A third-party application (deploy-bot-2026) with repo scope was recently authorized to access your
account. Visit https://githaven.example/settings/connections/applications/0120e057bd645470c1ed
for more information.

To see this and other security events for your account, visit
https://githaven.example/settings/security-log
""",
    ),
    Mail(
        "en",
        "Sentinel: 2 new issues in storefront",
        """\
<h3>TypeError: cannot read properties of undefined (reading 'code')</h3>
<p>ID: 9f3c21ab77d04e6a · error code 40012 · Nov. 20, 2026, 8:14:02 a.m. UTC · release 4.12.2026</p>
<a href="https://sentinel.example/organizations/acme/issues/5512098341/?referrer=alert_email">View
on Sentinel</a>""",
    ),
    Mail(
        "en",
        "Reminder: your subscription renews on 4 December",
        "We will charge $96.00 to your card ending in 1881 on December 4, 2026. Plan code PRO-2026."
        " Subscription 8841207. To change anything, log in to your account.\n",
    ),
    Mail(
        "en",
        "You're invited to Alder",
        """\
<div>Priya Raman invited you to collaborate on <b>Roadmap 2027</b>.</div>
<div><a href="https://u1029384.ct.mailer.example/ls/click?upn=Zm9vYmFyMTIzNDU2Nzg5MA"
style="background-color:#335;border-radius:6px;padding:14px">Join workspace</a></div>
<div>This invite expires in 7 days.</div>
<div><a href="https://u1029384.ct.mailer.example/wf/unsubscribe?upn=Zm9vYmFyMTIzNDU2Nzg5MQ">
Unsubscribe from invitations</a></div>""",
        link="https://u1029384.ct.mailer.example/ls/click?upn=Zm9vYmFyMTIzNDU2Nzg5MA",
    ),
    Mail(
        "en",
        "Passcode for webinar",
        "You are registered for the webinar of 24 November 2026.\n\nJoin: "
        "https://meet.example/j/81234567890?pwd=Q2x9aLk81m\nMeeting ID: 812 3456 7890\n"
        "Passcode: 771942\n",
        code="771942",
        link="https://meet.example/j/81234567890?pwd=Q2x9aLk81m",
    ),
    Mail(
        "en",
        "Your one-time sign in code",
        """\
Sign in to Orchard
==================

Use the code below or follow the magic link.

**  6 2 8 0 5 3  **

Magic link: https://orchard.example/a/magic?k=s3cr3tT0k3n99

* This was requested on a device in Leeds, GB (2001:db8::77).
* Orchard Foods, 40-42 Station Road, LS1 4DY
""",
        code="628053",
        link="https://orchard.example/a/magic?k=s3cr3tT0k3n99",
    ),
    Mail(
        "en",
        "Gift card from Nora",
        "Nora sent you a gift card worth $50. Gift card number 6006 4912 3344 5566, PIN 4471.\n"
        "Redeem it at checkout or in our 120 stores.\n",
    ),
    Mail(
        "de",
        "Einmalpasswort",
        "<p>Hallo Jonas,</p><p>dein Einmalpasswort:</p><p>&nbsp;</p><p>K4-99Q2</p><p>G&uuml;ltig "
        "bis "
        "09:30 Uhr. Vorgang 2026-118834.</p>",
        code="K4-99Q2",
    ),
    Mail(
        "de",
        "Konto freischalten",
        """\
Willkommen bei der Waldpost!

Bitte klicken Sie auf den folgenden Link, um Ihr Konto freizuschalten. Falls der Link nicht
funktioniert, kopieren Sie ihn in die Adresszeile Ihres Browsers.

https://waldpost.example/k/9c1185a5c5e9fc54

Ihre Kundennummer: 40118822
""",
        link="https://waldpost.example/k/9c1185a5c5e9fc54",
    ),
    Mail(
        "de",
        "Abholbenachrichtigung",
        "Ihre Sendung 00340434161094021501 liegt bereit. Filiale 552, Hauptstr. 1044, 79100 "
        "Freiburg.\n"
        "Abholung bis 28.11.2026. Sendungsverfolgung: https://paket.example/00340434161094021501\n",
    ),
    Mail(
        "fr",
        "Connexion à votre espace",
        "Bonjour,\n\n  448 205\n\nest le code à saisir pour vous connecter. Il reste valable 5 "
        "minutes."
        "\n\nNe le communiquez jamais, même à un conseiller (3939).\n",
        code="448205",
    ),
    Mail(
        "fr",
        "Relevé de compte novembre 2026",
        "Votre relevé n° 2026-11 est disponible. Compte n° 00012345678, solde 1 482,30 €, "
        "code banque 30004, code guichet 00812.\n",
    ),
    Mail(
        "es",
        "Verifica tu identidad",
        """\
<p>Hola:</p><p>Para continuar escribe el siguiente código en la aplicación</p><h2>Q7M-4XD</h2>
<p>¿No funciona? <a href="https://id.girasol.example/otro?x=81kdLm20Qw">Pide otro código</a></p>
<p>Girasol S.L., CIF B12345678, 46003 Valencia</p>""",
        code="Q7M-4XD",
    ),
    Mail(
        "es",
        "Tu reserva 88120344",
        "Localizador: QX7R2M\nHabitación 1204, entrada el 20/11/2026, 2 noches, 248,00 €\n"
        "Teléfono del hotel: 952 12 34 56\n",
    ),
    Mail(
        "pt",
        "Seu código Azulejo é 60 27 91",
        "Use o código 602791 para entrar. Expira em 10 minutos. Pedido 4471203.\n",
        code="602791",
    ),
    Mail(
        "it",
        "Attiva il tuo account",
        """\
<p>Benvenuta!</p><p>Per attivare il tuo account clicca
<a href="https://ulivo.example/registrazione/attiva/77c0aa19d2">qui</a>.</p>
<p>Il codice cliente è 40192.</p><p><a href="https://ulivo.example/app">Scarica l'app</a></p>""",
        link="https://ulivo.example/registrazione/attiva/77c0aa19d2",
    ),
    Mail(
        "nl",
        "Je bestelling 20261120",
        "Bestelnummer 20261120, klantnummer 553 102. Kortingscode voor later: TULP2027.\n"
        "Bezorging op 23-11-2026 tussen 1300 en 1500 uur.\n",
    ),
    Mail(
        "no",
        "Engangskode",
        "Koden din er:\n\n739 550\n\nDen er gyldig i 5 minutter. Ikke del den med noen. Org.nr. "
        "987 654"
        " 321\n",
        code="739550",
    ),
    Mail(
        "pl",
        "Potwierdź adres e-mail",
        "Cześć!\n\nKliknij link, aby potwierdzić swój adres: "
        "https://bursztyn.example/potwierdz/4f9d01c7b2\n\nLink jest ważny 24 godziny.\n",
        link="https://bursztyn.example/potwierdz/4f9d01c7b2",
    ),
    Mail(
        "ru",
        "Вход в аккаунт",
        "<p>Введите этот код, чтобы войти:</p><p><b>40 66 18</b></p><p>Код действует 10 минут. "
        "Заявка "
        "№ 88120344, телефон 8 (495) 123-45-67.</p>",
        code="406618",
    ),
    Mail(
        "ja",
        "ワンタイムパスワードのご連絡",
        "お客様\n\nワンタイムパスワード：０４７２９１\n\n3分以内にご入力ください。口座番号 "
        "1234567、"
        "2026年11月20日 8時14分\n",
        code="047291",
    ),
    Mail(
        "zh",
        "重置密码",
        "<p>您好，您正在重置密码。请点击下面的链接，链接 30 分钟内有效：</p><p>"
        '<a href="https://yunshan.example/account/reset?t=8c1d77aa02">'
        "https://yunshan.example/account/reset?t=8c1d77aa02</a></p>"
        "<p>客服 400-820-8820，编号 20261120</p>",
        link="https://yunshan.example/account/reset?t=8c1d77aa02",
    ),
    Mail(
        "ko",
        "로그인 확인",
        "아래 인증 코드를 입력해 주세요.\n\n  58 31 90\n\n유효시간 10분 · 문의 02-1234-5678\n",
        code="583190",
    ),
    Mail(
        "ar",
        "كشف الحساب",
        "رقم الحساب 0012345678، المبلغ 1250.00، رقم العملية 88120344، التاريخ 20/11/2026\n",
    ),
)
"""Written when the rules were done, to see how they do with what they were not made for."""

TRICKY: Final = (
    Mail(
        "en",
        "Reservation confirmed in Lisbon",
        "Confirmation code: HMX4K2QR7T\n\nCheck-in Friday, Nov 20, 2026. 2 guests, 3 nights, "
        "$412.00."
        "\nSign in to see your reservation.\n",
    ),
    Mail(
        "en",
        "Invitation: weekly sync @ Mon 23 Nov 2026 09:00",
        "Join by video: https://meet.globex.example/abc-defg-hij\n\nJoin by phone\n"
        "(US) +1 262-555-0181 PIN: 716 283 199#\n",
    ),
    Mail(
        "en",
        "Your receipt from Tidepool",
        "Paid $48.20 with Visa 4242.\nAuthorization code: 048213\nTerminal 20118844\n"
        "Sign in to download the invoice.\n",
    ),
    Mail(
        "en",
        "Your code was merged",
        "Your code was merged: PR 48213, commit 4be1c02. The code now runs in build 20261120.\n",
    ),
    Mail(
        "en",
        "How we keep you safe",
        "Scammers want your verification code. In 2025 alone, 482913 people lost money that way.\n"
        "Never share a one-time code. Read more: https://bank.example/safety/2026\n",
    ),
    Mail(
        "en",
        "Class starts Monday",
        "Welcome to Biology 101. Log in and join with class code 482913. Room 2204, 10:00 to "
        "11:30.\n",
    ),
    Mail(
        "en",
        "Case 00482913 has been updated",
        "Support PIN: 48213\n\nLog in to see your case. Our code of conduct 2026 applies.\n",
    ),
    Mail(
        "en",
        "Your Pinwheel code",
        "Hi Ada,\n\nEnter the code to confirm your order:\n\n    774120\n\nOrder 5520193, $84.00\n",
        code="774120",
    ),
    Mail(
        "en",
        "Your code for order 48213377",
        "Your code for order 48213377 is 602 118. Show it to nobody.\n",
        code="602118",
    ),
    Mail(
        "en",
        "Log in to Acme",
        "<p>Log in with this code: <span>52</span><span>01</span><span>77</span></p>"
        "<p>Acme, 520 Broadway, NY 10012-4436</p>",
        code="520177",
    ),
    Mail(
        "en",
        "Code: 20261120",
        "Your sign-in code is 20261120.\n\nSent on 2026-11-20.\n",
        code="20261120",
    ),
    Mail(
        "en",
        "Re: verification code",
        """\
Thanks, it worked.

On Fri, Nov 20, 2026 at 8:14 AM Acme <no-reply@acme.example> wrote:
> Your verification code is 771 204.
> It expires in 10 minutes.
""",
        code="771204",
    ),
    Mail(
        "en",
        "eSIM order 4471203",
        "SM-DP+ address: rsp.example\nActivation code: LPA:1$rsp.example$K2-1QX9PL-8812\n"
        "ICCID 89014103211118510720\n",
    ),
    Mail(
        "en",
        "Your licence key",
        "Licence key: AB12C-D34EF-5GH6I-78JKL\nSerial number: 552018844\nDownload: "
        "https://get.example/app-2026.dmg\n",
    ),
    Mail(
        "en",
        "Backup codes for your account",
        "Keep these backup codes. Each works once.\n\n  4821-3377\n  9920-1184\n  7730-5561\n",
        code="48213377",
    ),
    Mail(
        "en",
        "Tonight: 2048 tournament",
        "Bring your badge. Door code 4821, wifi password hunter2024. Floor 12, suite 1204.\n",
        code="4821",
    ),
    Mail(
        "de",
        "Ihr Buchungscode X7QK2M",
        "Buchungscode X7QK2M, Flug LH 1172 am 21.11.2026. Bitte melden Sie sich an und checken "
        "ein.\n",
    ),
    Mail(
        "es",
        "Bienvenida al curso",
        "Código de alumno: 482913\n\nInicia sesión para continuar. Aula 2204, 20/11/2026.\n",
    ),
    Mail(
        "ja",
        "【重要】ご利用明細",
        "ご利用金額 12,490円\n承認番号 048213\nカード番号下4桁 4242\nログインしてご確認ください。"
        "\n",
    ),
    Mail(
        "zh",
        "取件通知",
        "您的快递已到，取件码 8-2-1044，运单尾号 4471。请登录查看。\n",
    ),
    Mail(
        "ru",
        "Новая версия",
        "Исходный код версии 2026.11 опубликован, изменено 4821 строк. Подтвердите участие до "
        "25.11.\n",
    ),
    Mail(
        "fr",
        "Votre code d'accès à la résidence",
        "Digicode : 48B21\n\nArrivée le 20/11/2026, 3 nuits, séjour n° 5520193.\n",
    ),
)
"""Written to mislead."""

ALL: Final = MAILS + HELD_OUT + TRICKY
