"""A keyring that knows the benchmark's key from the environment: `PYTHON_KEYRING_BACKEND=known_keys.Known`."""

from __future__ import annotations

import os

from keyring.backend import KeyringBackend


class Known(KeyringBackend):
    """Gives the key of the store that is measured, as the keyring of a desktop does."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        """Return the key, whatever is asked for."""
        return os.environ.get("CRMDESK_BENCHMARK_KEY")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep nothing."""

    def delete_password(self, service: str, username: str) -> None:
        """Keep nothing."""
