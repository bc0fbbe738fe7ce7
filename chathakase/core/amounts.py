"""How amounts read in sentences for people."""


def span(seconds: float) -> str:
    """A duration in its one or two largest units: ``1 d 2 h``, ``5 min 3 s``."""
    left = max(int(seconds), 0)
    parts: list[str] = []
    for name, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        amount, left = divmod(left, length)
        if amount or (name == "s" and not parts):
            parts.append(f"{amount} {name}")
    return " ".join(parts[:2])


def size(number: int) -> str:
    """Bytes in the unit that suits them: ``512 bytes``, ``4 kB``, ``1.3 GB``."""
    if number < 1_000:
        return counted(number, "byte")
    amount, unit = float(number), ""
    for unit in ("kB", "MB", "GB", "TB"):  # noqa: B007 - the last one tried is the answer
        amount /= 1_000
        if amount < 999.5:
            break
    return f"{amount:.0f} {unit}" if amount >= 10 or unit == "kB" else f"{amount:.1f} {unit}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 session``, ``2,000 sessions``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def dollars(amount: float) -> str:
    """A price: ``about $0.0123``."""
    return f"about ${amount:,.2f}" if amount >= 1 else f"about ${amount:.4f}"
