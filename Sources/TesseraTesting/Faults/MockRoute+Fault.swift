import TesseraCore

extension MockRoute {
    /// Lets something go wrong on the wire, as a transport over a socket would report it.
    ///
    /// What can be sent before it goes wrong is sent: `status`, `headers` and the part of `body` that the fault leaves.
    @discardableResult
    public func fault(
        _ fault: WireFault, status: Int = 200, headers: [String: String] = [:], body: String = ""
    ) -> MockRoute {
        var reply = MockReply(status: status, fields: MockRoute.sorted(headers), body: Array(body.utf8))
        switch fault {
        case .closedBeforeAnswer: return fail(.disconnected)
        case .resetBeforeAnswer: return fail(.disconnected)
        case .cutHead: return fail(.disconnected)
        case .garbage: return fail(.protocolViolation)
        case .silence: return add(.silence, .zero)
        case .slowHead(let delay): return add(.reply(reply), delay)
        case .cutBody(let count), .cutChunked(let count):
            let left = String(decoding: body.utf8.prefix(max(0, count)), as: UTF8.self)
            return cut(status: status, headers: headers, body: left)
        case .dripping(let bytes, let gap):
            let all = reply.body
            let size = max(1, bytes)
            reply.chunks = stride(from: 0, to: all.count, by: size).map {
                Array(all[$0..<min(all.count, $0 + size)])
            }
            reply.gap = gap
            return add(.reply(reply), .zero)
        }
    }
}
