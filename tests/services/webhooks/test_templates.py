"""Bodies from templates (WH-2, WH-4)."""

import pytest

from app.services.webhooks.templates import FORM_TYPE, JSON_TYPE, MAX_BODY, TemplateError, content_type_of, render

FIELDS = {
    "title": 'Ann & <Ben>\'s "talk"',
    "triggerEvent": "BOOKING_CREATED",
    "length": 30,
    "price": 1.5,
    "requiresConfirmation": False,
    "team": None,
    "organizer": {"name": "Ann", "language": {"locale": "de"}},
    "attendees": [{"name": "Ben"}, {"name": "Cy"}],
    "tags": ["a", "b"],
}


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("{{triggerEvent}}", "BOOKING_CREATED"),
        ("{{ organizer.name }}", "Ann"),
        ("{{organizer.language.locale}}", "de"),
        ("{{attendees.0.name}}", "Ben"),
        ("{{attendees.[1].name}}", "Cy"),
        ("{{attendees[1].name}}", "Cy"),
        ("{{attendees.length}}", "2"),
        ("{{this.length}}", "30"),
        ("{{price}}", "1.5"),
        ("{{requiresConfirmation}}", "false"),
        ("{{tags}}", "a,b"),
        ("{{team}}", ""),
        ("{{nothing}}", ""),
        ("{{attendees.9.name}}", ""),
        ("{{organizer.name.first}}", ""),
        ("{{attendees.name}}", ""),
        ("{{payload.title}}", ""),
        ("{{title}}", 'Ann &amp; &lt;Ben&gt;&#x27;s "talk"'),
        ("{{{title}}}", 'Ann & <Ben>\'s "talk"'),
        ("{{organizer}}", "[object Object]"),
        ("{{attendees}}", "[object Object],[object Object]"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_places(place: str, text: str) -> None:
    """WH-4: flat paths, indexes, nothing for the unknown; HTML-escaped, but quotes stay."""
    assert render(f"x {place} y", FIELDS).text == f"x {text} y"


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        (None, JSON_TYPE),
        ("", JSON_TYPE),
        ('{"a": "{{title}}"}', JSON_TYPE),
        ('{"a": {{length}}}', FORM_TYPE),
        ("text={{title}}", FORM_TYPE),
    ],
)
def test_content_type(template: str | None, kind: str) -> None:
    """WH-2: JSON, unless the template itself is not; unquoted variables make it something else."""
    assert content_type_of(template) == kind


def test_json_is_written_anew() -> None:
    """WH-4: blanks of the template do not reach the wire."""
    body = render('{ "who" : "{{organizer.name}}",\n "n": 1 }', FIELDS)
    assert (body.text, body.content_type) == ('{"who":"Ann","n":1}', JSON_TYPE)


def test_an_object_does_not_break_json() -> None:
    """WH-4: Handlebars writes what JavaScript does."""
    assert render('{"t": "{{organizer}}"}', FIELDS).text == '{"t":"[object Object]"}'


def test_other_text_stays_as_it_is() -> None:
    """WH-2, WH-4."""
    body = render('{"n": {{length}} }', FIELDS)
    assert (body.text, body.content_type) == ('{"n": 30 }', FORM_TYPE)


def test_a_value_that_breaks_the_json_fails_with_a_reason() -> None:
    """WH-4 Do: visibly, not with the body `false`."""
    with pytest.raises(TemplateError, match="The payload template gives no JSON"):
        render('{"title": "{{title}}"}', FIELDS)


@pytest.mark.timeout(30)  # hours, where work grows faster than the length
@pytest.mark.parametrize("template", ["{{" + " " * 20_000, "{{" * 10_000, "{{{" + "a " * 9_000 + "}}", "{" * 20_000])
def test_a_hostile_template_takes_no_time(template: str) -> None:
    """Work grows with the length of the template, whatever it looks like: it is filled in while others wait."""
    assert len(render(template, FIELDS).text) <= len(template)


def test_a_template_that_multiplies_its_fields_is_refused() -> None:
    """A body has an upper end, found before it is built."""
    with pytest.raises(TemplateError, match=f"more than {MAX_BODY} characters"):
        render("{{notes}}" * 2_000, {"notes": "x" * 100_000})
    assert len(render("{{notes}}" * 9, {"notes": "x" * 100_000}).text) == 900_000
