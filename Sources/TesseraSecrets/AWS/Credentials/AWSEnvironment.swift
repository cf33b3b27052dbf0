#if Secrets
import TesseraCore

/// The variables by which AWS's tools are configured.
public struct AWSEnvironment: Sendable {
    private let variable: @Sendable (String) -> String?

    /// Variables that a closure knows.
    public init(_ variable: @escaping @Sendable (_ name: String) -> String?) {
        self.variable = variable
    }

    /// The variables of this process, as they are when they are looked at.
    public static let process = AWSEnvironment { ProcessEnvironment.value($0) }

    /// Nil for what is not set and for what is empty.
    subscript(name: String) -> String? {
        variable(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    func isTrue(_ name: String) -> Bool { self[name]?.lowercased() == "true" }

    /// A file in `~/.aws`; nil without a home.
    func file(_ name: String, or override: String? = nil) -> String? {
        if let path = override.flatMap({ self[$0] }) { return expanded(path) }
        return self["HOME"].map { "\($0)/.aws/\(name)" }
    }

    private func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = self["HOME"] else { return path }
        return home + path.dropFirst()
    }
}
#endif
