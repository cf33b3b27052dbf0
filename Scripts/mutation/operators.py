"""The mutation operators: where they apply, and what is written there."""

import re

from .swift_text import blanked, conditions, is_pattern

COMPARISONS = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",)}
ARITHMETIC = {"+": "-", "-": "+"}
LOGIC = {"&&": "||", "||": "&&"}


class Mutant:
    def __init__(self, number, file, line, text, what):
        self.number, self.file, self.line, self.text, self.what = number, file, line, text, what

    @property
    def name(self):
        return f"{self.file}: `{self.text}`: {self.what}"


class Planter:
    """Rewrites a file so that each of its mutants can be switched on."""

    def __init__(self, file, text, first, symbols):
        self.file, self.source, self.code = file, text, blanked(text)
        self.edits, self.mutants, self.next, self.symbols = [], [], first, symbols

    def mutant(self, position, what):
        line = self.source.count("\n", 0, position) + 1
        text = self.source.splitlines()[line - 1].strip()
        self.mutants.append(Mutant(self.next, self.file, line, text, what))
        self.next += 1
        return self.next - 1

    def plant(self):
        for start, stop, is_binding in list(conditions(self.code)):
            (self.binding if is_binding else self.condition)(start, stop)
        self.operators()
        self.negations()
        self.literals()
        self.booleans()
        self.extremes()
        text, shift = self.source, 0
        for order, (start, stop, replacement) in sorted(
                enumerate(self.edits), key=lambda edit: (edit[1][0], edit[1][1], edit[0])):
            text = text[:start + shift] + replacement + text[stop + shift:]
            shift += len(replacement) - (stop - start)
        return text

    def condition(self, start, stop):
        clause = " ".join(self.source[start:stop].split())
        yes = self.mutant(start, f"condition `{clause}` is always true")
        no = self.mutant(start, f"condition `{clause}` is always false")
        self.edits.append((start, start, f"mutated(condition: {yes}, {no}, "))
        self.edits.append((stop, stop, ")"))

    def binding(self, start, stop):
        match = re.match(r"let\s+(\w+|\([^)]*\))\s*(=\s*)?", self.code[start:stop])
        number = self.mutant(start, f"binding `{' '.join(self.source[start:stop].split())}` is nil")
        if match.group(2):
            self.edits.append((start + match.end(), start + match.end(), f"mutated(binding: {number}, "))
            self.edits.append((stop, stop, ")"))
        else:
            self.edits.append((stop, stop, f" = mutated(binding: {number}, {match.group(1)})"))

    def operators(self):
        for match in re.finditer(r"(?<=[\w)\]?!\"] )(<=|>=|==|!=|<|>|&&|\|\||\+|-)(?=\s)", self.code):
            operator = match.group(1)
            if is_pattern(self.code, match.start()):
                continue
            if operator in ARITHMETIC and '"' in self.source[match.start():match.start() + 12]:
                continue  # strings are no policy
            others = COMPARISONS.get(operator) or (ARITHMETIC.get(operator) or LOGIC[operator],)
            numbers = [self.mutant(match.start(), f"`{operator}` becomes `{other}`") for other in others]
            self.edits.append((match.start(), match.end(), self.symbols.add(operator, others, numbers)))

    def negations(self):
        for match in re.finditer(r"(?<![\w)\]=!])!(?=[\w(])", self.code):
            number = self.mutant(match.start(), "`!` is dropped")
            self.edits.append((match.start(), match.end(), self.symbols.add("!", ("",), [number])))

    def literals(self):
        for match in re.finditer(r"(?<![\w.$])(\d[\d_]*)(?![\w.]*[\w])(?!\.\d)", self.code):
            if is_pattern(self.code, match.start()):
                continue
            numbers = [self.mutant(match.start(), f"`{match.group(1)}` becomes one {what}") for what in ("more", "less")]
            self.edits.append(
                (match.start(), match.end(), f"mutated(number: {numbers[0]}, {numbers[1]}, {match.group(1)})"))

    def booleans(self):
        for match in re.finditer(r"\b(true|false)\b", self.code):
            if is_pattern(self.code, match.start()):
                continue
            number = self.mutant(match.start(), f"`{match.group(1)}` is turned round")
            self.edits.append((match.start(), match.end(), f"mutated(truth: {number}, {match.group(1)})"))

    def extremes(self):
        for match in re.finditer(r"(?<![\w.])(min|max)\(", self.code):
            other = "max" if match.group(1) == "min" else "min"
            number = self.mutant(match.start(), f"`{match.group(1)}` becomes `{other}`")
            self.edits.append((match.start(), match.end(), f"mutated{match.group(1).title()}({number}, "))


class Symbols:
    """An operator of its own for each place, as a name cannot carry the number: its signs do, in binary."""

    GROUPS = {
        "<": "ComparisonPrecedence", "<=": "ComparisonPrecedence", ">": "ComparisonPrecedence",
        ">=": "ComparisonPrecedence", "==": "ComparisonPrecedence", "!=": "ComparisonPrecedence",
        "&&": "LogicalConjunctionPrecedence", "||": "LogicalDisjunctionPrecedence",
        "+": "AdditionPrecedence", "-": "AdditionPrecedence",
    }

    def __init__(self):
        self.count, self.declarations, self.functions = 0, [], []

    def add(self, operator, others, numbers):
        self.count += 1
        sign = "~" + "".join("^%"[int(bit)] for bit in f"{self.count:010b}") + "~"
        if operator == "!":
            self.declarations.append(f"prefix operator {sign}")
            self.functions.append(
                f"public prefix func {sign} (_ value: Bool) -> Bool {{ isActive({numbers[0]}) ? value : !value }}")
            return sign
        self.declarations.append(f"infix operator {sign}: {self.GROUPS[operator]}")
        if operator in LOGIC:
            self.functions.append(
                f"public func {sign} (_ l: Bool, _ r: @autoclosure () throws -> Bool) rethrows -> Bool "
                f"{{ isActive({numbers[0]}) ? try l {others[0]} r() : try l {operator} r() }}")
            return sign
        if operator in ARITHMETIC:
            for kind in ("T: AdditiveArithmetic",):
                self.functions.append(
                    f"public func {sign} <{kind}>(_ l: T, _ r: T) -> T "
                    f"{{ isActive({numbers[0]}) ? l {others[0]} r : l {operator} r }}")
            return sign
        kind = "Equatable" if operator in ("==", "!=") else "Comparable"
        cases = "".join(f"if isActive({number}) {{ return l {other} r }}; " for number, other in zip(numbers, others))
        self.functions.append(
            f"public func {sign} <T: {kind}>(_ l: T, _ r: T) -> Bool {{ {cases}return l {operator} r }}")
        if kind == "Equatable":
            flipped = "".join(f"if isActive({number}) {{ return l {other} nil }}; " for number, other in zip(numbers, others))
            self.functions.append(
                f"public func {sign} <T>(_ l: T?, _ r: _OptionalNilComparisonType) -> Bool "
                f"{{ {flipped}return l {operator} nil }}")
        return sign

    def source(self):
        return "\n".join([*self.declarations, *self.functions])


SWITCH = """
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The mutant that this process runs, counted from 1; none is 0.
public let activeMutant: Int = getenv("MUTANT").flatMap { Int(String(cString: $0)) } ?? 0

public func isActive(_ number: Int) -> Bool { number == activeMutant }

public func mutated(condition yes: Int, _ no: Int, _ value: Bool) -> Bool {
    isActive(yes) ? true : isActive(no) ? false : value
}
public func mutated<T>(binding number: Int, _ value: T?) -> T? { isActive(number) ? nil : value }
public func mutated<T: FixedWidthInteger>(number more: Int, _ less: Int, _ value: T) -> T {
    isActive(more) ? value &+ 1 : isActive(less) ? value &- 1 : value
}
public func mutated(truth number: Int, _ value: Bool) -> Bool { isActive(number) ? !value : value }
public func mutatedMin<T: Comparable>(_ number: Int, _ first: T, _ rest: T...) -> T {
    rest.reduce(first) { isActive(number) ? max($0, $1) : min($0, $1) }
}
public func mutatedMax<T: Comparable>(_ number: Int, _ first: T, _ rest: T...) -> T {
    rest.reduce(first) { isActive(number) ? min($0, $1) : max($0, $1) }
}
"""
