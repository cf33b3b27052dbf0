/// `--name value` pairs.
struct Arguments {
    private var values: [String: String] = [:]

    init(_ words: some Sequence<String>) throws {
        var words = words.makeIterator()
        while let name = words.next() {
            guard name.hasPrefix("--"), let value = words.next() else { throw Unusable("\(name) has no value") }
            values[String(name.dropFirst(2))] = value
        }
    }

    func text(_ name: String) -> String? { values[name] }

    func number(_ name: String, _ fallback: Int) throws -> Int {
        guard let text = values[name] else { return fallback }
        guard let number = Int(text), number >= 0 else { throw Unusable("--\(name) \(text) is no number") }
        return number
    }

    struct Unusable: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
