"""The store's key: derived from the passphrase, kept in memory, never written to a log, URL or traceback.

The file is SQLCipher 4 with its default settings, so any program that speaks it opens the file with the passphrase.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import TYPE_CHECKING

from crmdesk.clock import random_bytes
from crmdesk.errors import NotAStore, StoreDamaged, StoreMissing, UserError, WrongPassphrase
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 256_000
SALT_SIZE = 16
PAGE_SIZE = 4096
HMAC_SIZE = 64
PLAIN_HEADER = b"SQLite format 3\0"
KEYRING_SERVICE = "CRMDesk"


class Key:
    """A raw key with its salt: 48 bytes, shown nowhere."""

    __slots__ = ("_hex",)

    def __init__(self, key_hex: str) -> None:
        if len(key_hex) != 96 or any(c not in "0123456789abcdefABCDEF" for c in key_hex):
            raise WrongPassphrase(tr("This recovery key is incomplete: it has 96 digits and letters."))
        self._hex = key_hex.lower()

    def __repr__(self) -> str:
        return "Key(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and hmac.compare_digest(self.reveal(), other.reveal())

    def __hash__(self) -> int:
        return hash(self.salt)

    def reveal(self) -> str:
        """Return the 96 hex digits, for the recovery sheet, the keyring and the pragma only."""
        return self._hex

    @property
    def raw(self) -> bytes:
        """The 32 bytes of the key."""
        return bytes.fromhex(self._hex[:64])

    @property
    def salt(self) -> bytes:
        """The 16 bytes that open the file."""
        return bytes.fromhex(self._hex[64:])


def derive(passphrase: str, salt: bytes) -> Key:
    """Derive the raw key from a passphrase, as SQLCipher 4 does: PBKDF2-HMAC-SHA512, 256,000 rounds."""
    try:
        words = unicodedata.normalize("NFC", passphrase).encode()
    except UnicodeEncodeError:
        raise UserError(
            tr("This text has half a character in it, which can't be stored."), field="passphrase", hint=tr("Type it again, or copy it anew.")
        ) from None
    return Key((hashlib.pbkdf2_hmac("sha512", words, salt, ROUNDS, 32) + salt).hex())


def new_key(passphrase: str) -> Key:
    """Derive the key of a new file, with a fresh salt."""
    return derive(passphrase, random_bytes(SALT_SIZE))


def file_salt(path: Path) -> bytes:
    """Return the salt of an encrypted file.

    Raises:
        StoreMissing, NotAStore: there is no such file, or it is of another sort.
    """
    try:
        if not path.exists():
            raise StoreMissing(tr("There is no store at {path}.", path=path), hint=tr("Check the name, or create one with “init”."))
        if path.is_dir():
            raise NotAStore(tr("{path} is a folder, not a store.", path=path))
        with path.open("rb") as file:
            head = file.read(64)
        size = path.stat().st_size
    except PermissionError:
        raise StoreMissing(tr("{path} can't be read: you have no right to it.", path=path)) from None
    if foreign := _foreign(head, size):
        raise NotAStore(tr("{path} is not a CRMDesk store: {what}.", path=path, what=foreign))
    return head[:SALT_SIZE]


_MAGIC = {
    b"%PDF": "PDF", b"PK\x03\x04": "ZIP, XLSX", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"\xd0\xcf\x11\xe0": "XLS, DOC, MSG", b"\x1f\x8b": "GZIP",
    b"BEGIN:": "VCF, ICS",
}  # fmt: skip


def _foreign(head: bytes, size: int) -> str | None:
    if size == 0:
        return tr("it is empty")
    if head.startswith(PLAIN_HEADER):
        return tr("it is an unencrypted database")
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return tr("it is a file of another sort ({name})", name=name)
    if all(c in b"\t\r\n" or 32 <= c < 127 for c in head):
        return tr("it is a text")
    if size < PAGE_SIZE:
        return tr("it is too small")
    return None


def why_unreadable(path: Path, key: Key) -> StoreDamaged | WrongPassphrase:
    """Tell a wrong key from a damaged file: with the right key at least one of the pages authenticates itself."""
    pages = path.stat().st_size // PAGE_SIZE
    mac_key = hashlib.pbkdf2_hmac("sha512", key.raw, bytes(b ^ 0x3A for b in key.salt), 2, 32)
    with path.open("rb") as file:
        for number in {*range(1, min(pages, 40) + 1), *range(max(pages - 10, 1), pages + 1)}:
            file.seek((number - 1) * PAGE_SIZE)
            if _is_authentic(file.read(PAGE_SIZE), number, mac_key):
                return StoreDamaged(
                    tr("The store {path} is damaged: its passphrase is right, but its first page is not.", path=path),
                    hint=tr("Restore a backup: crmdesk restore BACKUP FILE."),
                )
    return WrongPassphrase(
        tr("This passphrase does not open {path}: it is not the right one, or the file's beginning is damaged.", path=path),
        hint=tr("Check Caps Lock and the keyboard's language; if it is surely right, restore a backup."),
    )


def _is_authentic(page: bytes, number: int, mac_key: bytes) -> bool:
    if len(page) != PAGE_SIZE:
        return False
    body = page[SALT_SIZE if number == 1 else 0 : -HMAC_SIZE]
    mac = hmac.digest(mac_key, body + number.to_bytes(4, "little"), "sha512")
    return hmac.compare_digest(mac, page[-HMAC_SIZE:])


def from_keyring(path: Path) -> Key | None:
    """Return the key that the user chose to keep in this computer's keyring, if there is one for this file as it is now."""
    import keyring
    from keyring.errors import KeyringError

    try:
        kept = keyring.get_password(KEYRING_SERVICE, str(path.resolve()))
    except KeyringError:
        return None
    try:
        key = Key(kept or "")
    except WrongPassphrase:  # none, or what another program wrote there
        return None
    return key if path.exists() and key.salt == file_salt(path) else None


def keep_in_keyring(path: Path, key: Key | None) -> None:
    """Keep a key in this computer's keyring, or forget it with None.

    Raises:
        UserError: this computer has no keyring.
    """
    import keyring
    from keyring.errors import KeyringError, NoKeyringError, PasswordDeleteError

    try:
        if key is None:
            keyring.delete_password(KEYRING_SERVICE, str(path.resolve()))
        else:
            keyring.set_password(KEYRING_SERVICE, str(path.resolve()), key.reveal())
            if from_keyring(path) != key:  # one that is switched off takes everything and keeps nothing
                raise NoKeyringError
    except PasswordDeleteError:
        return
    except KeyringError:
        raise UserError(tr("This computer has no keyring that could keep the key.")) from None
