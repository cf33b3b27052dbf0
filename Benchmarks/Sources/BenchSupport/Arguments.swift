/// The command line.
struct Arguments {
    enum Problem: Error, CustomStringConvertible {
        case unknownOption(String)
        case missing(String)
        case unknownMode(String, known: [String])
        case invalid(option: String, value: String)

        var description: String {
            switch self {
            case .unknownOption(let name): "unknown option \(name)\n\(Arguments.usage)"
            case .unknownMode(let name, let known): "unknown mode \(name); known: \(known.joined(separator: " "))"
            case .missing(let name): "\(name) is missing\n\(Arguments.usage)"
            case .invalid(let option, let value): "\(option): cannot use \(value)\n\(Arguments.usage)"
            }
        }
    }

    static let usage = """
        usage: bench-client --mode M --requests N --concurrency C --url URL
                            [--warm-up N] [--token T] [--ca FILE]
                            [--parts N] [--connections N] [--origins N] [--bytes N]
        """

    var mode: any Mode.Type
    var requests: Int
    var warmUp: Int
    /// How many equal parts the run is cut into, each with figures of its own.
    var parts: Int
    var plan: Plan

    init(_ words: some Sequence<String>, modes: [any Mode.Type]) throws {
        var values: [String: String] = [:]
        var rest = words.makeIterator()
        while let word = rest.next() {
            switch word {
            case "--mode", "--requests", "--concurrency", "--url", "--warm-up", "--token", "--ca",
                "--parts", "--connections", "--origins", "--bytes":
                guard let value = rest.next() else { throw Problem.missing("the value of \(word)") }
                values[word] = value
            default:
                throw Problem.unknownOption(word)
            }
        }

        func count(_ option: String, default fallback: Int? = nil) throws -> Int {
            guard let text = values[option] else {
                guard let fallback else { throw Problem.missing(option) }
                return fallback
            }
            guard let number = Int(text), number > 0 else {
                throw Problem.invalid(option: option, value: text)
            }
            return number
        }

        guard let name = values["--mode"] else { throw Problem.missing("--mode") }
        guard let mode = modes.first(where: { $0.name == name }) else {
            throw Problem.unknownMode(name, known: modes.map { $0.name })
        }
        guard let url = values["--url"] else { throw Problem.missing("--url") }
        guard let target = Target(url) else { throw Problem.invalid(option: "--url", value: url) }

        self.mode = mode
        self.requests = try count("--requests")
        let concurrency = try count("--concurrency")
        self.warmUp = try count("--warm-up", default: max(32, 4 * concurrency))
        self.parts = try count("--parts", default: 1)
        self.plan = Plan(
            target: target,
            concurrency: concurrency,
            bearerToken: values["--token"] ?? "test-token",
            certificateAuthority: values["--ca"],
            connections: try count("--connections", default: concurrency),
            origins: try count("--origins", default: 1),
            bytes: try count("--bytes", default: 1)
        )
    }
}
