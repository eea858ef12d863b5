"""Display names: what is refused, and when two names look the same to a reader."""

import unicodedata
from functools import cache

from confusable_homoglyphs import confusables
from django.core.exceptions import ValidationError

SHORTEST, LONGEST = 2, 40
# control, format (bidi marks, zero width), surrogate, private use, unassigned; line breaks
_REFUSED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean_display_name(raw: str) -> str:
    """The name in its one normal form (NFKC, single spaces).

    Raises:
        ValidationError: naming the character or the bound that is in the way.
    """
    for place, character in enumerate(raw, start=1):
        if unicodedata.category(character) in _REFUSED:
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            raise ValidationError(
                f"The character at place {place} ({name}) cannot be seen or turns the text "
                "around it. Leave it out.",
                code="invisible",
            )
    name = " ".join(unicodedata.normalize("NFKC", raw).split())
    if not SHORTEST <= len(name) <= LONGEST:
        raise ValidationError(
            f"A display name has {SHORTEST} to {LONGEST} characters; this one has {len(name)}.",
            code="length",
        )
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise ValidationError("A display name needs a letter or a digit.", code="empty")
    return name


def validate_display_name(name: str) -> None:
    clean_display_name(name)


def skeleton(name: str) -> str:
    """What the name looks like: equal skeletons are names a reader would take for each other."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    return "".join(_look(character) for character in bare if character.isalnum())


@cache
def _look(character: str) -> str:
    """The plainest character that this one is taken for: Latin first, digits as letters."""
    plain = {"0": "o", "1": "l", "i": "l", "j": "l", "5": "s", "|": "l"}.get(character)
    if plain is not None:
        return plain
    if character.isascii():
        return character
    found = confusables.is_confusable(character, greedy=True, preferred_aliases=[])
    for homoglyph in found[0]["homoglyphs"] if found else ():
        twin = str(homoglyph["c"]).casefold()
        if twin.isascii() and twin.isalnum():
            return "".join(_look(c) for c in twin)
    return character
