"""Our words for what pydantic finds: what is wanted, the bound, and the value that broke it."""

from pydantic_core import ErrorDetails

from grader.errors import shown

WANTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
    "dict_type": "a mapping of fields",
    "list_type": "a list",
    "string_type": "a text",
    "string_unicode": "a text of Unicode characters",
    "finite_number": "a finite number",
}
"""What pydantic's findings of a wrong type say here."""


def wording(detail: ErrorDetails) -> str:
    """One finding as a clause that follows the name of a field."""
    kind, value, context = detail["type"], shown(detail["input"]), detail.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "there is no such field"
    if kind == "too_long":
        return f"may have at most {context['max_length']} entries, not {context['actual_length']}"
    if kind == "too_short":
        return f"must have {context['min_length']} entries, not {context['actual_length']}"
    if kind == "string_too_long":
        return f"may have at most {context['max_length']} characters"
    if kind == "greater_than_equal":
        wanted = f"at least {_plain(context['ge'])}"
    elif kind == "less_than_equal":
        wanted = f"at most {_plain(context['le'])}"
    elif kind == "string_pattern_mismatch":
        wanted = f"a text like {context['pattern']}"
    elif kind == "literal_error":
        wanted = f"one of {context['expected'].replace(' or ', ', ')}"
    else:
        wanted = WANTED.get(kind, detail["msg"])
    return f"must be {wanted}, not {value}"


def _plain(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"
