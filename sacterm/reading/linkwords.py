"""Words that tell what a link is for, as tables for :func:`sacterm.reading.codewords.words`."""

from __future__ import annotations

from typing import Final

ACT: Final = """
verify*, confirm, confirm*my, activate*, reactivate*, validate*, reset*, set password
set a password
set your password, set up your password, create password, create a password, create your password
create a new password, choose a password, choose your password, choose a new password
new password, magic link, accept*, approve, authorize, authorise, acknowledge, unlock*
complete your registration
complete registration, complete sign up, complete your sign up, finish signing up, finish sign up
finish registration, complete your account, finish setting up, opt in, yes subscribe, confirming
verifizieren, freizuschalten, abzuschließen, zurückzusetzen, anzunehmen, festzulegen, bestätigen*
bestätige*, aktivieren*, freischalten, zurücksetzen, annehmen, einladung annehmen
passwort festlegen, passwort vergeben, neues passwort, neues kennwort, entsperren
registrierung abschließen, anmeldung abschließen, zustimmen, genehmigen
vérifier*, vérifiez, confirmer*, confirmez, confirme, je confirme, activer, activez, valider
validez, réinitialiser*, réinitialisez, nouveau mot de passe, définir mon mot de passe
définir un mot de passe
accepter*, acceptez, débloquer, déverrouiller, finaliser mon inscription, créer un mot de passe
changer le mot de passe, changer mon mot de passe
verificar*, verifica*, confirmar*, confirma, confirmo, activar*, activa tu, validar, restablecer*
restablece
nueva contraseña, crear contraseña, crea tu contraseña, aceptar*, acepta la, desbloquear
completar registro, cambiar contraseña, cambiar la contraseña
verifique, confirme, ativar*, ative, redefinir*, redefina, nova senha, criar senha
nova palavra passe
repor palavra passe, repor a palavra passe, repor senha, repor a senha, aceitar*, aceite o convite
concluir cadastro, concluir registo, alterar senha
conferma, confermare, conferma*il, attiva, attivare, reimposta*, reimpostare, nuova password
accetta*, sblocca*, completa la registrazione, convalida, crea password, crea la password
bevestig*, verifieer, verifiëren, activeer, activeren, opnieuw instellen, wachtwoord instellen
accepteer*, accepteren, nieuw wachtwoord, ontgrendel*, uitnodiging accepteren, goedkeuren
verifiera*, bekräfta*, aktivera*, återställ*, nytt lösenord, acceptera*, lås upp, godkänn*
bekræft*, aktiver*, nulstil*, ny adgangskode, accepter*, godkend*, lås op
bekreft*, verifiser*, tilbakestill*, nytt passord, godta*, aksepter*, lås opp
vahvista*, aktivoi*, nollaa*, uusi salasana, vaihda salasana, hyväksy*, avaa tili
potwierdź*, potwierdzam, zweryfikuj*, aktywuj*, zresetuj*, resetuj*, ustaw hasło, ustaw nowe hasło
nowe hasło, zaakceptuj*, akceptuj*, przyjmij zaproszenie, odblokuj*, dokończ rejestrację
ověřit, ověřte, potvrdit, potvrďte, aktivovat, obnovit heslo, nové heslo, nastavit heslo, přijmout
overiť, potvrdiť, aktivovať, nové heslo, prijať, odemknout
megerősít*, aktivál*, új jelszó, jelszó visszaállítás*, elfogad*, visszaigazol*
confirmă, confirmați, activează, activați, resetează, resetați, acceptă, parolă nouă, verifică
επιβεβαιω*, επαληθευ*, ενεργοποι*, επαναφορα*, αποδοχη, νεος κωδικος
подтверд*, активир*, сбросить, восстановить, новый пароль, принять, разблокировать
завершить регистрацию, задать пароль, сменить пароль, установить пароль, подтверждаю
підтверд*, активув*, скинути, відновити пароль, новий пароль, прийняти, розблокувати
завершити реєстрацію, потвърд*, активирай*, нова парола, приеми
doğrula*, onayla*, etkinleştir*, aktifleştir*, sıfırla*, yeni şifre, kabul et, kilidi aç
認証する, 認証を完了, 有効化*, 有効にする, 承認*, 再設定*, リセット*, 登録を完了, 本登録
招待を受ける, 招待を承認, 承諾*, ロックを解除, アドレスを確認, メールを認証, アドレスを認証
验证*, 驗證*, 确认邮箱, 确认您的, 确认注册, 确认, 確認信箱, 激活*, 啟用*, 启用*, 重置*, 重設*
重设*, 接受*, 设置密码, 設定密碼, 解锁*, 解鎖*, 完成注册, 完成註冊, 修改密码
인증하기, 이메일 인증, 인증 완료, 활성화*, 재설정*, 비밀번호 변경, 초대 수락, 수락*, 승인*
잠금 해제, 가입 완료, xác nhận*, xác minh*, kích hoạt*, đặt lại*, mật khẩu mới, chấp nhận*
mở khóa
verifikasi*, konfirmasi*, aktifkan*, atur ulang*, setel ulang*, kata sandi baru, terima undangan
sahkan, ยืนยัน*, เปิดใช้งาน*, รีเซ็ต*, ตั้งรหัสผ่าน*, ยอมรับ*
सत्यापित*, पुष्टि*, सक्रिय*, रीसेट*, स्वीकार*
تأكيد*, تحقق*, تفعيل*, فعل حسابك, إعادة تعيين*, كلمة مرور جديدة, قبول*, تایید*, فعال سازی*
بازنشانی*, אימות*, אישור*, אמת*, אשר*, הפעל*, הפעלת*, איפוס*, אפס*, סיסמה חדשה, קבל*
"""
"""What a link in a mail asks one to do, once and with a purpose."""

ENTER: Final = """
sign in*, signin, log in*, login, log on, join*, download*, get your file*, view invitation
view invite
respond, invitation*, register, change password, change your password, open your account
continue*, get started, password*
anmelden*, einloggen*, beitreten, herunterladen*, download*, einladung*, teilnehmen, passwort*
fortfahren
kennwort*, se connecter*, connexion, connectez vous, rejoindre*, télécharger*, téléchargez
invitation, participer, continuer, mot de passe
iniciar sesión*, entrar*, acceder*, unirse*, unirme, únete*, descargar*, invitación*, continuar
contraseña
iniciar sessão, acessar*, aceder*, participar*, baixar*, descarregar*, transferir ficheiro
convite*, senha, palavra passe, accedi*, entra*, unisciti*, partecipa*, scarica*, invito*
continua
inloggen*, log in, deelnemen*, word lid, downloaden*, uitnodiging*, doorgaan, wachtwoord*
logga in*, gå med*, ladda ner*, inbjudan*, log ind*, deltag*, hent*, logg inn*, bli med*
last ned*, lösenord*, adgangskode*, passord*, kirjaudu*, liity*, lataa*, salasana*
zaloguj*, dołącz*, pobierz*, zaproszenie*, kontynuuj, hasło, přihlásit*, připojit*, stáhnout*
pozvánk*
prihlásiť*, stiahnuť*, belépés*, bejelentkezés*, csatlakoz*, letölt*, conectează*, descarcă*
intră*
συνδε*, εισοδος, ληψη, войти*, вход, присоединиться*, скачать*, приглашени*, пароль, продолжить
увійти*, вхід, приєднатися*, завантажити*, запрошення*, продовжити, влез*, изтегл*
giriş yap*, oturum aç*, katıl*, indir*, davet*, şifre*, devam et
ログイン*, サインイン*, 参加*, ダウンロード*, 招待*, パスワード, 登录*, 登入*, 登錄*, 加入*
下载*, 下載*, 邀请*, 邀請*
로그인*, 참여*, 가입*, 다운로드*, 초대*, 비밀번호, đăng nhập*, tham gia*, tải xuống*, tải về*
lời mời, masuk*, gabung*, bergabung*, unduh*, undangan, muat turun, เข้าสู่ระบบ*, เข้าร่วม*
ดาวน์โหลด*
लॉग इन*, डाउनलोड*, शामिल*, تسجيل الدخول*, دخول, انضم*, تحميل*, تنزيل*, دعوة*, ورود*, دانلود*
התחבר*, כניסה*, הצטרף*, הורד*, הזמנה*, סיסמ*
"""
"""What a link asks for too, but every home page does as well: with a token it is meant for one."""

REFUSE: Final = """
not me, wasn't, was not, weren't, were not, isn't, is not, didn't, did not, don't, do not, never
not you
not your, deny*, decline*, cancel*, reject*, report this, report it, report abuse, revoke*, block*
mute*, ignore*, dispute*, no thanks, forgot*, privacy*, terms, imprint, help center, help centre
get help, need help
support*, contact*, faq*, questions, feedback, survey*, view in browser, view in your browser
view online
web version, app store, google play, play store, get the app, download the app, download our app
mobile app, follow us, blog, learn more, read more, preferences, shop, docs, documentation
friend*
nicht, kein*, datenschutz*, impressum, agb, hilfe, kontakt*, ablehnen, stornieren*, melden
sperren, im browser ansehen, im browser öffnen, app laden, mehr erfahren, vergessen, fragen
pas moi, pas vous, n'est, n'ai, n'avez, n'êtes, confidentialité, mentions légales, aide, annuler*
refuser, signaler, dans le navigateur, en savoir plus, oublié*
no he, no fui, no soy, no reconozco, no has sido, privacidad*, aviso legal, ayuda, cancelar*
rechazar
denunciar, en el navegador, saber más, olvid*, não, privacidade*, ajuda, recusar, esqueceu
saiba mais, non, annulla*, rifiuta*, segnala*, aiuto, assistenza, scopri di più, dimenticat*
niet, geen, weiger*, annuleer*, hulp, lees meer, vergeten
inte, ikke, avvisa*, avböj*, afvis*, avslå*, avbryt*, annuller*, hjälp*, hjælp*, hjelp*, en ole
et ole, peruuta*, ohje*, hylkää*, nie, odrzuć*, anuluj*, zgłoś*, pomoc, prywatnoś*, zapomni*
nebyl*, nejsem, odmítn*, zrušit*, nápověda, soukromí*, nem, elutasít*, súgó, adatvédel*, nu am
anulea*, refuz*
ajutor, δεν, ακυρωσ*, απορριψ*, βοηθεια, απορρητ*, не, отменить*, отклонить*, помощь, поддержк*
конфиденциальн*, скасувати*, відхилити*, допомога, підтримк*
değil*, reddet*, iptal*, yardım, gizlilik, destek
ません, ない場合, いいえ, 拒否, キャンセル*, お問い合わせ, ヘルプ, プライバシー*, 心当たり
利用規約, ブラウザで
不是, 没有, 沒有, 非本人, 拒绝*, 拒絕*, 取消*, 帮助, 幫助, 隐私*, 隱私*, 客服, 浏览器
아닌, 아니*, 않*, 거부*, 거절*, 취소*, 도움말, 고객센터, 개인정보*, 문의*
không phải, từ chối*, hủy*, trợ giúp, bukan, tidak, tolak*, batal*, bantuan, privasi, ไม่, ยกเลิก*
ปฏิเสธ*, नहीं, अस्वीकार*, रद्द*, لم تكن, ليس, لست, إلغاء*, رفض*, مساعدة, الخصوصية, الدعم, לא
ביטול*, דחה*, עזרה, פרטיות, תמיכה
"""
"""What says that a link is meant for something else."""

UNSUBSCRIBE: Final = """
unsubscri*, opt out*, optout, stop receiving, stop these emails, email preferences
manage preferences
manage your preferences, subscription preferences, mailing preferences, update your preferences
notification settings, email settings, manage subscription*, leave this list, remove me
abbestellen, newsletter abmelden, hier abmelden, vom newsletter abmelden, austragen
désabonn*, désinscri*, ne plus recevoir, gérer mes préférences
darse de baja, darme de baja, date de baja, cancelar suscripción, cancelar la suscripción
dejar de recibir
anular suscripción, anular la suscripción, desuscri*, descadastr*, cancelar inscrição
cancelar subscrição, cancelar a subscrição, deixar de receber
disiscriv*, cancella iscrizione, annulla iscrizione, annulla l'iscrizione, cancellati
afmelden, uitschrijven, schrijf je uit, meld je af, avregistrera*, avprenumerera*, afmeld*
frameld*, avmeld*
peruuta tilaus, peru tilaus, lopeta tilaus, wypisz*, rezygnuj*, zrezygnuj*, anuluj subskrypcję
odhlásit odběr, odhlásiť odber, odhlásit se z, leiratkoz*, dezabon*, διαγραφη, καταργηση εγγραφης
отписа*, отказаться от рассылки, відписа*, отпиши*, abonelikten, üyelikten çık*, listeden çık*
配信停止*, 配信解除*, 登録解除*, 購読解除*, メルマガ解除, 退订*, 取消订阅*, 退訂*, 取消訂閱*
수신거부*, 수신 거부*, 구독 취소*, 구독취소*, hủy đăng ký, ngừng nhận, berhenti berlangganan
ยกเลิกการรับ*, ยกเลิกการสมัคร*, सदस्यता समाप्त, अनसब्सक्राइब*, إلغاء الاشتراك*, لغو اشتراک, הסרה*
להסרה*
"""
"""A way out of a mailing list."""

FALLBACK: Final = """
button*, paste, copy, work, works, working, knopf, schaltfläche, funktioniert, klappt, kopieren
kopiere
bouton, fonctionne, copiez, copier, botón, funciona, copia*, copie, botão, pulsante, funziona
incolla, knop, werkt, kopieer, plak, knapp*, knappen, fungerar, virker, fungerer, kopiera, kopier*
painike*
toimi*, przycisk*, działa*, skopiuj*, tlačítk*, nefunguje, gomb*, működik, copiați, butonul
κουμπι, αντιγραψτε
кнопк*, работает, скопируйте, працює, скопіюйте, düğme*, buton*, kopyala*, ボタン, コピー
クリックできない
按钮, 按鈕, 复制, 複製, 버튼, 복사, nút, sao chép, tombol, salin, ปุ่ม, คัดลอก, बटन, कॉपी, زر, انسخ
כפתור, העתק*
"""
"""How a text tells that the same link also stands as an address, for those who see no button."""

EXPIRES: Final = """
expires in, expires after, expires on, expire in, will expire, valid for, valid until, works once
one time use
only be used once, used only once, link is valid, link works, within 24 hours, gültig*, läuft ab
valable, expire dans, expirera, válid*, caduca*, vence, expira*, scade*, valido, valida, verloopt
geldig*
giltig*, gyldig*, gäller i, voimassa, ważny*, wygasa*, ważne, platn*, platí, vyprší, érvényes*
lejár*, valabil*, expiră
ισχυει, ληγει, действ*, истекает, дійсн*, діє, geçerli*, 有効期限, 有効です, 有效, 过期, 유효*
만료*
có hiệu lực, hết hạn, berlaku, kedaluwarsa, หมดอายุ, मान्य, صالح*, صلاحية, تنتهي, תקף, בתוקף, פג
"""
"""How a text tells that a link or a code is good for a while only."""

PATH_ACT: Final = """
verify*, verification*, verif, confirm*, activate*, activation*, validate*, validation*, reset*
resetpassword, passwordreset, newpassword, setpassword, forgotpassword, magic*, invite
invitation*
invites, accept*, join, unlock*, optin, doi, oobcode, passwordless, recover*, approve*, ack
bestaetig*, aktivier*, verifizier*, zuruecksetz*, passwort, einladung*, freischalt*
confirmer, activer, valider, reinitialis*, mdp, verificar*, verificac*, confirmar*, confirmac*
activar*
activacion*, restablecer*, ativar*, ativacao*, redefinir*, conferma*, attiva*, reimposta*, convite
invito, bevestig*, activeer*, bekraft*, bekraeft*, bekreft*, aterstall*, nulstil*, vahvista*
potwierdz*, aktywuj*, aktywac*, zresetuj*, overeni*, potvrd*, dogrula*, onay*, podtver*, pidtver*
"""
"""Words in the path of a link that is meant for one person and one purpose."""

PATH_ENTER: Final = """
login*, signin*, signup*, register*, registration*, sso, auth, password*, download*, export*
onboarding*
welcome, session*, otp, token, account, anmelden, connexion, acceso, acesso, accesso, logowanie
"""
"""Words in the path of such a link, and of many others."""

PATH_REFUSE: Final = """
deny, decline, cancel*, reject*, report*, revoke*, dispute*, notme, privacy*, terms*, imprint*
impressum
help*, support*, faq*, contact*, blog, unsubscribe*, preferences, order*, invoice*, receipt*, cart
product*
docs, policy, survey*, feedback, abuse, pedidos, bestellungen, commandes, ordini, zamowienia
"""
"""Words in the path of a link that is meant for something else."""

PATH_UNSUBSCRIBE: Final = """
unsub*, optout, opt out, listunsubscribe, abmelden, abbestellen, desabonn*, desinscri*, baja
desuscri*
descadastr*, disiscri*, afmelden, uitschrijven, wypisz*, odhlasit, leiratkozas, dezabonare, otpis*
"""
"""Words in the path of a way out of a mailing list."""

HERE: Final = """
here, click here, click, this link, link, this, open, go, hier, hier klicken, klicken sie hier
ici, cliquez ici
ce lien, lien, aquí, haz clic aquí, haga clic aquí, pincha aquí, este enlace, enlace, aqui
clique aqui
este link, qui, clicca qui, questo link, klik hier, deze link, tutaj, kliknij tutaj, ten link
link aktywacyjny
här, klicka här, her, klik her, klikk her, tästä, napsauta tästä, zde, klikněte zde, ide
kattints ide, aici
apasă aici, εδω, πατηστε εδω, здесь, нажмите здесь, тут, ссылка, ссылке, натисніть тут, buraya
buraya tıklayın
こちら, こちらをクリック, ここ, 点击这里, 此处, 點擊這裡, 여기, 여기를 클릭, tại đây
nhấn vào đây, di sini, klik di sini, ที่นี่, यहाँ, यहां, هنا, انقر هنا, اضغط هنا, כאן, לחץ כאן
"""
"""What links are called that are called nothing."""
