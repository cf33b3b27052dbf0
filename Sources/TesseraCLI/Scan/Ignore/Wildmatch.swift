#if CLI
/// A glob as git's wildmatch.c reads it (gitignore(5), "PATTERN FORMAT"), over bytes.
///
/// All ways to match are followed at once, so that a hostile pattern costs its length times the length of the path and
/// not more.
struct Wildmatch: Sendable {
    private enum Token {
        case byte(UInt8)
        /// `?`: any byte but a slash.
        case one
        /// `*`: any bytes but slashes.
        case many
        /// `**` at the end or before an escaped slash: any bytes.
        case anything
        /// `**/`: nothing, or any bytes that end with a slash.
        case folders
        case set(ByteSet)
    }

    /// Nil for a pattern that matches nothing: it is malformed.
    private let tokens: [Token]?

    init(_ pattern: ArraySlice<UInt8>) {
        tokens = Wildmatch.parse(pattern)
    }

    private static func parse(_ pattern: ArraySlice<UInt8>) -> [Token]? {
        var tokens: [Token] = []
        var position = pattern.startIndex
        func at(_ index: Int) -> UInt8? { pattern.indices.contains(index) ? pattern[index] : nil }
        while let byte = at(position) {
            switch byte {
            case UInt8(ascii: "\\"):
                guard let next = at(position + 1) else { return nil }
                tokens.append(.byte(next))
                position += 2
            case UInt8(ascii: "?"):
                tokens.append(.one)
                position += 1
            case UInt8(ascii: "["):
                guard let (set, end) = ByteSet.parse(pattern, from: position) else { return nil }
                tokens.append(.set(set))
                position = end
            case UInt8(ascii: "*"):
                let first = position
                while at(position) == UInt8(ascii: "*") { position += 1 }
                let isBehindSlash = first == pattern.startIndex || at(first - 1) == UInt8(ascii: "/")
                guard position - first > 1, isBehindSlash else {
                    tokens.append(.many)
                    continue
                }
                switch (at(position), at(position + 1)) {
                case (UInt8(ascii: "/"), _):
                    tokens.append(.folders)
                    position += 1
                case (nil, _), (UInt8(ascii: "\\"), UInt8(ascii: "/")): tokens.append(.anything)
                default: tokens.append(.many)
                }
            default:
                tokens.append(.byte(byte))
                position += 1
            }
        }
        return tokens
    }

    func matches(_ text: ArraySlice<UInt8>) -> Bool {
        guard let tokens else { return false }
        // Which tokens the text so far may have come to.
        var places = [Bool](repeating: false, count: tokens.count + 1)
        // Inside of `**/`: bytes were taken, the slash is still to come.
        var isInFolders = [Bool](repeating: false, count: tokens.count + 1)
        places[0] = true
        Wildmatch.skipEmpty(tokens, &places)
        for byte in text {
            var next = [Bool](repeating: false, count: tokens.count + 1)
            var nextInFolders = next
            var isAlive = false
            for (place, token) in tokens.enumerated() where places[place] || isInFolders[place] {
                isAlive = true
                let isSlash = byte == UInt8(ascii: "/")
                switch token {
                case .byte(let expected): if byte == expected { next[place + 1] = true }
                case .one: if !isSlash { next[place + 1] = true }
                case .set(let set): if !isSlash, set.contains(byte) { next[place + 1] = true }
                case .many: if !isSlash { next[place] = true }
                case .anything: next[place] = true
                case .folders:
                    nextInFolders[place] = true
                    if isSlash { next[place + 1] = true }
                }
            }
            guard isAlive else { return false }
            places = next
            isInFolders = nextInFolders
            Wildmatch.skipEmpty(tokens, &places)
        }
        return places[tokens.count]
    }

    private static func skipEmpty(_ tokens: [Token], _ places: inout [Bool]) {
        for (place, token) in tokens.enumerated() where places[place] {
            switch token {
            case .many, .anything, .folders: places[place + 1] = true
            case .byte, .one, .set: break
            }
        }
    }
}
#endif
