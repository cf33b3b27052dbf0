import Synchronization

extension RawServer {
    /// Runs a server that answers all requests alike, except that the first ones meet the given faults in turn; nil is
    /// none.
    ///
    /// ```swift
    /// try await RawServer.withRunning(faults: [.resetBeforeAnswer, nil, .cutBody(after: 3)], answer: "hello") { server in
    ///     let api = try Session("\(server.origin)")
    ///     print(try await api.get("/").text)
    /// }
    /// ```
    public static func withRunning<Result>(
        faults: [WireFault?], status: Int = 200, headers: [String: String] = [:], answer: String = "",
        body: (RawServer) async throws -> Result
    ) async throws -> Result {
        let script = FaultScript(faults)
        return try await withRunning(
            { connection in
                while try connection.readRequest() != nil {
                    guard try connection.answer(script.next(), status, headers, answer) else { return }
                }
            }, body: body)
    }
}

/// The faults that are still to come, whatever connection meets them.
private final class FaultScript: Sendable {
    private let rest: Mutex<ArraySlice<WireFault?>>

    init(_ faults: [WireFault?]) { rest = Mutex(faults[...]) }

    func next() -> WireFault? { rest.withLock { $0.popFirst() ?? nil } }
}

extension RawConnection {
    /// Answers one request with one fault; false when the connection is over.
    fileprivate func answer(
        _ fault: WireFault?, _ status: Int, _ headers: [String: String], _ body: String
    ) throws -> Bool {
        let fields = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        let start = "HTTP/1.1 \(status) Scripted\r\n\(fields)"
        let whole = "\(start)Content-Length: \(body.utf8.count)\r\n\r\n"
        switch fault {
        case nil:
            try write(whole + body)
            return true
        case .closedBeforeAnswer:
            return false
        case .resetBeforeAnswer:
            reset()
            return false
        case .silence:
            try waitForClose(within: .seconds(3600))
            return false
        case .slowHead(let delay):
            try pause(delay)
            try write(whole + body)
            return true
        case .cutHead:
            try write(String(start.prefix(12)))
            return false
        case .garbage:
            try write("this is no HTTP\r\n\r\n")
            return false
        case .cutBody(let count):
            // One byte more than there is, so that also an empty or whole body is cut.
            let length = max(body.utf8.count, max(0, count) + 1)
            try write("\(start)Content-Length: \(length)\r\n\r\n")
            try write(Array(body.utf8.prefix(max(0, count))))
            return false
        case .cutChunked(let count):
            let part = Array(body.utf8.prefix(max(0, count)))
            try write("\(start)Transfer-Encoding: chunked\r\n\r\n")
            if !part.isEmpty { try write(Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [13, 10]) }
            return false
        case .dripping(let bytes, let gap):
            try write(whole)
            var rest = Array(body.utf8)[...]
            while !rest.isEmpty {
                try pause(gap)
                try write(Array(rest.prefix(max(1, bytes))))
                rest = rest.dropFirst(max(1, bytes))
            }
            return true
        }
    }
}
