#if CLI
/// Reads the files of a tree, in the order of their names. Nothing in the tree is followed, executed or obeyed but its
/// ignore files.
struct TreeWalk {
    /// A file that was read.
    struct File {
        /// The path as it follows from what the person has named.
        var path: TreePath
        /// The path from the root of the working tree, which is the same from wherever the scan was started.
        var pathInRepository: TreePath
        var contents: [UInt8]
    }

    private struct Level {
        var folder: OpenFolder
        var names: [[UInt8]]
        var next = 0
        var path: TreePath
        var pathInRepository: TreePath
        var rules: IgnoreRules
    }

    var limits = ScanLimits()
    /// Whether `.gitignore` files count.
    var respectsIgnoreFiles = true
    /// Whether files with NUL bytes are read as well.
    var readsBinaryFiles = false
    /// What a person has excluded, in the same language.
    var exclusions = IgnoreFile([])

    /// Where git looks for the byte that makes a file a binary one (its `buffer_is_binary`).
    static let binaryBlock = 8000

    static func isBinary(_ contents: [UInt8]) -> Bool { contents.prefix(binaryBlock).contains(0) }

    /// - Parameters:
    ///   - name: A folder or a file, which may be a link: a person has named it.
    ///   - visit: Takes each file; returns whether to go on.
    /// - Throws: When what was named is not there or is neither.
    func run(_ name: String, _ coverage: inout ScanCoverage, _ visit: (File) throws -> Bool) throws {
        let path = TreeWalk.path(of: name)
        switch try OpenFolder.kind(named: name) {
        case .folder:
            let repository = EnclosingRepository.around(name)
            let first = try level(
                OpenFolder(named: name), path, TreePath(repository.prefix), repository.rules, &coverage)
            try descend(from: first, prefix: repository.prefix, &coverage, visit)
        case .file:
            let parent = name.lastIndex(of: "/").map { name[..<$0].isEmpty ? "/" : String(name[..<$0]) } ?? "."
            let last = Array(name.utf8.split(separator: UInt8(ascii: "/")).last ?? [])
            let inRepository = TreePath(EnclosingRepository.around(parent).prefix).appending(last)
            guard let contents = try OpenFolder.contents(named: name, limit: limits.fileSize) else {
                return coverage.omit(path, .tooLarge)
            }
            _ = try offer(File(path: path, pathInRepository: inRepository, contents: contents), &coverage, visit)
        case .link, .special: throw NotReadable(name: name)
        }
    }

    struct NotReadable: Error {
        var name: String
    }

    private func descend(
        from first: Level, prefix: [UInt8], _ coverage: inout ScanCoverage, _ visit: (File) throws -> Bool
    ) throws {
        let below = prefix.isEmpty ? 0 : prefix.count + 1
        var levels = [first]
        while let level = levels.last {
            guard level.next < level.names.count else {
                levels.removeLast()
                continue
            }
            levels[levels.count - 1].next += 1
            let name = level.names[level.next]
            guard name != Array(".git".utf8) else { continue }
            let path = level.path.appending(name)
            let inRepository = level.pathInRepository.appending(name)
            guard inRepository.bytes.count - below <= limits.pathLength else {
                coverage.omit(path, .pathTooLong)
                continue
            }
            guard let kind = level.folder.kind(of: name) else {
                coverage.omit(path, .vanished)
                continue
            }
            let isFolder = kind == .folder
            guard kind != .link, kind != .special else {
                coverage.omit(path, kind == .link ? .link : .special)
                continue
            }
            guard exclusions.ignores(inRepository.bytes.dropFirst(below), isFolder: isFolder) != true else {
                coverage.omit(path, .excluded)
                continue
            }
            guard !respectsIgnoreFiles || !level.rules.ignores(inRepository.bytes, isFolder: isFolder) else {
                coverage.omit(path, .ignored)
                continue
            }
            let contents: [UInt8]?
            do throws(OpenFolder.Failure) {
                if isFolder {
                    guard levels.count < limits.depth else {
                        coverage.omit(path, .tooDeep)
                        continue
                    }
                    levels.append(
                        try self.level(level.folder.folder(name), path, inRepository, level.rules, &coverage))
                    continue
                }
                contents = try level.folder.contents(of: name, limit: limits.fileSize)
            } catch {
                coverage.omit(path, error.isAbsence ? .vanished : error.isOtherKind ? .special : .unreadable)
                continue
            }
            guard let contents else {
                coverage.omit(path, .tooLarge)
                continue
            }
            let file = File(path: path, pathInRepository: inRepository, contents: contents)
            guard try offer(file, &coverage, visit) else { return }
        }
    }

    private func offer(
        _ file: File, _ coverage: inout ScanCoverage, _ visit: (File) throws -> Bool
    ) throws -> Bool {
        guard readsBinaryFiles || !TreeWalk.isBinary(file.contents) else {
            coverage.omit(file.path, .binary)
            return true
        }
        coverage.read(bytes: file.contents.count)
        return try visit(file)
    }

    /// Enters a folder. A repository inside of another one has rules of its own.
    private func level(
        _ folder: OpenFolder, _ path: TreePath, _ inRepository: TreePath, _ inherited: IgnoreRules,
        _ coverage: inout ScanCoverage
    ) throws(OpenFolder.Failure) -> Level {
        let (names, areAll) = try folder.names(limit: limits.namesPerFolder)
        if !areAll { coverage.omit(path, .tooManyNames) }
        var rules = inherited
        let base = inRepository.bytes.isEmpty ? 0 : inRepository.bytes.count + 1
        if respectsIgnoreFiles {
            if names.contains(Array(".git".utf8)) {
                rules = IgnoreRules()
                rules.appendExclusions(of: folder, base: base)
            }
            rules.appendIgnoreFile(of: folder, base: base)
        }
        return Level(folder: folder, names: names, path: path, pathInRepository: inRepository, rules: rules)
    }

    /// A name as the beginning of paths: `.` adds nothing to them.
    private static func path(of name: String) -> TreePath {
        var bytes = Array(name.utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return TreePath(bytes == [UInt8(ascii: ".")] ? [] : bytes)
    }
}
#endif
