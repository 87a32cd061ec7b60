"""The rules in the languages of other engines, written from the parsed rules, never by hand."""


class InexpressibleError(Exception):
    """What a language cannot say: which rule, and why."""
