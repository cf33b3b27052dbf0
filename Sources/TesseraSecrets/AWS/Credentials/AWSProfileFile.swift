#if Secrets
/// The format of `~/.aws/config` and `~/.aws/credentials`: sections of names and values.
///
/// Lines that mean nothing are passed over, as AWS's tools do. Values that stand in further, indented lines are left out:
/// none that is needed here has such.
struct AWSProfileFile: Sendable, Hashable {
    /// The most that is read of a file.
    static let longest = 1_048_576

    /// By the whole text between the brackets.
    private(set) var sections: [String: [String: String]] = [:]

    init() {}

    init(_ text: String) {
        var section: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let isIndented = line.first == " " || line.first == "\t"
            let content = line.trimmingSpaces()
            guard let first = content.first, first != "#", first != ";" else { continue }
            if first == "[" {
                section = content.firstIndex(of: "]").map {
                    Self.name(content[content.index(after: content.startIndex)..<$0])
                }
                if let section { sections[section] = sections[section] ?? [:] }
            } else if let section, !isIndented, let mark = content.firstIndex(of: "=") {
                let name = content[..<mark].trimmingSpaces().lowercased()
                sections[section]?[name] = String(content[content.index(after: mark)...].trimmingSpaces())
            }
        }
    }

    /// `profile "a b"` and `profile a` as `profile a b` and `profile a`.
    private static func name(_ text: Substring) -> String {
        text.split { $0 == " " || $0 == "\t" }.joined(separator: " ").filter { $0 != "\"" && $0 != "'" }
    }
}

extension StringProtocol {
    fileprivate func trimmingSpaces() -> SubSequence {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        let head = drop(while: isSpace)
        guard let last = head.lastIndex(where: { !isSpace($0) }) else { return head.prefix(0) }
        return head[...last]
    }
}
#endif
