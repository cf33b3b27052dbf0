#if CLI
/// One line of a `.gitignore` (gitignore(5)).
struct IgnorePattern: Sendable {
    /// Whether it takes back what earlier ones ignore.
    let isNegative: Bool
    private let isForFoldersOnly: Bool
    /// Whether it is compared with the last component alone, in every folder below.
    private let isForNames: Bool
    private let glob: Glob

    /// The usual ones are compared without the machinery of globs.
    private enum Glob {
        case literal([UInt8])
        /// `*` and a literal, for names.
        case suffix([UInt8])
        /// The part without wildcards, and what follows it: that is a pattern of its own for git, so that in `a**/b` the
        /// `**/` stands at a beginning.
        case wildcards(prefix: [UInt8], rest: Wildmatch)
    }

    /// The longest pattern that is understood, in bytes.
    static let longest = 4096

    /// - Returns: Nil for comments and blank lines, and for what is too long.
    init?(line: ArraySlice<UInt8>) {
        guard !line.isEmpty, line.first != UInt8(ascii: "#"), line.count <= IgnorePattern.longest else { return nil }
        // git's are strings of C.
        var pattern = IgnorePattern.withoutTrailingSpaces(line.prefix { $0 != 0 })
        isNegative = pattern.first == UInt8(ascii: "!")
        if isNegative { pattern = pattern.dropFirst() }
        isForFoldersOnly = pattern.last == UInt8(ascii: "/")
        if isForFoldersOnly { pattern = pattern.dropLast() }
        isForNames = !pattern.contains(UInt8(ascii: "/"))
        if pattern.first == UInt8(ascii: "/") { pattern = pattern.dropFirst() }
        let plain = pattern.prefix { !IgnorePattern.isSpecial($0) }
        if plain.count == pattern.count {
            glob = .literal(Array(pattern))
        } else if isForNames, pattern.first == UInt8(ascii: "*"),
            !pattern.dropFirst().contains(where: IgnorePattern.isSpecial)
        {
            glob = .suffix(Array(pattern.dropFirst()))
        } else {
            glob = .wildcards(prefix: Array(plain), rest: Wildmatch(pattern[plain.endIndex...]))
        }
    }

    /// Whether it speaks about a path, which is relative to the folder of its file.
    func matches(_ path: ArraySlice<UInt8>, isFolder: Bool) -> Bool {
        guard isFolder || !isForFoldersOnly else { return false }
        let text: ArraySlice<UInt8>
        if isForNames {
            let slash = path.lastIndex(of: UInt8(ascii: "/"))
            text = slash.map { path[($0 + 1)...] } ?? path
        } else {
            text = path
        }
        switch glob {
        case .literal(let bytes): return text.elementsEqual(bytes)
        case .suffix(let bytes): return text.count >= bytes.count && text.suffix(bytes.count).elementsEqual(bytes)
        case .wildcards(let prefix, let rest):
            return text.starts(with: prefix) && rest.matches(text.dropFirst(prefix.count))
        }
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
            || byte == UInt8(ascii: "\\")
    }

    /// Spaces at the end do not count, unless a backslash is before the first of them.
    private static func withoutTrailingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var firstSpace: Int?
        var position = line.startIndex
        while position < line.endIndex {
            switch line[position] {
            case UInt8(ascii: " "): firstSpace = firstSpace ?? position
            case UInt8(ascii: "\\"):
                position += 1
                guard position < line.endIndex else { return line }
                firstSpace = nil
            default: firstSpace = nil
            }
            position += 1
        }
        return line[..<(firstSpace ?? line.endIndex)]
    }
}
#endif
