"""What variables name as trusted certificates, and what is told of it at start."""

import ssl
from pathlib import Path

import pytest
import trustme

from chathakase.certificates import VARIABLES, certificate_problems, is_more_than_default, trusted


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def names_of(context: ssl.SSLContext) -> str:
    return str([each["subject"] for each in context.get_ca_certs()])


def test_where_nothing_is_named_the_systems_are_trusted() -> None:
    assert "trustme" not in names_of(trusted())
    assert not is_more_than_default()
    assert not [*certificate_problems()]


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_what_is_named_is_trusted_besides_the_systems(name: str, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (bundle, bundle.parent):
        monkeypatch.setenv(name, str(path))
        assert "trustme" in names_of(trusted())
        assert not [*certificate_problems()]


def test_what_openssl_takes_by_itself_is_no_more_than_that(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    assert not is_more_than_default()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle.parent))
    assert is_more_than_default()


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_what_cannot_be_trusted_is_told_in_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    junk, empty, folder = tmp_path / "junk.pem", tmp_path / "empty.pem", tmp_path / "folder"
    junk.write_text("no certificate")
    empty.write_text("")
    folder.mkdir()
    told = {}
    for path in (junk, empty, folder, tmp_path / "nowhere.pem"):
        monkeypatch.setenv(name, str(path))
        (told[path.name],) = certificate_problems()
    assert told == {
        "junk.pem": f"{name} names a file without certificates in PEM format",
        "empty.pem": f"{name} names a file without certificates in PEM format",
        "folder": f"{name} names something that cannot be read (it holds no certificates)",
        "nowhere.pem": f"{name} names something that cannot be read (No such file or directory)",
    }


def test_several_folders_stand_with_colons_between(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", f"{bundle.parent}:/no/such/folder")
    (problem,) = certificate_problems()
    assert problem.startswith("SSL_CERT_DIR ")
