"""Just enough of Swift's lexical structure to find places where a mutant can be put."""

import re


def blanked(text):
    """`text` of the same length, with comments replaced by spaces and what stands in strings by underscores."""
    out, position = list(text), 0
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"', re.S)
    while match := token.search(text, position):
        is_string = match.group().startswith('"')
        for index in range(match.start() + is_string, match.end() - is_string):
            if text[index] != "\n":
                out[index] = "_" if is_string else " "
        position = match.end()
    return "".join(out)


def conditions(code):
    """The clauses of each `guard` and `if`: (start, end, is a binding)."""
    for match in re.finditer(r"(?<!#)\b(guard|if)\b\s", code):
        end = end_of_conditions(code, match.end(), match.group(1))
        if end is None:
            continue
        for start, stop in split(code, match.end(), end):
            clause = code[start:stop]
            if re.match(r"(case|var|#)\b|#", clause):
                continue
            yield start, stop, bool(re.match(r"let\b", clause))


def end_of_conditions(code, position, keyword):
    depth = 0
    while position < len(code):
        character = code[position]
        if keyword == "if" and character == "{" and depth == 0:
            return position
        if keyword == "guard" and depth == 0 and re.match(r"else\b", code[position:]):
            return position
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth < 0:
                return None
        position += 1
    return None


def split(code, start, end):
    """The parts between commas outside brackets, without the blanks around them."""
    depth, begin = 0, start
    for position in range(start, end + 1):
        character = code[position] if position < end else ","
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            part = code[begin:position]
            left = begin + len(part) - len(part.lstrip())
            right = begin + len(part.rstrip())
            if left < right:
                yield left, right
            begin = position + 1


def is_pattern(code, position):
    """Whether a position lies in a `case` pattern, an attribute or a declaration of types."""
    start = code.rfind("\n", 0, position) + 1
    line = code[start:code.find("\n", position) if "\n" in code[position:] else len(code)]
    case = re.match(r"\s*(?:if |guard )?case\b", line)
    if case and position - start < end_of_pattern(line, case.end()):
        return True
    return bool(re.match(r"\s*(@|import |public struct|struct|extension|public enum|enum|package enum)", line))


def end_of_pattern(line, position):
    """Where the pattern of a `case` ends: at a colon or `=` outside brackets."""
    depth = 0
    for index in range(position, len(line)):
        if line[index] in "([{":
            depth += 1
        elif line[index] in ")]}":
            depth -= 1
        elif line[index] in ":=" and depth == 0:
            return index
    return len(line)
