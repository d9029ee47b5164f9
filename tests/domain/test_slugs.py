"""Slugs and how titles become them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.slugs import is_slug, slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [("30 Minute Chat!", "30-minute-chat"), ("  Café -- Olé  ", "cafe-ole"), ("日本", ""), ("v1.2_x", "v1.2_x")],
)
def test_slug_of_a_title(text: str, slug: str) -> None:
    assert slugify(text) == slug


@given(st.text())
def test_slugify_makes_slugs(text: str) -> None:
    slug = slugify(text)

    assert slug == "" or is_slug(slug)
    assert slugify(slug) == slug


@pytest.mark.parametrize("text", ["", "A", "a b", "-a", "a-", "é", "a/b", "a" * 101, "a\n"])
def test_no_slugs(text: str) -> None:
    assert not is_slug(text)
