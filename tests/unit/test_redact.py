"""Keys leave no trace in texts and logs, and texts without keys stay as they are."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from sacterm.redact import HIDDEN, install_log_filter, redact

KEY = "k_ABCdef0123456789"
ODD_KEY = "s3cr3t+/=!part"  # printable, but not as the service makes them


class TestTexts:
    @pytest.mark.parametrize("key", [KEY, ODD_KEY])
    @pytest.mark.parametrize(
        "text",
        [
            "https://mailsac.example/api/me?_mailsacKey={}",
            "https://mailsac.example/api/me?limit=1&_mailsacKey={}&skip=2",
            "wss://sock.example/incoming-messages?_id=me&key={}&addresses=a@x.example",
            "> GET /incoming-messages?key={} HTTP/1.1",
            "?KEY={}",
            "Mailsac-Key: {}",
            "mailsac-key:{}\r\nHost: x",
            "{{'Mailsac-Key': '{}'}}",
            "Headers([('mailsac-key', '{}')])",
            "[(b'Mailsac-Key', b'{}'), (b'Host', b'x')]",
            '{{"_mailsacKey":"{}"}}',
            '{{"_mailsacKey": "{}", "a": 1}}',
            "MAILSAC_KEY={} sacterm",
            "MAILSAC_KEY='{}' sacterm",
            "Authorization: {}",
            "Authorization: Bearer {}",
            "Proxy-Authorization: Basic {}",
        ],
    )
    def test_lose_a_key_where_a_name_tells_that_it_is_one(self, text: str, key: str) -> None:
        assert redact(text.format(key)) == text.format(HIDDEN)

    @pytest.mark.parametrize(
        "text",
        [
            "{}",
            "{}{}",
            "the key {} is refused",
            "'{}'",
            "b'{}'",
            "<{}>",
            "a={}&b={}",
            "/api/{}/x",
            "key%3D{}%26addresses",
            "first line\n{}",
            r"b'first line\r\n{}\r\n'",
            r"{{\"_mailsacKey\": \"{}\"}}",
        ],
    )
    def test_lose_a_key_that_looks_like_one_anywhere(self, text: str) -> None:
        shown = redact(text.format(KEY, KEY))
        assert KEY[3:] not in shown
        assert HIDDEN in shown

    def test_lose_the_secrets_given_whatever_they_look_like(self) -> None:
        assert redact("a swordfish, a perch, a Swordfish", "swordfish", "perch", "") == (
            f"a {HIDDEN}, a {HIDDEN}, a Swordfish"
        )

    def test_lose_the_secrets_given_also_as_a_url_has_them(self) -> None:
        text = "at /in/s3cr3t%2Bx/%3Dpart, at s3cr3t%2Bx%2F%3Dpart and s3cr3t+x/=part"
        assert redact(text, "s3cr3t+x/=part") == f"at /in/{HIDDEN}, at {HIDDEN} and {HIDDEN}"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "mark_read_after = 1.0",
            "task_identifier network_interface callback_registered",
            "k_abc is too short to be a key",
            "monkey business, turkey=soup",
            "Authorization failed",
            "The address qa-7@mailsac.example belongs to another account",
        ],
    )
    def test_without_keys_stay_as_they_are(self, text: str) -> None:
        assert redact(text) == text


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a handler of the root logger writes at DEBUG, with the filter installed."""
    root = logging.getLogger()
    factory, level = logging.getLogRecordFactory(), root.level
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    logging.setLogRecordFactory(logging.LogRecord)
    install_log_filter()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize("name", ["", "sacterm", "httpx", "websockets.client", "a.b.c.d"])
class TestLogs:
    @pytest.mark.parametrize(
        "level", [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL]
    )
    def test_of_every_logger_and_level_lose_keys(
        self, log: io.StringIO, name: str, level: int
    ) -> None:
        logging.getLogger(name).log(level, "key %s of %d", KEY, 1)
        logged = f"{name or 'root'} {logging.getLevelName(level)} key {HIDDEN} of 1\n"
        assert log.getvalue() == logged

    def test_lose_keys_in_what_is_formatted_late(self, log: io.StringIO, name: str) -> None:
        logger = logging.getLogger(name)
        logger.info("named %(key)s", {"key": KEY})
        logger.info("shown %r", {"Mailsac-Key": ODD_KEY})
        logger.info(f"ready made {KEY} 100%")
        logger.error(ValueError(KEY))
        assert log.getvalue().count(HIDDEN) == 4
        assert KEY not in log.getvalue()
        assert ODD_KEY not in log.getvalue()
        assert "100%" in log.getvalue()

    def test_lose_keys_in_tracebacks(self, log: io.StringIO, name: str) -> None:
        try:
            try:
                raise OSError(f"cannot open wss://sock.example/in?key={ODD_KEY}")
            except OSError as error:
                raise ValueError(f"refused {KEY}") from error
        except ValueError:
            logging.getLogger(name).exception("it failed")
        assert f"ValueError: refused {HIDDEN}" in log.getvalue()
        assert f"OSError: cannot open wss://sock.example/in?key={HIDDEN}" in log.getvalue()
        assert "Traceback" in log.getvalue()
        assert KEY not in log.getvalue()
        assert ODD_KEY not in log.getvalue()

    def test_lose_keys_for_handlers_of_the_logger_itself(self, log: io.StringIO, name: str) -> None:
        records: list[logging.LogRecord] = []

        class Keeping(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                records.append(record)

        logger, handler = logging.getLogger(name), Keeping()
        logger.addHandler(handler)
        try:
            raise ValueError(KEY)
        except ValueError:
            logger.error("key %s", KEY, exc_info=True)
        finally:
            logger.removeHandler(handler)
        [record] = records
        assert KEY not in str(vars(record))
        assert record.getMessage() == f"key {HIDDEN}"

    def test_with_the_wrong_arguments_neither_fail_nor_tell(
        self, log: io.StringIO, name: str
    ) -> None:
        logging.getLogger(name).info("a number: %d", KEY)
        assert "a number" in log.getvalue()
        assert KEY not in log.getvalue()


class TestLibraries:
    """They do log the key: without the filter each of these fails."""

    @pytest.mark.parametrize("key", [KEY, "0123456789abcdef"])
    def test_httpx_logs_urls_without_it(self, log: io.StringIO, key: str) -> None:
        with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
            client.get(f"https://mailsac.example/api/me?_mailsacKey={key}&limit=1")
        assert f"/api/me?_mailsacKey={HIDDEN}&limit=1" in log.getvalue()
        assert key not in log.getvalue()

    @pytest.mark.parametrize("key", [KEY, "0123456789abcdef"])
    async def test_websockets_logs_handshakes_without_it(self, log: io.StringIO, key: str) -> None:
        async def close(connection: ServerConnection) -> None:
            await connection.close()

        async with serve(close, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            url = f"ws://127.0.0.1:{port}/incoming-messages?key={key}&addresses=a@x.example"
            async with connect(url, additional_headers={"Mailsac-Key": key}) as connection:
                await connection.wait_closed()
        assert f"/incoming-messages?key={HIDDEN}&addresses=" in log.getvalue()
        assert f"Mailsac-Key: {HIDDEN}" in log.getvalue()
        assert key not in log.getvalue()


def test_installing_twice_wraps_once_and_adds_secrets(log: io.StringIO) -> None:
    factory = logging.getLogRecordFactory()
    install_log_filter("swordfish", "")
    install_log_filter(ODD_KEY)
    assert logging.getLogRecordFactory() is factory
    try:
        raise ValueError(ODD_KEY)
    except ValueError:
        logging.getLogger("httpx").exception("a swordfish, %s", ODD_KEY)
    assert f"a {HIDDEN}, {HIDDEN}\n" in log.getvalue()
    assert f"ValueError: {HIDDEN}\n" in log.getvalue()


def test_a_factory_that_was_there_is_kept(log: io.StringIO) -> None:
    made: list[logging.LogRecord] = []

    def make(*args: object, **kwargs: object) -> logging.LogRecord:
        made.append(logging.LogRecord(*args, **kwargs))  # type: ignore[arg-type]
        return made[-1]

    logging.setLogRecordFactory(make)
    install_log_filter()
    logging.getLogger("sacterm").info("key %s", KEY)
    assert [record.getMessage() for record in made] == [f"key {HIDDEN}"]
