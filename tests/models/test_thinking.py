"""What a model thinks aloud is left out, or taken back, wherever the pieces are torn; nothing else is."""

from itertools import pairwise
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathakase.core.types import TakenBack
from chathakase.models.thinking import END, MOST_MARKS, ThinkingFilter

BEGIN, CLOSE = "<think>", "</think>"
TEXTS = st.text(st.sampled_from("<>/think \n日x"), max_size=40) | st.text(max_size=40)
GAPS = st.text(st.sampled_from(" \n\t"), max_size=3)
CUTS = st.lists(st.integers(0, 120), max_size=12)

ANALYSIS = "<|channel|>analysis<|message|>Hm.<|end|>"
FINAL = "<|start|>assistant<|channel|>final<|message|>"


def told(text: str, cuts: list[int]) -> str:
    """What is left of a text that comes in pieces."""
    left, _ = heard(text, cuts)
    return left


def heard(text: str, cuts: list[int]) -> tuple[str, int]:
    """What is left of it, and how often something was taken back."""
    listener, edges = ThinkingFilter(), [0, *sorted(cuts), len(text)]
    pieces = [each for begin, end in pairwise(edges) for each in listener.feed(text[begin:end])]
    pieces += listener.rest()
    taken = [at for at, each in enumerate(pieces) if isinstance(each, TakenBack)]
    left = pieces[taken[-1] + 1 :] if taken else pieces
    return "".join(map(str, left)), len(taken)


def torn(text: str) -> list[list[int]]:
    """Nowhere, everywhere, and now and then."""
    return [[], [*range(len(text))], [*range(0, len(text), 3)]]


@given(GAPS, TEXTS, GAPS, TEXTS, CUTS)
def test_a_thought_is_left_out_wherever_it_is_torn(
    before: str, thought: str, between: str, answer: str, cuts: list[int]
) -> None:
    thought = thought.replace(CLOSE, "")
    if CLOSE in f"{thought}{CLOSE}"[:-1] or "<" in answer:
        return
    text = f"{before}{BEGIN}{thought}{CLOSE}{between}{answer}"
    assert told(text, cuts) == answer.lstrip()


@given(GAPS, TEXTS, CUTS)
def test_a_thought_that_never_ends_leaves_nothing(before: str, thought: str, cuts: list[int]) -> None:
    assert told(f"{before}{BEGIN}{thought.replace('>', '')}", cuts) == ""


@given(TEXTS, TEXTS, CUTS)
def test_an_answer_that_begins_with_no_thought_is_told_as_it_is(before: str, after: str, cuts: list[int]) -> None:
    text = f"{before}{after}"
    if END.search(text):
        return
    if not text.lstrip().startswith(BEGIN):
        assert heard(text, cuts) == (text, 0)
    mentioned = f"x{BEGIN}{after}{CLOSE}"
    assert told(mentioned, cuts) == mentioned


@pytest.mark.parametrize(
    "text",
    [
        "<think>Hm.</think>\n\nHi",
        "<thinking>Hm.</thinking>Hi",
        "<Thinking>Hm.</Thinking>Hi",
        "<thought>\nHm.\n</thought>\n\nHi",
        "<reasoning>Hm.</reasoning> Hi",
        "<seed:think>Hm.</seed:think>Hi",
        "<longcat_think>Hm.</longcat_think>Hi",
        "◁think▷Hm.◁/think▷Hi",
        "[THINK]Hm.[/THINK]Hi",
        "<|begin_of_thought|>Hm.<|end_of_thought|>\n\n<|begin_of_solution|>Hi<|end_of_solution|>",
        "<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>Hi<|END_RESPONSE|>",
        "<|inner_prefix|>Hm.<|inner_suffix|>Hi",
        "<unused94>thought\nHm.<unused95>Hi",
        "<|channel>thought\nHm.<channel|>Hi",
        "<think>Hm.</think>\n<answer>Hi</answer>\n",
        "<think>Hm.</think><think>And hm.</think>Hi",
        f"{ANALYSIS}{FINAL}Hi<|return|>",
        f"<|start|>assistant{ANALYSIS}{FINAL}Hi",
        f"{ANALYSIS}<|channel|>commentary<|message|>I look it up.<|end|>{FINAL}Hi",
        f"{ANALYSIS}<|start|>assistant<|channel|>final <|constrain|>json<|message|>Hi",
        f"{ANALYSIS}{FINAL}Hi<|end|><|start|>assistant{ANALYSIS}",
        "<|channel|>final<|message|>Hi",
        "<analysis>Hm.</analysis>\n\nHi",
        "<chain_of_thought>Hm.</chain_of_thought>Hi",
        "<thinking_process>Hm.</thinking_process>Hi",
        '<think effort="high">Hm.</think>Hi',
        "<|think|>Hm.<|/think|>Hi",
        "<|start_of_thinking|>Hm.<|end_of_thinking|>Hi",
        "[REASONING]Hm.[/REASONING]Hi",
        "<antThinking>Hm.</antThinking>Hi",
        "<inner-thoughts>Hm.</inner-thoughts>Hi",
        "<think> isolate it</think>Hi",
        "</think>\n\nHi",
        "</think>Hi",
        "<think>\n\n</think>\n\nHi",
    ],
)
def test_thoughts_are_never_told(text: str) -> None:
    for cuts in torn(text):
        assert heard(text, cuts) == ("Hi", 0)


@pytest.mark.parametrize("letters", ["a", "an", "Her", "co", "ass"])
def test_letters_are_told_at_once_though_a_mark_may_begin_with_them(letters: str) -> None:
    listener = ThinkingFilter()
    assert list(listener.feed(letters)) == [letters]
    assert "".join(map(str, [*listener.feed(" b"), *listener.rest()])) == " b"


@pytest.mark.parametrize("text", [f"assistant{ANALYSIS}{FINAL}Hi<|end|>", "\nanalysis: Hm.assistantfinalHi"])
def test_letters_of_a_mark_are_taken_back(text: str) -> None:
    assert [told(text, cuts) for cuts in torn(text)] == ["Hi"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "Hm, they greet me.\n</think>\n\nHi",
        "Hm, they greet me.</think>Hi",
        "Hm, they greet me. </think> Hi",
        "Hm, they greet me </think>\n\nHi",
        "Hm, so 4</think> Hi",
        "Hm, I know.\n\n```python\nx\n```\n</think>\nHi",
        "They ask about `<think>` and </think>, or about <think> alone.\n</think>\nHi",
        "挨拶された。</think>Hi",
        "They greet in **bold**</think>Hi",
        "Hm.</thinking>\nHi",
        "Hm.</THINK>\nHi",
        "Hm.\n</reasoning>\nHi",
        "Hm.\n[/THINK]\nHi",
        "Hm.◁/think▷Hi",
        "Hm.\n</seed:think>\nHi",
        "Hm.<|end_of_thought|>\n<|begin_of_solution|>Hi<|end_of_solution|>",
        "Here are my reasoning steps:\nHm.\n[BEGIN FINAL RESPONSE]\nHi[END FINAL RESPONSE]",
        "Here is my thought process:\nHm.\n\nHere is my response:\nHi",
        f"We greet back.<|end|>{FINAL}Hi",
        f"We greet back.{FINAL}Hi<|return|>",
        "We greet back. <|channel|>final<|message|>Hi",
        "analysisThe user greets.assistantfinalHi",
        "<think>They say </think> there.\n</think>\nHi",
    ],
)
def test_thoughts_are_taken_back_once_their_end_is_known(text: str) -> None:
    for cuts in torn(text):
        assert heard(text, cuts) == ("Hi", 1)


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n", "<", " <think", "1 < 2", "[1] says so", "[TH", "<thinker>no</thinker>", "<br>"),
        *("`<think>` opens", "Use `</think>`.\n\nThen go on.", "So:\n\n```\nhm\n</think>\n```\n\nThat is it."),
        *("So:\n\n    hm\n    </think>\n\nThat is it.", "~~~xml\n</think>\n~~~\n"),
        *("Between <think> and </think> it thinks.", "Its end is </think>.", "Its end is </think>, of course."),
        *('Its end is "</think>" there.', "It ends with </think>", "It writes </think> at its end."),
        *("A list: x, </think> and y.", "終わりは「</think>」です。", "タグ</think>で閉じます"),
        *("It looks so:\n<think>\nhm\n</think>\nanswer", "</think> closes a thought.", "x<thinking>y</thinking>z"),
        *("Tags:\n- <think> begins\n- </think> ends a thought", "1. </think> ends it\n2. So", "## </think>\n\nEnds."),
        *("| Tag | Use |\n|---|---|\n| </think> | end |\n|</think>|end|", "It is **</think>** in bold, 'so'."),
        *("It wraps them in <think>...</think> first.", "(<think>…</think>)", 'It is ("</think>") so.'),
        *(
            "`<|channel|>final<|message|>` begins an answer.",
            "An <|channel|>final<|message|> mark.",
            "An analysis of the assistantfinal bug.",
        ),
        *("<think> and </think> are tags.", "<think> is a tag; </think> is one.", "[THINK] is a mark."),
        *("<answer>42</answer>", "Here is my thought process: first I count.", "[THINK about it] please"),
    ],
)
def test_what_is_no_thought_is_told(text: str) -> None:
    for cuts in torn(text):
        assert heard(text, cuts) == (text, 0)


def test_an_answer_is_held_back_no_longer_than_it_may_be_a_thought() -> None:
    listener = ThinkingFilter()
    pieces = [[*listener.feed(piece)] for piece in ("\n", "<th", "e ", "<think>", " 1 <", " 2")]
    assert pieces == [[], [], ["\n", "<the "], ["<think>"], [" 1 "], ["< 2"]]


def test_an_answer_grows_behind_a_thought() -> None:
    listener = ThinkingFilter()
    pieces = ("<think>", "a</thi", "nk>\n", "\n", "b", "\n", "c")
    assert [[*listener.feed(piece)] for piece in pieces] == [[], [], [], [], ["b"], ["\n"], ["c"]]
    assert not [*listener.rest()]


def test_a_thought_is_taken_back_with_the_word_behind_its_end() -> None:
    listener = ThinkingFilter()
    pieces = [[*listener.feed(piece)] for piece in ("Hm.\n", "</think>", "\n\n", "Hi")]
    assert pieces == [["Hm.\n"], [], [TakenBack()], ["Hi"]]


@pytest.mark.parametrize(
    "part",
    ["</think>, ", "a.</think>", "<think>", "</answer> ", "<", "`", "```\n", "<|channel|>final", "[/", " "],
)
def test_a_text_that_is_full_of_marks_is_read_in_time_proportional_to_it(part: str) -> None:
    text = "x" + part * (100_000 // len(part))
    began = thread_time()
    told(text, [*range(0, len(text), 1_000)])
    assert thread_time() - began < 5


def test_a_text_with_many_marks_is_about_them() -> None:
    text = "Hm.</think>Hi" + " and </think>, " * MOST_MARKS + "\n</think>\nThat was it."
    assert heard(text, []) == (text.removeprefix("Hm.</think>"), 1)
