/// A place in a JSON document where what came is not what was expected; nil where one of both has nothing.
struct JSONDifference {
    /// RFC 6901.
    var pointer: String
    var expected: JSONValue?
    var seen: JSONValue?
}

extension JSONValue {
    /// Where `other` is not this document, in the order of names. `exactly` says whether further members of objects
    /// count.
    func differences(from other: JSONValue, exactly: Bool, at pointer: String = "") -> [JSONDifference] {
        switch (self, other) {
        case (.integer(let left), .number(let right)), (.number(let right), .integer(let left)):
            return Double(left) == right ? [] : [JSONDifference(pointer: pointer, expected: self, seen: other)]
        case (.object(let expected), .object(let seen)):
            let names = Set(expected.keys).union(exactly ? Set(seen.keys) : [])
            return names.sorted().flatMap { name -> [JSONDifference] in
                let place = "\(pointer)/\(JSONValue.escaped(name))"
                guard let left = expected[name], let right = seen[name] else {
                    return [JSONDifference(pointer: place, expected: expected[name], seen: seen[name])]
                }
                return left.differences(from: right, exactly: exactly, at: place)
            }
        case (.array(let expected), .array(let seen)):
            return (0..<max(expected.count, seen.count)).flatMap { index -> [JSONDifference] in
                let place = "\(pointer)/\(index)"
                guard index < expected.count, index < seen.count else {
                    // `nil` would be JSON's null here.
                    let expected = index < expected.count ? Optional.some(expected[index]) : .none
                    let seen = index < seen.count ? Optional.some(seen[index]) : .none
                    return [JSONDifference(pointer: place, expected: expected, seen: seen)]
                }
                return expected[index].differences(from: seen[index], exactly: exactly, at: place)
            }
        default:
            return self == other ? [] : [JSONDifference(pointer: pointer, expected: self, seen: other)]
        }
    }

    private static func escaped(_ name: String) -> String {
        name.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
    }
}
