"""A real conclusion can be followed to the words of the regulation and the row of the ledger."""

import re

import pytest
from playwright.sync_api import expect
from visitor import VisitorMaker


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_proof_ends_in_the_text_of_the_law_and_a_row_of_the_ledger(visit: VisitorMaker, lang: str) -> None:
    visitor = visit()
    page = visitor.open(f"/issue?id=CQ-001&lang={lang}")
    page.locator(".zl-why").first.click()
    proof = page.locator(".zl-proof")
    quote = proof.locator(".zl-quote").first.inner_text()
    row = proof.locator(".zl-source", has_text="issues_public.csv").first
    expect(row).to_contain_text("第2行" if lang == "zh" else "row 2")
    expect(row.locator("a")).to_have_attribute("href", re.compile("^https?://"))
    proof.locator("a[href^='law?']").first.click()
    expect(page.locator(".zl-law")).to_be_visible()
    place = page.locator("[data-here]")
    expect(place).to_be_in_viewport()
    expect(place).to_contain_text(quote)


def test_another_reading_stands_beside_the_one_taken(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=CQ-001")
    page.locator(".zl-why").first.click()
    expect(page.locator(".zl-readings")).to_contain_text("另一解读")


def test_every_relation_of_the_graph_names_its_origin(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=CQ-001&tab=chain")
    relations = page.locator(".zl-relations li")
    assert relations.count() > 3
    for relation in relations.all():
        expect(relation.locator(".zl-origin")).to_have_text(re.compile("issues_public.csv|第.*条"))


def test_norms_stand_beside_the_words_they_rest_on(visit: VisitorMaker) -> None:
    page = visit().open("/law?at=a36.p3")
    beside = page.locator("[data-here] .zl-beside > a")
    expect(beside.first).to_be_visible()
    beside.nth(2).click()
    expect(page.locator(".zl-sheet")).to_contain_text("a36.p3")


def test_an_abolished_district_is_named_with_its_successor(visit: VisitorMaker) -> None:
    page = visit().open("/issue?id=CQ-079&as_of=2026-11-22")
    expect(page.locator("body")).to_contain_text("江北区委（已撤销，由两江新区区委承继）")
