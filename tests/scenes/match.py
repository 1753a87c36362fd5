"""Does what came fit what the scene wrote? The rules are in README.md, "What matches"."""

from __future__ import annotations

import re

from lib.element import Element

SCANSION = "https://matthewwild.co.uk/projects/scansion"
STRICT = f"{{{SCANSION}}}strict"
NAMESPACES = {"scansion": SCANSION}

Captures = dict[str, str]

_WILDCARD = re.compile(r"\{scansion:(?:any|capture:([A-Za-z0-9_.-]+))\}")


def compare_text(expected: str, actual: str, captures: Captures) -> Captures | None:
    """The captures with what this text adds to them, or None when it does not fit."""
    pattern, names, end = "", [], 0
    for found in _WILDCARD.finditer(expected):
        pattern += re.escape(expected[end:found.start()]) + "(.*)"
        names.append(found.group(1))
        end = found.end()
    fits = re.fullmatch(pattern + re.escape(expected[end:]), actual, re.DOTALL)
    if fits is None:
        return None
    return {**captures, **{n: v for n, v in zip(names, fits.groups()) if n}}


def compare(expected: Element, actual: Element, captures: Captures, strict: bool = False,
            is_root: bool = True) -> Captures | str:
    """The captures afterwards, or why it does not fit, in words for the scene's author."""
    where = f"<{expected.name}/>"
    if (expected.ns, expected.name) != (actual.ns, actual.name):
        return f"{where} of {expected.ns} was expected, not <{actual.name}/> of {actual.ns}"
    if STRICT in expected.attrs:
        strict = expected.attrs[STRICT] in ("true", "yes")
    wanted = {k: v for k, v in expected.attrs.items() if k != STRICT}
    for key, value in wanted.items():
        if key not in actual.attrs:
            return f"{where} has no attribute '{key}'"
        fits = compare_text(value, actual.attrs[key], captures)
        if fits is None:
            return f"{where} has {key}='{actual.attrs[key]}', not '{value}'"
        captures = fits
    if strict and not is_root and (extra := sorted(set(actual.attrs) - set(wanted))):
        return f"{where} has more attributes than written: {', '.join(extra)}"
    text = expected.text.strip()
    if text or (strict and not expected.children):
        fits = compare_text(text, actual.text.strip(), captures)
        if fits is None:
            return f"{where} says '{actual.text.strip()}', not '{text}'"
        captures = fits
    if strict and len(actual.children) > len(expected.children):
        return f"{where} has more children than written"
    return _compare_children(expected.children, actual.children, captures, strict, where)


def _compare_children(expected: list[Element], actual: list[Element], captures: Captures,
                      strict: bool, where: str) -> Captures | str:
    """Each expected child needs one of its own among the actual, in whatever order they are."""
    if not expected:
        return captures
    reasons = []
    for index, candidate in enumerate(actual):
        fits = compare(expected[0], candidate, captures, strict, is_root=False)
        if isinstance(fits, str):
            if candidate.name == expected[0].name:
                reasons.append(fits)
            continue
        rest = _compare_children(
            expected[1:], actual[:index] + actual[index + 1:], fits, strict, where)
        if not isinstance(rest, str):
            return rest
        reasons.append(rest)
    return reasons[0] if reasons else f"{where} has no child <{expected[0].name}/>"
