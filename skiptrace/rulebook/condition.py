"""The `when` of a rule: a small, closed part of SQL, parsed by our own grammar and written out again for DuckDB.

The text of a rule never reaches the engine: what runs is rendered from the parsed tree, so nothing outside this grammar
can run. Every form is strict (an unknown operand gives an unknown result) except AND, OR and NOT, which follow
three-valued logic. So a result can only go from known to unknown when a fact is taken away, never from TRUE to FALSE or
back; with `on_missing` that makes "removing a fact never permits a use" hold for every rule that parses.

Grammar:  or := and (OR and)*  ·  and := not (AND not)*  ·  not := NOT not | comparison
comparison := sum (= | <> | != | < | <= | > | >=) sum | sum [NOT] IN (literal, …) | sum [NOT] BETWEEN sum AND sum | sum
sum := term ((+ | -) term)*  ·  term := factor ((* | /) number)*  ·  factor := -factor | (or) | literal | fact | call
call := date_diff('day', date, date) | date_add(date, INTERVAL n unit) | greatest | least | abs | len | list_contains
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable
from dataclasses import replace

from skiptrace.rulebook.tokens import (
    FUNCTIONS,
    MAX_ARITHMETIC,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_NUMBER,
    REFUSED,
    RESERVED,
    ConditionRefused,
    Kind,
    Node,
    kind_of,
    tokens,
)
from skiptrace.schema.facts import FACTS


def parse(text: str) -> Node:
    """Parse a condition. Returns a truth node. Raises ConditionRefused with what is wrong and how to mend it."""
    if len(text) > MAX_LENGTH:
        raise ConditionRefused(f"the condition is longer than {MAX_LENGTH} characters", "split it into several rules")
    parser = _Parser(tokens(text))
    node = parser.disjunction()
    if parser.place < len(parser.tokens):
        raise ConditionRefused(f"unexpected {parser.peek()!r} after the end of the condition")
    return replace(_expect(node, "truth", "a condition"), thresholds=frozenset(parser.thresholds))


def _expect(node: Node, kind: Kind, where: str) -> Node:
    if node.kind != kind:
        raise ConditionRefused(f"{where} needs a {kind}, not a {node.kind}")
    return node


def _facts(nodes: Iterable[Node]) -> frozenset[str]:
    return frozenset().union(*(node.facts for node in nodes))


class _Parser:
    """Recursive descent over the tokens; one method per line of the grammar."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.arithmetic = 0
        self.thresholds: set[tuple[str, float]] = set()

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """The next token if it is one of `wanted` (words in any case), else an empty text."""
        token = self.peek()
        if token and token.upper() in wanted:
            self.place += 1
            return token.upper()
        return ""

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise ConditionRefused(f"expected {wanted!r}, found {self.peek() or 'the end'!r}")

    def disjunction(self) -> Node:
        return self._chain("OR", lambda: self._chain("AND", self.negation))

    def _chain(self, word: str, part: Callable[[], Node]) -> Node:
        nodes = [part()]
        while self.take(word):
            nodes.append(part())
        if len(nodes) == 1:
            return nodes[0]
        parts = [_expect(node, "truth", word).sql for node in nodes]
        return Node("truth", "(" + f" {word} ".join(parts) + ")", _facts(nodes))

    def negation(self) -> Node:
        times = 0
        while self.take("NOT"):
            times += 1
        node = self.comparison()
        if times:
            _expect(node, "truth", "NOT")
        return Node("truth", f"(NOT {node.sql})", node.facts) if times % 2 else node

    def comparison(self) -> Node:
        left = self.sum()
        sign = self.take("=", "<>", "!=", "<", "<=", ">", ">=")
        if sign:
            right = self.sum()
            self._comparable(left, right, ordered=sign not in ("=", "<>", "!="))
            self._threshold(left, right)
            return Node("truth", f"({left.sql} {sign} {right.sql})", left.facts | right.facts)
        negated = bool(self.take("NOT"))
        if self.take("IN"):
            node = self._member(left)
        elif self.take("BETWEEN"):
            low = self.sum()
            self.need("AND")
            high = self.sum()
            for bound in (low, high):
                self._comparable(left, bound, ordered=True)
                self._threshold(left, bound)
            node = Node("truth", f"({left.sql} BETWEEN {low.sql} AND {high.sql})", _facts((left, low, high)))
        elif negated:
            raise ConditionRefused("NOT here must be followed by IN or BETWEEN")
        else:
            return left
        return Node("truth", f"(NOT {node.sql})", node.facts) if negated else node

    def _threshold(self, left: Node, right: Node) -> None:
        """Note a fact that is compared with a number: the boundary that cases must lie around."""
        for fact, bound in ((left, right), (right, left)):
            if bound.literal and bound.kind == "number" and len(fact.facts) == 1 and fact.sql == f'"{min(fact.facts)}"':
                self.thresholds.add((min(fact.facts), float(bound.sql.strip("(-)")) * (-1 if "-" in bound.sql else 1)))

    def _member(self, left: Node) -> Node:
        self.need("(")
        options = [self.sum()]
        while self.take(","):
            options.append(self.sum())
        self.need(")")
        for option in options:
            if not option.literal:
                raise ConditionRefused("IN takes literals only", "write OR for facts")
            self._comparable(left, option, ordered=False)
        return Node("truth", f"({left.sql} IN ({', '.join(option.sql for option in options)}))", left.facts)

    def _comparable(self, left: Node, right: Node, *, ordered: bool) -> None:
        if left.kind != right.kind or left.kind in ("words", "interval"):
            raise ConditionRefused(f"a {left.kind} cannot be compared with a {right.kind}")
        if ordered and left.kind not in ("number", "date"):
            raise ConditionRefused(f"a {left.kind} has no order", "use =, <> or IN")

    def sum(self) -> Node:
        node = self.term()
        while sign := self.take("+", "-"):
            node = self._combine(sign, node, self.term())
        return node

    def term(self) -> Node:
        node = self.factor()
        while sign := self.take("*", "/"):
            right = self.factor()
            if not right.literal:
                raise ConditionRefused(
                    f"the right side of {sign} must be a number", "facts are not multiplied or divided by"
                )
            if sign == "/" and not right.sql.strip("(-)0."):
                raise ConditionRefused("division by zero")
            node = self._combine(sign, node, right)
        return node

    def _combine(self, sign: str, left: Node, right: Node) -> Node:
        self.arithmetic += 1
        if self.arithmetic > MAX_ARITHMETIC:
            raise ConditionRefused("too much arithmetic in one condition")
        for node in (left, right):
            _expect(node, "number", f"the sign {sign}")
        return Node("number", f"(({left.sql})::DOUBLE {sign} ({right.sql})::DOUBLE)", left.facts | right.facts)

    def factor(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ConditionRefused("brackets are nested too deeply")
        node = self._factor()
        self.depth -= 1
        return node

    def _factor(self) -> Node:
        if self.take("-"):
            node = _expect(self.factor(), "number", "the sign -")
            return Node("number", f"(-({node.sql}))", node.facts, node.literal)
        if self.take("("):
            node = self.disjunction()
            self.need(")")
            return node
        token = self.peek()
        if not token:
            raise ConditionRefused("the condition ends too early")
        self.place += 1
        if token[0] == "'":
            return Node("text", token, literal=True)
        if token[0].isdigit():
            if float(token) > MAX_NUMBER:
                raise ConditionRefused(f"the number {token} is too large")
            return Node("number", token, literal=True)
        word = token.upper()
        if word in ("TRUE", "FALSE"):
            return Node("truth", word, literal=True)
        if word == "DATE":
            return self._date()
        if word in REFUSED:
            raise ConditionRefused(f"{token}: not allowed", REFUSED[word])
        if word in RESERVED or not (token[0].isalpha() or token[0] == "_"):
            raise ConditionRefused(f"unexpected {token!r}")
        return self._call(token.lower()) if self.peek() == "(" else _fact(token)

    def _date(self) -> Node:
        text = self.peek()
        self.place += 1
        try:
            day = dt.date.fromisoformat(text.strip("'"))
        except ValueError:
            raise ConditionRefused(f"DATE {text} is no date", "write DATE 'YYYY-MM-DD'") from None
        return Node("date", f"DATE '{day.isoformat()}'", literal=True)

    def _interval(self) -> str:
        """INTERVAL n DAY | MONTH | YEAR, as SQL."""
        self.need("INTERVAL")
        amount = self.peek().strip("'")
        self.place += 1
        unit = self.take("DAY", "DAYS", "MONTH", "MONTHS", "YEAR", "YEARS").rstrip("S")
        if not unit or not amount.isdigit() or int(amount) > 40000:
            raise ConditionRefused("an INTERVAL needs a whole number and DAY, MONTH or YEAR")
        return f"INTERVAL {int(amount)} {unit}"

    def _call(self, name: str) -> Node:
        if name not in FUNCTIONS:
            close = difflib.get_close_matches(name, FUNCTIONS, 1)
            raise ConditionRefused(f"function {name} is not allowed", f"did you mean {close[0]}?" if close else "")
        self.need("(")
        if name == "date_add":
            day = _expect(self.sum(), "date", name)
            self.need(",")
            node = Node("date", f"(({day.sql}) + {self._interval()})::DATE", day.facts)
            self.need(")")
            return node
        given = [self.sum()]
        while self.take(","):
            given.append(self.sum())
        self.need(")")
        return _function(name, given)


def _fact(name: str) -> Node:
    column = FACTS.get(name)
    if column is None:
        close = difflib.get_close_matches(name, FACTS, 1, 0.6)
        raise ConditionRefused(f"unknown fact {name}", f"did you mean {close[0]}?" if close else "see schema/facts.py")
    return Node(kind_of(column.type), f'"{name}"', frozenset((name,)))


def _function(name: str, given: list[Node]) -> Node:
    """A call with its operands checked. `greatest` and `least` skip NULL in the engine, so they are strict here."""
    facts = _facts(given)
    if name in ("greatest", "least"):
        if len(given) < 2 or len({node.kind for node in given}) != 1 or given[0].kind not in ("number", "date"):
            raise ConditionRefused(f"{name} needs two or more numbers, or two or more dates")
        unknown = " OR ".join(f"({node.sql}) IS NULL" for node in given)
        values = ", ".join(node.sql for node in given)
        return Node(given[0].kind, f"(CASE WHEN {unknown} THEN NULL ELSE {name}({values}) END)", facts)
    shapes: dict[str, tuple[Kind, ...]] = {
        "date_diff": ("text", "date", "date"),
        "abs": ("number",),
        "len": ("words",),
        "list_contains": ("words", "text"),
    }
    if tuple(node.kind for node in given) != shapes[name]:
        raise ConditionRefused(f"{name} needs ({', '.join(shapes[name])})")
    if name == "date_diff" and given[0].sql != "'day'":
        raise ConditionRefused("date_diff counts in 'day' only", "other units count boundaries, not elapsed time")
    if name == "list_contains" and not given[1].literal:
        raise ConditionRefused("list_contains looks for a literal", "an unknown second value would count as absent")
    kind: Kind = "truth" if name == "list_contains" else "number"
    return Node(kind, f"{name}({', '.join(node.sql for node in given)})", facts)
