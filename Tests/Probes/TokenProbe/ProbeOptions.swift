#if NIO && OAuth
/// `--name value` pairs.
struct ProbeOptions {
    private var values: [String: String] = [:]

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let value = rest.popFirst() else {
                throw ProbeFailure("\(name) has no value")
            }
            values[String(name.dropFirst(2))] = value
        }
    }

    subscript(name: String) -> String? { values[name] }

    func required(_ name: String) throws -> String {
        guard let value = values[name] else { throw ProbeFailure("--\(name) is missing") }
        return value
    }

    func seconds(_ name: String) throws -> Duration? {
        guard let text = values[name] else { return nil }
        guard let number = Double(text), number >= 0, number < 1e6 else { throw ProbeFailure("--\(name) \(text)?") }
        return .milliseconds(Int64(number * 1000))
    }
}

struct ProbeFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
#endif
