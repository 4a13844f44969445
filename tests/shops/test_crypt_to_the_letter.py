"""What is at rest was sealed with keys made for it, the same in every release, or nobody could read it any more."""

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.tokens import derive_key
from shops import crypt


def test_text_is_sealed_under_the_key_for_what_is_at_rest() -> None:
    crypt.use_keys(" one , two ,")
    own = Fernet(base64.urlsafe_b64encode(derive_key("one", "at-rest")))
    assert own.decrypt(crypt.seal("Cléo").encode()).decode() == "Cléo"
    assert crypt.unseal(Fernet(base64.urlsafe_b64encode(derive_key("two", "at-rest"))).encrypt(b"x").decode()) == "x"


def test_a_body_is_sealed_under_the_key_its_head_names() -> None:
    crypt.use_keys("one,two")
    sealed = crypt.seal_bytes(b"body")
    assert sealed[:5] == b"\x01" + derive_key("one", "bodies-name")[:4]
    assert AESGCM(derive_key("one", "bodies")).decrypt(sealed[5:17], sealed[17:], None) == b"body"


def test_a_column_gives_back_the_bytes_it_was_given() -> None:
    crypt.use_keys("one")
    column = crypt.SealedBytes()
    sealed = column.process_bind_param(b"body", None)
    assert sealed != b"body" and column.process_result_value(memoryview(sealed or b""), None) == b"body"  # type: ignore[arg-type]
