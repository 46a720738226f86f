"""Text in several languages, as catalogue content carries it.

Interface texts live in Qt catalogues instead; this is for what operators write.
"""

from pydantic import ConfigDict, RootModel

LANGUAGES = ("zh", "en")
FIRST_LANGUAGE = "zh"


class Text(RootModel[dict[str, str]]):
    """The same sentence by language code."""

    model_config = ConfigDict(frozen=True)

    def pick(self, language: str) -> str:
        """Return the sentence in `language`, else in Chinese, else in whatever there is."""
        found = self.root.get(language) or self.root.get(FIRST_LANGUAGE)
        return found or next(iter(self.root.values()), "")
