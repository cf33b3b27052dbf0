/// Other settings for what lies at or below a URL: what `Session.Configuration.mount` was given.
struct SessionMount: Sendable {
    let prefix: String
    let change: @Sendable (inout Session.Configuration) -> Void
    /// Stands for the mount's credential, if it sets one.
    let authAssignment: UInt64

    /// The URL of the prefix, below `base` if it is a path.
    func url(below base: BaseURL) throws -> AbsoluteURL {
        let url =
            prefix.utf8.first == UInt8(ascii: "/") && !prefix.hasPrefix("//")
            ? try AbsoluteURL("\(base.origin)\(base.path)\(prefix)") : try AbsoluteURL(prefix)
        guard url.query == nil else {
            throw TesseraError(.invalidURL, "the prefix of a mount holds a query", remedy: "name a path only")
        }
        return url
    }
}

/// The mounts of a session with their settings, the longest prefix first.
struct SessionMounts: Sendable {
    private struct Entry: Sendable {
        let scope: OriginSet
        let core: SessionCore
    }

    private let entries: [Entry]

    init(_ configuration: Session.Configuration, base: BaseURL, transport: any Transport) throws {
        var seen: Set<OriginSet> = []
        var found: [(length: Int, entry: Entry)] = []
        for mount in configuration.mounts {
            let url = try mount.url(below: base)
            let scope = OriginSet(url)
            guard seen.insert(scope).inserted else {
                throw TesseraError(.misconfigured, "two mounts have the prefix \(url)", remedy: "make one of them")
            }
            let settings = try configuration.mounted(mount, isSameOrigin: url.origin == base.origin)
            let core = try SessionCore(
                base: base, home: url.origin, configuration: settings, transport: transport,
                // A credential that the mount inherits stays the session's.
                credentialOrigins: settings.authAssignment == configuration.authAssignment
                    ? OriginSet(base.origin) : scope)
            found.append((url.path.utf8.count, Entry(scope: scope, core: core)))
        }
        entries = found.sorted { $0.length > $1.length }.map(\.entry)
    }

    /// Whose settings a call to `target` at `origin` has, if not the session's own.
    func core(for origin: Origin, target: String) -> SessionCore? {
        entries.first { $0.scope.contains(origin, target: target) }?.core
    }

    var cores: [SessionCore] { entries.map(\.core) }
}
