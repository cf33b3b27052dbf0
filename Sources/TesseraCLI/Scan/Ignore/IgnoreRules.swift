#if CLI
/// The patterns of one `.gitignore`; of those that speak about a path the last one decides.
struct IgnoreFile: Sendable {
    private let patterns: [IgnorePattern]

    /// The longest file that is read, in bytes.
    static let longest = 1_048_576
    /// The most patterns of one file that count.
    static let mostPatterns = 10_000

    init(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        let lines = text.split(separator: UInt8(ascii: "\n")).lazy.map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        patterns = Array(lines.compactMap { IgnorePattern(line: $0) }.prefix(IgnoreFile.mostPatterns))
    }

    /// - Returns: Nil when no pattern speaks about the path.
    func ignores(_ path: ArraySlice<UInt8>, isFolder: Bool) -> Bool? {
        patterns.last { $0.matches(path, isFolder: isFolder) }.map { !$0.isNegative }
    }

    /// Whether a file is ignored, itself or with a folder that it is in.
    func ignoresFile(_ path: [UInt8]) -> Bool {
        guard !isEmpty else { return false }
        for (place, byte) in path.enumerated() where byte == UInt8(ascii: "/") {
            if ignores(path[..<place], isFolder: true) == true { return true }
        }
        return ignores(path[...], isFolder: false) == true
    }

    var isEmpty: Bool { patterns.isEmpty }
}

/// What the `.gitignore` files from a repository's root down to one folder say together. The nearest file that speaks
/// about a path decides; `.git/info/exclude` comes last. What lies in an ignored folder is ignored whatever they say, so
/// whoever asks must not enter one.
struct IgnoreRules: Sendable {
    private var levels: [(base: Int, file: IgnoreFile)] = []

    /// - Parameter base: How many bytes of the paths that will be asked about name the file's folder, its slash included.
    mutating func append(_ file: IgnoreFile, base: Int) {
        if !file.isEmpty { levels.append((base, file)) }
    }

    func ignores(_ path: [UInt8], isFolder: Bool) -> Bool {
        for (base, file) in levels.reversed() where base <= path.count {
            if let answer = file.ignores(path[base...], isFolder: isFolder) { return answer }
        }
        return false
    }
}
#endif
