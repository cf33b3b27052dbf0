/// The parts of an absolute URL such as `http://127.0.0.1:8080/users/me`.
package struct Target: Sendable {
    package let url: String
    package let scheme: String
    package let host: String
    package let port: Int
    package let path: String

    package var authority: String { "\(host):\(port)" }
    package var isSecure: Bool { scheme == "https" }

    package init?(_ url: String) {
        guard let mark = url.firstRange(of: "://") else { return nil }
        scheme = String(url[..<mark.lowerBound])
        guard scheme == "http" || scheme == "https" else { return nil }

        let rest = url[mark.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = slash == rest.endIndex ? "/" : String(rest[slash...])

        let parts = rest[..<slash].split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, !first.isEmpty, parts.count <= 2 else { return nil }
        host = String(first)
        if parts.count == 2 {
            guard let number = UInt16(parts[1]) else { return nil }
            port = Int(number)
        } else {
            port = scheme == "https" ? 443 : 80
        }
        self.url = url
    }
}
