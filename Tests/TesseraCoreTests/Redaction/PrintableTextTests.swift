import Testing

@testable import TesseraCore

@Suite("PrintableText (threat D1)")
struct PrintableTextTests {
    @Test(
        "nothing that moves a cursor, forges a line or hides text comes through",
        arguments: [
            "\u{1B}[31mred", "\u{1B}]52;c;aGVsbG8=\u{7}", "\u{1B}]0;title\u{1B}\\", "\u{1B}]8;;https://evil\u{7}x",
            "\u{9B}31m", "\u{9D}52;c;x\u{9C}", "\u{90}x", "a\r\nINFO forged", "a\nb", "a\rb", "a\u{85}b", "a\u{2028}b",
            "a\u{2029}b", "a\tb", "a\u{0}b", "a\u{8}b", "a\u{7F}b", "\u{202E}evil", "\u{202A}\u{202C}",
            "\u{2066}x\u{2069}",
            "\u{200B}x", "\u{200E}", "\u{200F}", "\u{FEFF}", "\u{AD}", "\u{E0001}\u{E0041}", "\u{E000}", "\u{FFF9}",
            "\u{061C}", "\u{180E}",
        ])
    func hostile(text: String) {
        let clean = PrintableText.singleLine(text)
        for scalar in clean.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            #expect(
                !isControl && ![0x2028, 0x2029, 0x202E, 0x202A, 0x2066, 0x200B, 0xFEFF, 0xAD].contains(scalar.value))
            #expect(PrintableText.isPrintable(scalar))
        }
        #expect(clean.contains("\u{FFFD}"))
    }

    @Test(
        "ordinary text stays as it is", arguments: ["plain", "Zoë 日本 😀 e\u{301}", "a b  c", "", "100 % & <x>", "→ ‹›"])
    func ordinary(text: String) {
        #expect(PrintableText.singleLine(text) == text)
    }

    @Test("long text is cut, also when it is one endless character")
    func bounded() {
        #expect(PrintableText.singleLine(String(repeating: "x", count: 501)).count == 503)
        #expect(PrintableText.singleLine(String(repeating: "x", count: 500)).count == 500)
        #expect(
            PrintableText.singleLine("a" + String(repeating: "\u{301}", count: 100_000)).unicodeScalars.count == 503)
        #expect(PrintableText.singleLine("abcdef", limit: 3) == "abc...")
    }
}
