#if CLI
/// The git working tree in which a folder lies, found without git.
struct EnclosingRepository {
    /// What the ignore files above the folder say.
    var rules = IgnoreRules()
    /// The folder's path from the root of the working tree; empty for the root itself, and outside of any.
    var prefix: [UInt8] = []

    private static let mostLevels = 128
    private static let marker = Array(".git".utf8)
    private static let ignoreFile = Array(".gitignore".utf8)

    /// Looks in the folders above `path`. Rules of other users do not count: in a shared folder such as /tmp somebody
    /// else's `.gitignore` could hide everything.
    static func around(_ path: String) -> EnclosingRepository {
        var repository = EnclosingRepository()
        guard let resolved = ResolvedPath.of(path), resolved.first == UInt8(ascii: "/") else { return repository }
        let names = resolved.split(separator: UInt8(ascii: "/")).map { Array($0) }
        guard names.count <= mostLevels else { return repository }
        guard let root = names.indices.reversed().first(where: { isRoot(names[...$0]) }) else { return repository }
        var levels = names[...root]
        repository.prefix = Array(names[(root + 1)...].joined(separator: [UInt8(ascii: "/")]))
        guard let top = try? OpenFolder(named: text(levels)), top.isOwn, root < names.count - 1 else {
            return repository
        }
        repository.rules.appendExclusions(of: top, base: 0)
        var folder = top
        for name in names[(root + 1)...] {
            // The folder itself is read by who enters it.
            repository.rules.appendIgnoreFile(of: folder, base: base(levels, under: root))
            guard levels.count < names.count - 1, let next = try? folder.folder(name), next.isOwn else { break }
            folder = next
            levels = names[...(levels.count)]
        }
        return repository
    }

    private static func isRoot(_ names: ArraySlice<[UInt8]>) -> Bool {
        (try? OpenFolder(named: text(names)))?.kind(of: marker) != nil
    }

    private static func text(_ names: ArraySlice<[UInt8]>) -> String {
        names.reduce(into: "") { $0 += "/" + String(decoding: $1, as: UTF8.self) }
    }

    private static func base(_ levels: ArraySlice<[UInt8]>, under root: Int) -> Int {
        levels.dropFirst(root + 1).reduce(0) { $0 + $1.count + 1 }
    }
}

extension IgnoreRules {
    /// `.gitignore`, which git does not read through a link either.
    mutating func appendIgnoreFile(of folder: OpenFolder, base: Int) {
        append(folder, Array(".gitignore".utf8), base: base)
    }

    /// `.git/info/exclude`, which comes after all others and so has to be appended first.
    mutating func appendExclusions(of folder: OpenFolder, base: Int) {
        guard let info = try? folder.folder(Array(".git".utf8)).folder(Array("info".utf8)) else { return }
        append(info, Array("exclude".utf8), base: base)
    }

    private mutating func append(_ folder: OpenFolder, _ name: [UInt8], base: Int) {
        guard let bytes = try? folder.contents(of: name, limit: IgnoreFile.longest) else { return }
        append(IgnoreFile(bytes), base: base)
    }
}
#endif
