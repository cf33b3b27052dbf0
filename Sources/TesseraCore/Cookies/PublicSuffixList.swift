/// Under which names anyone can register, such as `co.uk` (publicsuffix.org): no cookie is set for all of them.
///
/// The list is read at run time from where Debian's package `publicsuffix` puts it, so that it is as new as the system.
/// Without it a cookie's `Domain` counts only if it names the host itself: nothing is compiled in that could grow old.
public struct PublicSuffixList: Sendable, CustomStringConvertible {
    /// Where the system keeps the list.
    public static let systemPath = "/usr/share/publicsuffix/public_suffix_list.dat"
    /// The system's list, or ``none`` where there is none; read once.
    public static let system = PublicSuffixList(path: systemPath) ?? .none
    /// No list: only the host itself may be named.
    public static let none = PublicSuffixList(rules: [], wildcards: [], exceptions: [])

    private static let longestFile = 4_194_304

    private let rules: Set<String>
    private let wildcards: Set<String>
    private let exceptions: Set<String>

    private init(rules: Set<String>, wildcards: Set<String>, exceptions: Set<String>) {
        self.rules = rules
        self.wildcards = wildcards
        self.exceptions = exceptions
    }

    /// The list in a file; nil when it cannot be read or holds no rule.
    public init?(path: String) {
        guard let bytes = Platform.contents(of: path, limit: PublicSuffixList.longestFile),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        self.init(text: text)
        if isEmpty { return nil }
    }

    /// The list in its text form: a rule a line, comments behind two slashes.
    public init(text: String) {
        var (rules, wildcards, exceptions) = (Set<String>(), Set<String>(), Set<String>())
        for line in text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let rule = line.prefix { $0 != 0x20 && $0 != 0x09 }
            guard !rule.isEmpty, !rule.starts(with: "//".utf8) else { continue }
            if rule.first == UInt8(ascii: "!") {
                exceptions.insert(PublicSuffixList.ascii(rule.dropFirst()))
            } else if rule.starts(with: "*.".utf8) {
                wildcards.insert(PublicSuffixList.ascii(rule.dropFirst(2)))
            } else {
                rules.insert(PublicSuffixList.ascii(rule))
            }
        }
        self.init(rules: rules, wildcards: wildcards, exceptions: exceptions)
    }

    private static func ascii(_ rule: Substring.UTF8View) -> String {
        let text = String(Substring(rule)).lowercased()
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        return text.split(separator: ".", omittingEmptySubsequences: false).map { label in
            label.utf8.allSatisfy { $0 < 0x80 } ? String(label) : Punycode.label(label)
        }.joined(separator: ".")
    }

    /// Whether there are no rules.
    public var isEmpty: Bool { rules.isEmpty && wildcards.isEmpty }

    /// The public suffix of a host in lower-case ASCII; its last label where no rule says more.
    public func suffix(of host: String) -> String {
        var rest = host[...]
        while let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
            let parent = rest[rest.index(after: dot)...]
            if exceptions.contains(String(rest)) { return String(parent) }
            if rules.contains(String(rest)) || wildcards.contains(String(parent)) { return String(rest) }
            rest = parent
        }
        return String(rest)
    }

    /// Whether a cookie of `host` may name `domain`, which `host` is or lies below.
    func allows(_ domain: String, for host: String) -> Bool {
        isEmpty ? domain == host : suffix(of: domain) != domain
    }

    /// What belongs together: the public suffix with one label more. Addresses, and suffixes themselves, stand alone.
    func site(of host: String) -> String {
        guard !isEmpty, !Cookie.isAddress(host) else { return host }
        let suffix = suffix(of: host)
        guard host.utf8.count > suffix.utf8.count + 1 else { return host }
        let label = host.dropLast(suffix.count + 1).split(separator: ".").last ?? ""
        return "\(label).\(suffix)"
    }

    /// The number of rules.
    public var description: String { "PublicSuffixList(\(rules.count + wildcards.count + exceptions.count) rules)" }
}

/// Labels of international names in ASCII (RFC 3492): the rules of the list are Unicode, hosts are not.
enum Punycode {
    private static let digits = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)

    static func label(_ text: some StringProtocol) -> String {
        let points = text.unicodeScalars.map { Int($0.value) }
        var output = points.filter { $0 < 0x80 }.map { UInt8($0) }
        let basic = output.count
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (code, delta, bias, handled) = (0x80, 0, 72, basic)
        while handled < points.count {
            guard let next = points.filter({ $0 >= code }).min() else { break }
            // A label of 63 code points below 2^21 keeps this far below Int's end.
            delta += (next - code) * (handled + 1)
            code = next
            for point in points {
                if point < code { delta += 1 }
                guard point == code else { continue }
                appendInteger(delta, bias, to: &output)
                bias = adapted(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return "xn--" + String(decoding: output, as: UTF8.self)
    }

    private static func appendInteger(_ value: Int, _ bias: Int, to output: inout [UInt8]) {
        var (rest, k) = (value, 36)
        while true {
            let threshold = k <= bias ? 1 : min(26, k - bias)
            guard rest >= threshold else { break }
            output.append(digits[threshold + (rest - threshold) % (36 - threshold)])
            rest = (rest - threshold) / (36 - threshold)
            k += 36
        }
        output.append(digits[rest])
    }

    private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var (delta, k) = (isFirst ? delta / 700 : delta / 2, 0)
        delta += delta / count
        while delta > 455 {
            delta /= 35
            k += 36
        }
        return k + 36 * delta / (delta + 38)
    }
}
