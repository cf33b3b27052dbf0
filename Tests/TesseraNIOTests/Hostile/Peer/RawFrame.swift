#if NIO
/// A frame of HTTP/2 as it stands on the wire (RFC 9113 §4.1), right or wrong.
struct RawFrame: Sendable, Equatable {
    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let priority: UInt8 = 2
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let pushPromise: UInt8 = 5
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    enum Flag {
        static let endStream: UInt8 = 0x1
        static let ack: UInt8 = 0x1
        static let endHeaders: UInt8 = 0x4
        static let padded: UInt8 = 0x8
        static let priority: UInt8 = 0x20
    }

    /// RFC 9113 §7.
    enum Code {
        static let none: UInt32 = 0
        static let internalError: UInt32 = 2
        static let refusedStream: UInt32 = 7
        static let cancel: UInt32 = 8
        static let enhanceYourCalm: UInt32 = 11
    }

    var kind: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

    var bytes: [UInt8] {
        let count = UInt32(clamping: payload.count)
        return [
            UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8),
            UInt8(truncatingIfNeeded: count),
        ]
            + [kind, flags] + RawFrame.word(stream) + payload
    }

    static func word(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
    }

    /// The big-endian word at `offset` of the payload.
    func word(at offset: Int) -> UInt32 {
        payload.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    // MARK: Frames

    static func headers(
        _ stream: UInt32, _ fields: [(String, String)], end: Bool = false, flags: UInt8 = Flag.endHeaders
    ) -> RawFrame {
        RawFrame(
            kind: Kind.headers, flags: flags | (end ? Flag.endStream : 0), stream: stream,
            payload: HeaderBlock.literals(fields))
    }

    static func data(_ stream: UInt32, _ payload: [UInt8], end: Bool = false) -> RawFrame {
        RawFrame(kind: Kind.data, flags: end ? Flag.endStream : 0, stream: stream, payload: payload)
    }

    static func data(_ stream: UInt32, _ text: String, end: Bool = false) -> RawFrame {
        data(stream, Array(text.utf8), end: end)
    }

    static func reset(_ stream: UInt32, _ code: UInt32) -> RawFrame {
        RawFrame(kind: Kind.reset, stream: stream, payload: word(code))
    }

    static func goAway(last: UInt32, _ code: UInt32 = Code.none) -> RawFrame {
        RawFrame(kind: Kind.goAway, payload: word(last) + word(code))
    }

    static func settings(_ settings: KeyValuePairs<UInt16, UInt32> = [:]) -> RawFrame {
        RawFrame(
            kind: Kind.settings,
            payload: settings.flatMap { id, value in
                [UInt8(truncatingIfNeeded: id >> 8), UInt8(truncatingIfNeeded: id)] + word(value)
            })
    }

    static func ping(_ payload: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8], ack: Bool = false) -> RawFrame {
        RawFrame(kind: Kind.ping, flags: ack ? Flag.ack : 0, payload: payload)
    }

    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> RawFrame {
        RawFrame(kind: Kind.windowUpdate, stream: stream, payload: word(increment))
    }

    static func padded(_ stream: UInt32, _ byte: UInt8, padding: UInt8) -> RawFrame {
        RawFrame(
            kind: Kind.data, flags: Flag.padded, stream: stream,
            payload: [padding, byte] + [UInt8](repeating: 0, count: Int(padding)))
    }

    static func pushPromise(_ stream: UInt32, promised: UInt32) -> RawFrame {
        let request = [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/")]
        return RawFrame(
            kind: Kind.pushPromise, flags: Flag.endHeaders, stream: stream,
            payload: word(promised) + HeaderBlock.literals(request))
    }
}

/// Identifiers of SETTINGS (RFC 9113 §6.5.2).
enum Setting {
    static let headerTableSize: UInt16 = 1
    static let enablePush: UInt16 = 2
    static let maxConcurrentStreams: UInt16 = 3
    static let initialWindowSize: UInt16 = 4
    static let maxFrameSize: UInt16 = 5
}
#endif
